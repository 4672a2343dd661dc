// `${NAME}` in what a step sends: looked up when it is its turn, so that no plan and no ledger has it; and taken out of what comes back.
import { variableUnset } from '../errors/cutover.ts'
import type { Hands } from './hands.ts'

const hidden = '‹secret›'
/** Shorter values occur by chance in any text. */
const shortest = 4

export interface Filling {
  fill(text: string): string
  /** Without the values that were filled in. */
  hide(text: string): string
}

export function filling(hands: Pick<Hands, 'secret'>, step: string): Filling {
  const values = new Set<string>()
  const lookedUp = (name: string): string => {
    const found = hands.secret(name)
    if (found === undefined) throw variableUnset({ name, step })
    if (found.length >= shortest) for (const form of formsOf(found)) values.add(form)
    return found
  }
  return {
    fill: (text) => text.replace(/\$\{(\w+)\}/g, (_, name: string) => lookedUp(name)),
    hide: (text) => [...values].toSorted((a, b) => b.length - a.length).reduce((t, v) => t.replaceAll(v, hidden), text),
  }
}

const formsOf = (value: string): string[] => [value, encodeURIComponent(value.toWellFormed()), JSON.stringify(value).slice(1, -1)]

export const filledAll = (of: Readonly<Record<string, string>>, { fill }: Filling): Record<string, string> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, fill(value)]))

/** What a program or a service said, so much of it as tells why. */
export function lastLines(text: string, { hide }: Filling): string {
  const lines = hide(text).trim().split('\n')
  return lines.slice(-8).join('\n').slice(-2000)
}
