// What a restore has done, noted in the database that it fills, in the transaction that does it: one that was broken off goes on from there.
import { restoreOfAnother } from '../../../errors/backup.ts'
import type { Session } from '../../database.ts'

const schema = 'godwit_restore'

export interface Progress {
  done(part: string): boolean
  /** In the transaction of the part. */
  note(tx: Session, part: string, detail?: object): Promise<void>
  detail<T>(part: string): T | undefined
}

/** Nothing where no restore was broken off here. */
export async function begunOf(s: Session): Promise<string | undefined> {
  const there = (await s.query(`select to_regclass('${schema}.part') is not null as there`)).rows[0]!['there']
  if (there !== 't' && there !== 'true') return undefined
  return (await s.query(`select detail->>'sha256' as sha256 from ${schema}.part where name = 'backup'`)).rows[0]?.['sha256'] ?? undefined
}

const inHand = '1735353463, 7'
/** For a transaction that does a part of a restore. */
export const partInHand = `pg_advisory_xact_lock_shared(${inHand})`

export async function progressOf(s: Session, backup: string): Promise<Progress> {
  // of one that was killed the server may still be carrying out what it was asked last: that is either done or not when it is looked at
  await s.transaction((tx) => tx.query(`select pg_advisory_xact_lock(${inHand})`))
  const begun = await begunOf(s)
  if (begun !== undefined && begun !== backup) throw restoreOfAnother({ begun, wanted: backup })
  if (begun === undefined)
    await s.transaction(async (tx) => {
      await tx.query(`create schema if not exists ${schema}`)
      await tx.query(`create table if not exists ${schema}.part (name text primary key, detail jsonb)`)
      await note(tx, 'backup', { sha256: backup })
    })
  const { rows } = await s.query(`select name, detail::text as detail from ${schema}.part`)
  const parts = new Map(rows.map((r) => [r['name']!, r['detail'] ?? null]))
  return {
    done: (part) => parts.has(part),
    note,
    detail: (part) => {
      const text = parts.get(part)
      return text == null ? undefined : JSON.parse(text)
    },
  }
}

async function note(tx: Session, part: string, detail: object | null = null): Promise<void> {
  await tx.query(`insert into ${schema}.part (name, detail) values ($1, $2::jsonb) on conflict (name) do nothing`, [
    part,
    detail === null ? null : JSON.stringify(detail),
  ])
}

export const forget = (s: Session): Promise<unknown> => s.query(`drop schema if exists ${schema} cascade`)
