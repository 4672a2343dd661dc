// The process of child.ts as the tests hold it.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'

export interface Line {
  readonly begun?: number
  readonly unit?: number
  readonly ended?: string
  readonly message?: string
  readonly exit?: number
}

export interface Runner {
  readonly pid: number
  readonly lines: readonly Line[]
  /** The next time that it says something that fits, or has said so already. */
  says(fits: (line: Line) => boolean): Promise<Line>
  signal(name: NodeJS.Signals): void
  /** How it ended: by a signal, or by what it said last. */
  readonly gone: Promise<Line & { signal: NodeJS.Signals | null }>
}

export function startRunner(url: string, plan: string, workers = 1): Runner {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'child.ts'), url, plan, String(workers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line)
    for (const look of waiting) look()
  })
  const gone = new Promise<Line & { signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (_, signal) => {
      for (const look of waiting) look()
      resolve({ ...lines.at(-1), signal })
    })
  })
  return {
    pid: child.pid!,
    lines,
    gone,
    signal: (name) => void child.kill(name),
    says: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(fits)
          if (found) resolve(found)
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`It ended without saying so: ${JSON.stringify(lines)}`))
          else return void waiting.add(look)
          waiting.delete(look)
        }
        look()
      }),
  }
}
