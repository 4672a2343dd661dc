// What a restore has done, noted in the database that it fills: rows in the transaction that brings them, all else beside it. One that was broken off goes on from there.
import { restoreOfAnother } from '../../../errors/backup.ts'
import { quote } from '../connection.ts'
import type { Asking } from './session.ts'

const table = 'godwit_restore'

export interface Progress {
  /** A restore was broken off here. */
  readonly resumes: boolean
  /** What was said of it then. */
  noted<T>(part: string): T | undefined
  note(part: string, detail: unknown): Promise<void>
}

/** Nothing where no restore was broken off here. */
export async function begunOf(s: Asking): Promise<string | undefined> {
  const there = await s.ask(`select 1 from information_schema.tables where table_schema = database() and table_name = '${table}'`)
  return there.length ? (await partsOf(s)).get('backup')?.sha256 : undefined
}

export async function progressOf(s: Asking, backup: string): Promise<Progress> {
  const begun = await begunOf(s)
  if (begun !== undefined && begun !== backup) throw restoreOfAnother({ begun, wanted: backup })
  await s.ask(
    `create table if not exists ${quote(table)} (part varchar(200) primary key, detail longtext not null) engine = innodb character set utf8mb4`,
  )
  const note = async (part: string, detail: unknown) =>
    void (await s.ask(`insert ignore into ${quote(table)} values (${hex(part)}, ${hex(JSON.stringify(detail))})`))
  if (begun === undefined) await note('backup', { sha256: backup })
  const parts = await partsOf(s)
  return { resumes: begun !== undefined, noted: <T>(part: string) => parts.get(part) as T | undefined, note }
}

export const forget = (s: Asking): Promise<unknown> => s.ask(`drop table if exists ${quote(table)}`)

const partsOf = async (s: Asking): Promise<Map<string, { sha256?: string }>> =>
  new Map((await s.ask(`select part, detail from ${quote(table)}`)).map(([part, detail]) => [part!, JSON.parse(detail!)]))

/** What a quote or a backslash means depends on the mode. */
const hex = (text: string): string => `convert(x'${Buffer.from(text).toString('hex')}' using utf8mb4)`
