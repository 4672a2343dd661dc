// A table of a SQLite file and its copy: what has arrived beside what node:sqlite reads value by value.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect } from 'vitest'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openSqliteSource } from '../../src/databases/sqlite/source.ts'
import { asText, type Raw } from '../../src/databases/sqlite/text.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import { unheld } from '../../src/schema/schema.ts'
import { freshDatabase } from '../support/postgres.ts'

export const table = 'thing'

/** A file that is written with a log beside it is not read by its pages. */
export type Journal = 'delete' | 'wal'
type Fill = (db: DatabaseSync) => void

/** What arrives of a table that `fill` makes: its rows as texts with what could not be held, and whether the digests agree. */
export async function arrived(fill: Fill, journal: Journal = 'delete') {
  const dir = mkdtempSync(path.join(tmpdir(), 'godwit-sqlite-'))
  const file = path.join(dir, 'old.db')
  const made = new DatabaseSync(file)
  fill(made)
  made.exec(`pragma journal_mode = ${journal}`)
  made.close()
  try {
    return await sentOf(file)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** `only`: those columns, in that order. */
export async function sentOf(file: string, only?: readonly string[]) {
  await using target = await freshDatabase()
  const source = await openSqliteSource(file, file)
  const db = await openPostgres({ url: target.url })
  try {
    const found = (await source.schema()).tables.get(`main.${table}`)!
    const names = only ?? found.columns.map((c) => c.name)
    const columns = names.map((name) => ({ name, type: found.columns.find((c) => c.name === name)!.type }))
    const all = [...columns.map((c) => `${postgres.quote(c.name)} ${postgres.typeName(c.type)}`), `${postgres.quote(unheld)} text`]
    await db.session((s) => s.query(`create table public.copied (${all.join(', ')})`))
    const sent = await source.send(
      { table: found.id, columns, key: found.primaryKey, copy: 'public.copied' },
      (body) => db.session(body),
      1,
    )
    const { rows } = await db.session((s) => s.query('select * from public.copied'))
    const digest = (await db.session((s) => s.query(sent.asked))).rows[0]!
    expect(digest).toEqual({ rows: sent.rows, digest: sent.digest })
    return { rows: rows.map((r) => Object.values(r)), expected: wanted(file, names) }
  } finally {
    await source.close()
    await db.close()
  }
}

function wanted(file: string, names: readonly string[]): (string | null)[][] {
  const db = new DatabaseSync(file, { readOnly: true })
  const statement = db.prepare(`select ${names.map((n) => `"${n}"`).join(', ')} from ${table}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const rows = (statement.all() as unknown as Raw[][]).map((row) => [...row.map(asText), null])
  db.close()
  return rows
}

const inOrder = (rows: readonly (readonly (string | null)[])[]): string[] => rows.map((r) => JSON.stringify(r)).toSorted()

export function expectSame({ rows, expected }: Awaited<ReturnType<typeof arrived>>): number {
  expect(inOrder(rows)).toEqual(inOrder(expected))
  return rows.length
}

/** By its pages, and by statements. */
export async function same(fill: Fill): Promise<number> {
  expectSame(await arrived(fill, 'wal'))
  return expectSame(await arrived(fill))
}

export function filled(create: string, rows: Iterable<readonly SQLInputValue[]>, width: number): Fill {
  const all = [...rows]
  return (db) => {
    db.exec(create)
    const put = db.prepare(`insert into ${table} values (${Array.from({ length: width }, () => '?').join(', ')})`)
    db.exec('begin')
    for (const row of all) put.run(...row)
    db.exec('commit')
  }
}
