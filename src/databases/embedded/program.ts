// One of the package's binaries, run as the right user in the right environment.
import { type ChildProcess, spawn } from 'node:child_process'
import { chownSync } from 'node:fs'
import type { Identity } from './identity.ts'
import { type Binaries, binaryOf } from './locate.ts'

export interface Program {
  run(name: 'initdb' | 'postgres', args: readonly string[], output: number): Running
  /** Hands a file or folder to the user that Postgres runs as. */
  own(file: string): void
}

export interface Running {
  readonly process: ChildProcess
  /** Its exit code, or what it was ended by. */
  readonly ended: Promise<number | string>
  readonly hasEnded: () => boolean
}

export function program(binaries: Binaries, identity: Identity, libraries: Record<string, string>, cwd: string): Program {
  const env = { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: locale, ...libraries }
  return {
    run: (name, args, output) => {
      const [command, ...rest] = [...identity.prefix, binaryOf(binaries, name), ...args]
      // Detached: a Ctrl-C in the terminal is for godwit, which still needs its database to end well.
      return running(spawn(command!, rest, { ...identity.as, env, cwd, detached: true, stdio: ['ignore', output, output] }))
    },
    own: (file) => identity.as && chownSync(file, identity.as.uid, identity.as.gid),
  }
}

// The same order of text everywhere; only Linux can be relied on to know the first name.
export const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C'

function running(child: ChildProcess): Running {
  let over = false
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  void ended.then(() => {
    over = true
  })
  return { process: child, ended, hasEnded: () => over }
}
