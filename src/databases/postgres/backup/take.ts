// A snapshot of tables: several connections read at one moment, each table's rows in canonical order, so that what is written is also what is digested.

import { Readable } from 'node:stream'
import { backupUnsteady } from '../../../errors/backup.ts'
import type { BackedServer, KeptTable, Scope, Sink, Taken } from '../../backup.ts'
import type { Database, Row, Session } from '../../database.ts'
import { copyOf } from '../canonical.ts'
import { tablesWithRows } from '../canonical-catalogue.ts'
import { literal, textArray } from '../names.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { digested, type Form, inForm, isBinary } from './form.ts'
import { belonging, notOurs } from './scope.ts'

const moment = { isolation: 'repeatable read', readOnly: true } as const
/** As many as the server is asked by at once. */
const streams = 2
const tries = 3

/** What is in the file that holds the statements. */
export interface KeptCatalogue extends Pick<Catalogue, 'statements' | 'lines'> {
  readonly tables: readonly TableRows[]
  /** For a new database: as the one it was taken of. */
  readonly locale: string
}

export interface TableRows {
  readonly id: string
  /** Quoted and qualified. */
  readonly name: string
  /** What it is a partition or a child of. */
  readonly within: readonly { readonly id: string; readonly name: string }[]
  /** Those that are written; the others the server computes. */
  readonly columns: readonly string[]
  readonly form: Form
  /** Gives all of its rows in canonical order. */
  readonly asked: string
}

/** One that others are partitions of is all of these. */
export const tablesNamed = ({ tables }: KeptCatalogue, names: readonly string[] | undefined): readonly TableRows[] =>
  names ? tables.filter((t) => [t, ...t.within].some((w) => names.includes(w.id))) : tables

export const catalogueFile = 'catalogue.json'

/** What becomes of the rows, at the moment that the snapshot names. */
export type Rows = (db: Database, lead: Session, snapshot: string, tables: readonly Reading[], into: Sink) => Promise<KeptTable[]>

export async function take(
  db: Database,
  server: () => Promise<BackedServer>,
  scope: Scope,
  into: Sink,
  rows: Rows = streamed,
): Promise<Taken> {
  for (let attempt = 1; ; attempt++) {
    const taken = await taking(db, server, scope, into, rows)
    if (taken) return taken
    if (attempt === tries) throw backupUnsteady({ tries })
    into.tell('The tables were changed while the snapshot began; beginning anew.')
  }
}

/** The locks first, and then the snapshot: nobody can have emptied or changed a table between the two. */
async function taking(
  db: Database,
  server: () => Promise<BackedServer>,
  scope: Scope,
  into: Sink,
  rowsInto: Rows,
): Promise<Taken | undefined> {
  const before = await db.session((s) => s.transaction((tx) => tablesIn(tx, scope), moment))
  return db.session((lead) =>
    lead.transaction(async (tx) => {
      for (const t of before) await tx.query(`lock table only ${t['shown']} in access share mode`)
      await unhurried(tx)
      const { rows } = await tx.query(
        `select pg_export_snapshot() as snapshot, case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end::text as position, to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`,
      )
      const now = await tablesIn(tx, scope)
      if (JSON.stringify(now) !== JSON.stringify(before)) return undefined
      const catalogue = await readCatalogue(tx, scope)
      const tables = await rowsOf(tx, now)
      const kept = await rowsInto(db, tx, rows[0]!['snapshot']!, tables, into)
      await into.write(catalogueFile, Readable.from([JSON.stringify(await keptCatalogue(tx, catalogue, tables), null, 1)]))
      return {
        server: await server(),
        moment: { at: rows[0]!['at']!, position: rows[0]!['position']!, snapshot: rows[0]!['snapshot']! },
        tables: kept,
        left: catalogue.left,
      }
    }, moment),
  )
}

/** It stands still while others read, and must not be taken for one that was forgotten. */
const unhurried = (tx: Session) =>
  tx.query(
    `select set_config('idle_in_transaction_session_timeout', '0', true), set_config('statement_timeout', '0', true), set_config('work_mem', '256MB', true)`,
  )

async function tablesIn(tx: Session, scope: Scope): Promise<Row[]> {
  const found = await belonging(tx, scope)
  const { rows } = await tx.query(
    `select c.oid::text as oid, c.oid::regclass::text as shown, c.relfilenode::text as file from pg_class c where c.oid = any ($1::oid[]) and c.relkind in ('r', 'p') order by c.oid`,
    [textArray(found.get('pg_class') ?? [])],
  )
  return rows
}

export interface Reading extends TableRows {
  readonly file: string
  /** The same rows in the same order, without what the server computes. */
  readonly written: string
  readonly bytes: number
  readonly generated: boolean
}

async function rowsOf(tx: Session, tables: readonly Row[]): Promise<Reading[]> {
  const mine = textArray(tables.map((t) => t['oid']!))
  const schemas = await tx.query(`select nspname as name from pg_namespace where nspname not in ${notOurs}`)
  const { rows: all } = await tx.query(`select * from (${tablesWithRows}) t where oid = any ($2::text[])`, [
    textArray(schemas.rows.map((r) => r['name']!)),
    mine,
  ])
  const { rows: facts } = await tx.query(
    `select c.oid::text as oid, n.nspname || '.' || c.relname as id, c.oid::regclass::text as shown, pg_total_relation_size(c.oid)::text as bytes,
      (with recursive up(oid) as (select i.inhparent from pg_inherits i where i.inhrelid = c.oid union select i.inhparent from up join pg_inherits i on i.inhrelid = up.oid)
        select coalesce(json_agg(json_build_object('id', un.nspname || '.' || uc.relname, 'name', uc.oid::regclass::text)), '[]') from up join pg_class uc on uc.oid = up.oid join pg_namespace un on un.oid = uc.relnamespace)::text as within,
      ${isBinary} as binary,
      (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '')::text as columns
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = any ($1::oid[])`,
    [mine],
  )
  const of = new Map(facts.map((f) => [f['oid']!, f]))
  return all.map((row, n) => {
    const f = of.get(row['oid']!)!
    const columns = JSON.parse(f['columns']!) as string[]
    const form: Form = f['binary'] === 'true' ? 'binary' : 'text'
    return {
      id: f['id']!,
      file: `rows/${String(n + 1).padStart(5, '0')}.${form}`,
      name: f['shown']!,
      within: JSON.parse(f['within']!) as TableRows['within'],
      columns,
      form,
      asked: inForm(copyOf(row), form),
      written: inForm(copyOf(row, columns), form),
      bytes: Number(f['bytes']),
      generated: columns.length !== (JSON.parse(row['columns']!) as string[]).length,
    }
  })
}

const keptCatalogue = async (tx: Session, { statements, lines }: Catalogue, tables: readonly Reading[]): Promise<KeptCatalogue> => ({
  locale: await localeOf(tx),
  tables: tables.map(({ id, name, within, columns, form, asked }) => ({ id, name, within, columns, form, asked })),
  statements,
  lines,
})

/** The words of CREATE DATABASE. */
async function localeOf(tx: Session): Promise<string> {
  const { rows } = await tx.query(
    `select format('encoding %L lc_collate %L lc_ctype %L', pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)
      || case to_jsonb(d)->>'datlocprovider' when 'i' then format(' locale_provider icu icu_locale %L', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'))
        when 'b' then format(' locale_provider builtin builtin_locale %L', to_jsonb(d)->>'datlocale') else '' end as locale from pg_database d where d.datname = current_database()`,
  )
  return rows[0]!['locale']!
}

/** The largest first, so that none is waited for alone at the end. */
async function streamed(db: Database, lead: Session, snapshot: string, tables: readonly Reading[], into: Sink): Promise<KeptTable[]> {
  const waiting = tables.toSorted((a, b) => b.bytes - a.bytes)
  const kept = new Map<string, KeptTable>()
  const all = waiting.length
  const work = async (s: Session) => {
    for (let t = waiting.shift(); t; t = waiting.shift()) {
      into.signal.throwIfAborted()
      kept.set(t.id, await oneTable(s, t, into))
      into.tell(`${kept.size} of ${all} tables`)
    }
  }
  const beside = () =>
    db.session((s) =>
      s.transaction(async (tx) => {
        await tx.query(`set transaction snapshot ${literal(snapshot)}`)
        await unhurried(tx)
        await work(tx)
      }, moment),
    )
  const others = Array.from({ length: Math.min(streams, all) - 1 }, beside)
  await together([work(lead), ...others], () => waiting.splice(0))
  return tables.map((t) => kept.get(t.id)!)
}

/** Where one fails the others come to their end before anything is cleared away under them. */
export async function together(all: readonly Promise<unknown>[], stop: () => void): Promise<void> {
  const ends = await Promise.allSettled(
    all.map((p) =>
      p.catch((problem: unknown) => {
        stop()
        throw problem
      }),
    ),
  )
  const failed = ends.find((e) => e.status === 'rejected')
  if (failed) throw failed.reason
}

async function oneTable(s: Session, t: Reading, into: Sink): Promise<KeptTable> {
  const { rows, content, file } = await s.bytesOut(t.written, async (bytes) => {
    const done = await into.write(t.file, bytes)
    return { ...done, rows: bytes.rowCount }
  })
  // what the server computes is in the digest, and not in the file
  const digest = t.generated ? (await digested(s, t.asked)).digest : content.sha256
  return { id: t.id, rows, digest, file: file.name }
}

/** Nothing is written but what is made by others: only what the rows are is noted. */
export const witnessed =
  (others: (snapshot: string) => Promise<void>, file: string): Rows =>
  async (_, lead, snapshot, tables, into) => {
    await others(snapshot)
    const kept: KeptTable[] = []
    for (const t of tables) {
      kept.push({ id: t.id, ...(await digested(lead, t.asked)), file })
      into.tell(`${kept.length} of ${tables.length} tables looked at`)
    }
    return kept
  }
