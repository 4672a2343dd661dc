// What every command is given: the options that all share, and where to say things.
import type { Exit } from '../errors/error.ts'
import type { Screen } from './terminal/screen.ts'

export interface Globals {
  readonly folder: string | undefined
  readonly env: string | undefined
  readonly migration: string | undefined
  readonly yes: boolean
}

export interface Context {
  readonly command: string
  readonly globals: Globals
  readonly screen: Screen
}

export interface Outcome {
  readonly exit?: Exit
  /** What --json gives, beside `godwit`, `command` and `ok`. */
  readonly json?: object
}

/** The command that does something here: `godwit run -C examples/pad --env qa`. */
export function commandLine(context: Context, words: string): string {
  const { folder, env, migration } = context.globals
  const quoted = (text: string) => (/^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
  return [
    'godwit',
    words,
    ...(folder ? ['-C', quoted(folder)] : []),
    ...(env ? ['--env', quoted(env)] : []),
    ...(migration ? ['-m', quoted(migration)] : []),
  ].join(' ')
}
