// What rows are copied with otherwise: programs found on PATH. One that is not there, or cannot do it here, is left out with the reason.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export class Cannot extends Error {}

/** A line for the shell, with what it needs in its environment; nothing of it stands in the line itself. */
export async function shell(line: string, env: Readonly<Record<string, string>>): Promise<void> {
  // in a group of its own: there are programs that end all of theirs when they fail
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (block: Buffer) => (said = `${said}${block}`.slice(-4000)))
  const [code] = await once(child, 'close')
  // pgloader ends well whatever it says of its rows, so these are counted elsewhere
  if (code !== 0) throw new Cannot(firstError(said))
}

const firstError = (said: string): string => {
  const lines = said.split('\n').filter((l) => l.trim() !== '')
  return (lines.find((l) => /error|fatal|mismatch/i.test(l)) ?? lines.at(-1) ?? 'it failed without a word').trim().slice(0, 200)
}
