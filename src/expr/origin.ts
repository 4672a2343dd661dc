// Where in the user's code something was written: `migration.ts:41`, for errors, quarantine and the plan.
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = dirname(dirname(fileURLToPath(import.meta.url)))

/** The first line of the stack that is not ours. */
export function origin(): string | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 16
  const stack = new Error('').stack ?? ''
  Error.stackTraceLimit = limit
  for (const line of stack.split('\n').slice(1)) {
    const found = /(?:file:\/\/)?(\/[^()]*?|[A-Za-z]:[^()]*?):(\d+):\d+\)?$/.exec(line)
    if (!found || found[1]!.startsWith(home) || line.includes('node:internal')) continue
    return `${basename(decodeURIComponent(found[1]!.replace(/\?.*$/, '')))}:${found[2]}`
  }
  return undefined
}
