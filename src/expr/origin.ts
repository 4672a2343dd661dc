// Where in the user's code something was written: `migration.ts:41`, for errors, quarantine and the plan.
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = dirname(dirname(fileURLToPath(import.meta.url)))

interface Line {
  readonly file: string
  readonly line: string
}

/** The first line of the stack that is not ours. */
function firstOfOthers(): Line | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 16
  const stack = new Error('').stack ?? ''
  Error.stackTraceLimit = limit
  for (const line of stack.split('\n').slice(1)) {
    const found = /(?:file:\/\/)?(\/[^()]*?|[A-Za-z]:[^()]*?):(\d+):\d+\)?$/.exec(line)
    if (!found || found[1]!.startsWith(home) || line.includes('node:internal')) continue
    return { file: decodeURIComponent(found[1]!.replace(/\?.*$/, '')), line: found[2]! }
  }
  return undefined
}

let said: string | undefined

export function origin(): string | undefined {
  if (said !== undefined) return said
  const found = firstOfOthers()
  return found && `${basename(found.file)}:${found.line}`
}

/** The folder of the file in which something was written: what it names is beside it. */
export const originFolder = (): string | undefined => {
  const found = firstOfOthers()
  return found && dirname(found.file)
}

/** What is made within was written there: a line of a file that is not TypeScript. */
export function writtenAt<T>(place: string, make: () => T): T {
  const before = said
  said = place
  try {
    return make()
  } finally {
    said = before
  }
}
