// The data directory: made once, whole or not at all.
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dataOfAnotherVersion, initdbFailed } from '../../errors/embedded.ts'
import { locale, type Program } from './program.ts'
import type { Watchdog } from './watchdog.ts'

const passwordFile = 'godwit-password'

/** Named after the start that makes it, so that it can be swept away if that start is killed. */
export const unfinishedOf = (data: string, scratch: string): string => `${data}-${path.basename(scratch)}`

interface Making {
  readonly program: Program
  readonly watchdog: Watchdog
  readonly data: string
  readonly scratch: string
  readonly major: string
  readonly durable: boolean
}

export async function ensureCluster(making: Making): Promise<void> {
  if (!existsSync(making.data)) await makeCluster(making)
  const has = readFileSync(path.join(making.data, 'PG_VERSION'), 'utf8').trim()
  if (has !== making.major) throw dataOfAnotherVersion({ dir: making.data, has, runs: making.major })
}

/** Over TCP any user of this machine could knock, so that way asks for a password. */
export const passwordOf = (data: string): string => readFileSync(path.join(data, passwordFile), 'utf8')

async function makeCluster({ program, watchdog, data, scratch, durable }: Making): Promise<void> {
  // Made under another name and renamed: what stands at `data` is always a whole cluster, also after a kill or beside a second start.
  const unfinished = unfinishedOf(data, scratch)
  mkdirSync(unfinished, { mode: 0o700 })
  program.own(unfinished)
  const password = randomBytes(18).toString('base64url')
  const passwordForInitdb = path.join(scratch, 'password')
  writeFileSync(passwordForInitdb, password, { mode: 0o600 })
  program.own(passwordForInitdb)
  try {
    const doors = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordForInitdb}`]
    const text = ['-E', 'UTF8', `--locale=${locale}`]
    const sync = durable ? [] : ['--no-sync']
    await initdb(program, watchdog, scratch, ['-D', unfinished, '-U', 'postgres', '--no-instructions', ...text, ...doors, ...sync])
    writeFileSync(path.join(unfinished, passwordFile), password, { mode: 0o600 })
    program.own(path.join(unfinished, passwordFile))
    renameUnlessThere(unfinished, data)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
    rmSync(passwordForInitdb, { force: true })
  }
}

async function initdb(program: Program, watchdog: Watchdog, scratch: string, args: readonly string[]): Promise<void> {
  const file = path.join(scratch, 'initdb.log')
  const output = openSync(file, 'w')
  try {
    const running = program.run('initdb', args, output)
    watchdog.watch(running.process.pid)
    const code = await running.ended
    if (code !== 0) throw initdbFailed({ output: `${readFileSync(file, 'utf8')}\n(${code})` })
  } finally {
    closeSync(output)
  }
}

function renameUnlessThere(unfinished: string, data: string): void {
  try {
    renameSync(unfinished, data)
  } catch (error) {
    // Another start was quicker with the same directory: its cluster is as good as ours.
    if (!existsSync(path.join(data, 'PG_VERSION'))) throw error
  }
}
