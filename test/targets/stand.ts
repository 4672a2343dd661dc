// The tables of a generated case in an engine that is not Postgres: made, filled and read with the texts that Postgres has for the values.
import {
  type CaseSpec,
  type ColumnSpec,
  type E,
  type KeyShape,
  type TargetColumn,
  type TargetSpec,
  type Text,
  walkE,
} from '../differential/spec.ts'
import type { TextRows } from '../differential/state.ts'
import { keyType } from '../differential/targets.ts'
import type { Application } from './place.ts'

export interface Dialect {
  readonly name: string
  quote(name: string): string
  /** What a column of Postgres is there; nothing where there is none that keeps its values. */
  type(sql: string): string | undefined
  readonly numbered: string
  literal(value: Text, type: string): string
  /** How a condition sees the column as a number. */
  number(column: string): string
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

export const sqlite: Dialect = {
  name: 'SQLite',
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  // decimals as text: a REAL would not keep all of their digits
  type: (sql) => {
    if (sql.startsWith('int')) return 'INT'
    if (sql === 'bool') return 'BOOLEAN'
    return /^(numeric|text|varchar|date|timestamp|uuid)/.test(sql) ? 'TEXT' : undefined
  },
  numbered: 'integer primary key autoincrement',
  literal: (value, type) =>
    value === null ? 'null' : /^(int|bool)/.test(type) ? (type === 'bool' ? String(Number(value === 't')) : value) : text(value),
  number: (column) => `cast(${column} as real)`,
}

export const mariadb: Dialect = {
  name: 'MariaDB',
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  type: (sql) => {
    const same: Readonly<Record<string, string>> = {
      int2: 'smallint',
      int4: 'int',
      int8: 'bigint',
      bool: 'tinyint(1)',
      date: 'date',
      timestamp: 'datetime(6)',
      uuid: 'uuid',
    }
    if (same[sql]) return same[sql]
    const collated = 'character set utf8mb4 collate utf8mb4_nopad_bin'
    if (sql === 'text') return `varchar(400) ${collated}`
    if (sql.startsWith('varchar')) return `${sql} ${collated}`
    return sql.startsWith('numeric(') ? sql.replace('numeric', 'decimal') : undefined
  },
  numbered: 'int auto_increment primary key',
  literal: (value, type) => (value === null ? 'null' : type === 'bool' ? String(Number(value === 't')) : text(value)),
  number: (column) => column,
}

// ── the case, so that it can stand there ─────────────────────────────────────────────────────

/** Tables under names that are nobody else's; collations are Postgres's own. */
export function renamed(spec: CaseSpec, mark: string): CaseSpec {
  const names = new Map([...spec.sources, ...spec.targets].map((t, n) => [t.name, `${mark}t${n}`]))
  const name = (of: string) => names.get(of)!
  const e = (of: E): E => ({
    ...of,
    ...(of.a ? { a: of.a.map(e) } : {}),
    ...(of.p?.['table'] === undefined ? {} : { p: { ...of.p, table: name(of.p['table'] as string) } }),
  })
  const outputs = spec.mappings.map((m) => ({
    ...m,
    from: name(m.from),
    shared: m.shared.map(e),
    only: m.only.map((f) => ({ ...f, keep: e(f.keep) })),
    outputs: m.outputs.map((o) => ({
      ...o,
      target: name(o.target),
      values: Object.fromEntries(Object.entries(o.values).map(([c, v]) => [c, e(v)])),
      ...(o.when ? { when: e(o.when) } : {}),
    })),
  }))
  const references = (c: TargetColumn) => (c.references ? { ...c, references: { ...c.references, table: name(c.references.table) } } : c)
  return {
    ...spec,
    sources: spec.sources.map(({ collation: _, ...s }) => ({ ...s, name: name(s.name) })),
    targets: spec.targets.map((t) => ({ ...t, name: name(t.name), columns: t.columns.map(references) })),
    mappings: outputs,
    changes: spec.changes.map((c) => ({ ...c, table: name(c.table) })),
  }
}

const endless = /infinity|BC|^\d{5,}-/

/** Its types are there, and its times within what everybody has. */
export function canStand(spec: CaseSpec, dialect: Dialect): boolean {
  const columns = [...spec.sources.flatMap((s) => s.columns), ...spec.targets.flatMap((t) => t.columns)]
  if (!columns.every((c) => dialect.type(c.type) !== undefined)) return false
  const changes = spec.changes.flatMap((c) => (c.op === 'insert' ? c.row : c.op === 'update' ? [c.to] : []))
  const values = [
    ...changes,
    ...spec.sources.flatMap((s) => s.rows.flat()),
    ...spec.targets.flatMap((t) => t.natives.flatMap((n) => Object.values(n))),
  ]
  const dated = columns.some((c) => /^(date|timestamp)/.test(c.type))
  let json = false
  for (const m of spec.mappings)
    for (const o of m.outputs) for (const v of Object.values(o.values)) walkE(v, (x) => (json ||= x.k === 'json'))
  return !json && !(dated && values.some((v) => v !== null && endless.test(v)))
}

// ── its tables ───────────────────────────────────────────────────────────────────────────────

const keys = (shape: KeyShape, d: Dialect): string =>
  shape === 'uuid' ? `${d.type('uuid')} not null primary key` : shape === 'natural' ? `${d.type('text')} not null primary key` : d.numbered

export function createSql(spec: CaseSpec, d: Dialect): string[] {
  const sources = spec.sources.map((s) => {
    const columns = s.columns.map((c) => `${d.quote(c.name)} ${d.type(c.type)}${c.nullable ? '' : ' not null'}`)
    return `create table ${d.quote(s.name)} (${[...columns, `primary key (${s.key.map((k) => d.quote(k)).join(', ')})`].join(', ')})`
  })
  return [...sources, ...spec.targets.map((t) => targetSql(t, d))]
}

function targetSql(t: TargetSpec, d: Dialect): string {
  const columns = t.columns.map((c) =>
    [d.quote(c.name), d.type(c.type), c.default ? `default ${c.default}` : '', c.nullable ? '' : 'not null'].filter(Boolean).join(' '),
  )
  const conditions = {
    'not negative': (c: string) => `${d.number(c)} >= 0`,
    'below 100': (c: string) => `${d.number(c)} < 100`,
    'not empty': (c: string) => `length(${c}) > 0`,
  }
  const rules = [
    ...t.uniques.map((u) => `unique (${u.map((c) => d.quote(c)).join(', ')})`),
    ...t.checks.map((c) => `constraint ${d.quote(`${t.name}_${c.name}`)} check (${conditions[c.rule](d.quote(c.column))})`),
    ...t.columns.flatMap((c) =>
      c.references ? [`foreign key (${d.quote(c.name)}) references ${d.quote(c.references.table)} (${d.quote(c.references.column)})`] : [],
    ),
  ]
  return `create table ${d.quote(t.name)} (${[`${d.quote(t.key)} ${keys(t.shape, d)}`, ...columns, ...rules].join(', ')})`
}

export const dropSql = (spec: CaseSpec, d: Dialect): string[] =>
  [...spec.targets.toReversed(), ...spec.sources].map((t) => `drop table if exists ${d.quote(t.name)}`)

export const columnsOf = (t: TargetSpec): ColumnSpec[] => [{ name: t.key, type: keyType(t), nullable: false }, ...t.columns]

export async function fill(app: Application, d: Dialect, table: string, columns: readonly ColumnSpec[], rows: TextRows): Promise<void> {
  await app.sql(`delete from ${d.quote(table)}`)
  if (!rows.length) return
  const values = rows.map((r) => `(${r.map((v, i) => d.literal(v, columns[i]!.type)).join(', ')})`)
  await app.sql(`insert into ${d.quote(table)} (${columns.map((c) => d.quote(c.name)).join(', ')}) values ${values.join(', ')}`)
}

export async function read(app: Application, d: Dialect, t: TargetSpec): Promise<TextRows> {
  const columns = columnsOf(t)
  return app.sql(`select ${columns.map((c, i) => `${d.quote(c.name)} as c${i}`).join(', ')} from ${d.quote(t.name)}`)
}
