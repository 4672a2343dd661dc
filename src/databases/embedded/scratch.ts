// A folder for the time that a server runs: its socket, and all of it when the data is temporary too.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { socketPathTooLong } from '../../errors/embedded.ts'

// What the address of a Unix socket holds, less its closing zero.
const most = process.platform === 'linux' ? 107 : 103

export function makeScratch(): string {
  const parent = [tmpdir(), '/tmp'].find((each) => existsSync(each) && fits(path.join(each, 'gw-XXXXXX')))
  if (!parent) throw socketPathTooLong({ path: tmpdir(), most })
  return mkdtempSync(path.join(parent, 'gw-'))
}

const fits = (scratch: string) => process.platform === 'win32' || Buffer.byteLength(path.join(scratch, '.s.PGSQL.65535')) <= most

/** Again and again for a moment: after a kill -9, sessions still write while they end. */
export const removeScratch = (scratch: string): void => rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
