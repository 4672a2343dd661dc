// The ledger in a SQLite file: a table of texts for each of its tables, and how these are made again in Postgres.
import type { DatabaseSync } from 'node:sqlite'
import type { LedgerDelta, LedgerTable, Texts } from '../../workshop/engine.ts'
import { prepared } from './rows.ts'
import { ident, ledgerPrefix } from './tables.ts'

const list = ident(`${ledgerPrefix}table`)
const counter = ident(`${ledgerPrefix}delivery`)
/** Not the name of any column of the ledger. */
const digest = ident('godwit row')

const isThere = (db: DatabaseSync): boolean =>
  db.prepare(`select 1 from sqlite_schema where type = 'table' and name = '${ledgerPrefix}table'`).get() !== undefined

export function ledgerIn(db: DatabaseSync): LedgerTable[] {
  if (!isThere(db)) return []
  const rows = db.prepare(`select name, made from ${list} order by name`).all() as { name: string; made: string }[]
  return rows.map(({ name, made }) => ({ name, ...(JSON.parse(made) as Pick<LedgerTable, 'columns' | 'keeps' | 'sql'>) }))
}

const tableOf = (name: string): string => ident(ledgerPrefix + name)

export const ledgerRowsIn = (db: DatabaseSync, { name, columns }: LedgerTable): Iterable<Texts> =>
  prepared(db, `select ${columns.map(ident).join(', ')} from ${tableOf(name)}`).iterate() as Iterable<unknown> as Iterable<Texts>

export function deliveriesOf(db: DatabaseSync): string {
  if (!isThere(db)) return '0'
  return String((db.prepare(`select n from ${counter}`).get() as { n: number }).n)
}

/** In the transaction of a delivery. */
export async function putLedger(db: DatabaseSync, deltas: readonly LedgerDelta[], gone: readonly string[]): Promise<void> {
  db.exec(`create table if not exists ${list} (name text primary key, made text not null)`)
  db.exec(`create table if not exists ${counter} (one integer primary key check (one = 1), n integer not null, at text not null)`)
  db.exec(`insert into ${counter} values (1, 1, datetime('now')) on conflict (one) do update set n = n + 1, at = excluded.at`)
  for (const name of gone) {
    db.exec(`drop table if exists ${tableOf(name)}`)
    db.prepare(`delete from ${list} where name = ?`).run(name)
  }
  for (const delta of deltas) await putTable(db, delta)
}

async function putTable(db: DatabaseSync, { table: { name, columns, keeps, sql }, known, removed, put }: LedgerDelta): Promise<void> {
  if (!known) {
    db.exec(`drop table if exists ${tableOf(name)}`)
    const texts = columns.map((c) => `${ident(c)} text`).join(', ')
    if (keeps) db.exec(`create table ${tableOf(name)} (${texts}, ${digest} text primary key) without rowid`)
    db.prepare(`insert or replace into ${list} values (?, ?)`).run(name, JSON.stringify({ columns, keeps, sql }))
  }
  if (!keeps) return
  const remove = db.prepare(`delete from ${tableOf(name)} where ${digest} = ?`)
  for await (const key of removed()) remove.run(key)
  const insert = db.prepare(
    `insert or replace into ${tableOf(name)} (${digest}, ${columns.map(ident).join(', ')}) values (${['?', ...columns.map(() => '?')].join(', ')})`,
  )
  for await (const row of put()) insert.run(...row)
}
