// What is to be done next, by what is merged and what is deployed.
import type { ShippedPhase } from '../branches/phases.ts'
import type { Deployed } from './deployed.ts'
import type { Merged } from './merged.ts'

export interface Where {
  readonly database: string
  readonly deployed: Deployed
}

/** In the order of the phases: merged everywhere, then deployed everywhere. */
export function nextOf(phases: readonly ShippedPhase[], merged: readonly Merged[], where: readonly Where[]): string[] {
  for (const { n, of, name, branch } of phases) {
    const open = merged.filter((m) => m.phases.find((p) => p.n === n)!.state !== 'merged')
    const phase = `phase ${n} of ${of} (${name})`
    if (open.length) return open.map((m) => toMerge(m, n, `${phase}, ${branch}`))
    const waiting = where.filter((w) => w.deployed.phases.find((p) => p.n === n)!.state !== 'deployed')
    if (waiting.length) return waiting.map((w) => toDeploy(w, n, phase))
  }
  return ['nothing: all phases are where they are to be']
}

function toMerge({ branch, phases }: Merged, n: number, phase: string): string {
  const { state, files } = phases.find((p) => p.n === n)!
  if (state === 'other') return `look at ${phase}: ${branch} has ${files.join(', ')}, and not as it was staged`
  return `merge ${phase}, into ${branch}${state === 'partly' ? `: ${files.join(', ')} are not there` : ''}`
}

function toDeploy({ database, deployed }: Where, n: number, phase: string): string {
  const { state } = deployed.phases.find((p) => p.n === n)!
  return state === 'not known' ? `find out what ${database} has: ${deployed.notes[0]}` : `deploy ${phase} on ${database}`
}
