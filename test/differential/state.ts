// The tables of a case as they stand in the database, read as text and told to the oracle.
import type pg from 'pg'
import type { SqlType } from '../../src/schema/type.ts'
import { type Casing, lengthOf } from '../oracle/text.ts'
import { type Cell, cellOf, compareValues, number, textOf } from '../oracle/value.ts'
import type { ColumnRule, Row, Table, World } from '../oracle/world.ts'
import { quote } from './ddl.ts'
import type { CaseSpec, CheckSpec, ColumnSpec, SourceSpec, TargetSpec } from './spec.ts'
import { keyType } from './targets.ts'

export type TextRows = readonly (readonly (string | null)[])[]

export function typeOf(sql: string): SqlType {
  const [, name, first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(sql)!
  if (name === 'numeric') return first === undefined ? { name } : { name, precision: Number(first), scale: Number(second ?? 0) }
  if (name === 'varchar' || name === 'char') return first === undefined ? { name } : { name, length: Number(first) }
  return { name } as SqlType
}

// no casts: a char(n) would lose its blanks
const select = (schema: string, table: string, columns: readonly string[]): string =>
  `select ${columns.map(quote).join(', ')} from ${schema}.${quote(table)}`

export async function rowsOf(client: pg.Client, schema: string, table: string, columns: readonly string[]): Promise<TextRows> {
  return (await client.query({ text: select(schema, table, columns), rowMode: 'array' })).rows as unknown as TextRows
}

export const targetColumns = (t: TargetSpec): string[] => [t.key, ...t.columns.map((c) => c.name)]
const read = (columns: readonly { readonly name: string; readonly type: string }[], rows: TextRows): Row[] =>
  rows.map((r) => new Map(columns.map((c, i): [string, Cell] => [c.name, cellOf(typeOf(c.type).name, r[i]!)])))

export interface Rows {
  readonly sources: ReadonlyMap<string, TextRows>
  readonly targets: ReadonlyMap<string, TextRows>
}

/** All tables at one stroke. */
export async function allRows(client: pg.Client, spec: CaseSpec, schema: string): Promise<Rows> {
  const questions = [
    ...spec.sources.map((s) =>
      select(
        schema,
        s.name,
        s.columns.map((c) => c.name),
      ),
    ),
    ...spec.targets.map((t) => select(schema, t.name, targetColumns(t))),
  ]
  const answers = [await client.query({ text: questions.join(';'), rowMode: 'array' })].flat() as unknown as { rows: TextRows }[]
  const sources = new Map(spec.sources.map((s, i) => [s.name, answers[i]!.rows]))
  return { sources, targets: new Map(spec.targets.map((t, i) => [t.name, answers[spec.sources.length + i]!.rows])) }
}

/** `targets`: what stood there before anything was migrated. */
export function worldOf(spec: CaseSpec, schema: string, { sources, targets }: Rows, casing: Casing): World {
  const tables = [
    ...spec.sources.map((s) => sourceTable(s, schema, sources.get(s.name)!)),
    ...spec.targets.map((t) => targetTable(t, schema, targets.get(t.name)!)),
  ]
  return { tables: new Map(tables.map((t) => [t.id, t])), casing }
}

function sourceTable(s: SourceSpec, schema: string, rows: TextRows): Table {
  const rule = (c: ColumnSpec): ColumnRule => ({
    type: typeOf(c.type),
    nullable: c.nullable,
    ...(s.collation && /^(text|varchar)/.test(c.type) ? { casing: s.collation === 'C' ? 'ascii' : 'full' } : {}),
  })
  return {
    id: `${schema}.${s.name}`,
    columns: new Map(s.columns.map((c) => [c.name, rule(c)])),
    key: s.key,
    rows: read(s.columns, rows),
    uniques: [s.key],
    checks: [],
    foreignKeys: [],
  }
}

export const targetTypes = (t: TargetSpec) => [{ name: t.key, type: keyType(t) }, ...t.columns]

function targetTable(t: TargetSpec, schema: string, rows: TextRows): Table {
  const key: [string, ColumnRule] = [
    t.key,
    { type: typeOf(keyType(t)), nullable: false, ...(t.shape === 'natural' ? {} : { default: 'chosen' as const }) },
  ]
  const columns = t.columns.map((c): [string, ColumnRule] => {
    const filled = c.default === undefined ? {} : { default: cellOf(typeOf(c.type).name, c.default.replaceAll("'", '')) }
    return [c.name, { type: typeOf(c.type), nullable: c.nullable, ...filled }]
  })
  return {
    id: `${schema}.${t.name}`,
    columns: new Map([key, ...columns]),
    key: [t.key],
    rows: read(targetTypes(t), rows),
    uniques: [[t.key], ...t.uniques],
    checks: t.checks.map((c) => ({
      name: c.name,
      holds: (row: Row) => holds(c, row.get(c.column) ?? null, t.columns.find((x) => x.name === c.column)!.type),
    })),
    foreignKeys: t.columns.flatMap((c) =>
      c.references ? [{ columns: [c.name], to: `${schema}.${c.references.table}`, toColumns: [c.references.column] }] : [],
    ),
  }
}

function holds({ rule }: CheckSpec, cell: Cell, type: string): boolean | null {
  if (cell === null) return null
  // blanks that only fill up a char(n) are no characters to length()
  if (rule === 'not empty') return lengthOf(type.startsWith('char') ? textOf(cell).replace(/ +$/, '') : textOf(cell)) > 0
  return rule === 'below 100' ? compareValues(cell, number(100n)) < 0 : compareValues(cell, number(0n)) >= 0
}
