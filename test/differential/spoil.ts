// One cell of one of our rows changed behind the tool's back.
import type pg from 'pg'
import type { Expected } from '../oracle/map.ts'
import { quote } from './ddl.ts'
import { kindOf } from './expressions.ts'
import type { CaseSpec, Kind, OutputSpec, TargetColumn, TargetSpec } from './spec.ts'
import { rowsOf, type TextRows, targetColumns } from './state.ts'

export interface Spoilt {
  readonly table: string
  readonly column: string
  readonly sql: string
}

const changed: Partial<Record<Kind, (c: string) => string>> = {
  int: (c) => `${c} + 1`,
  dec: (c) => `${c} + 1`,
  bool: (c) => `not ${c}`,
  date: (c) => `${c} + 1`,
  timestamp: (c) => `${c} + interval '1 second'`,
  timestamptz: (c) => `${c} + interval '1 microsecond'`,
  text: (c) => `case when ${c} = 'x' then 'y' else 'x' end`,
  json: () => `'{"spoilt": true}'::jsonb`,
}

/** Undefined where there is no cell that may be changed without breaking a rule of the table. */
export async function spoil(
  spec: CaseSpec,
  schema: string,
  client: pg.Client,
  expected: Expected,
  natives: ReadonlyMap<string, TextRows>,
): Promise<Spoilt | undefined> {
  for (const t of spec.targets) {
    const outputs = spec.mappings.flatMap((m) => m.outputs.filter((o) => o.target === t.name))
    const column = t.columns.find((c) => isMapped(c, t, outputs))
    if (!column || !expected.rows.some((r) => r.table === `${schema}.${t.name}`)) continue
    const before = new Set(natives.get(t.name)!.map((r) => r[0]))
    const rows = (await rowsOf(client, schema, t.name, targetColumns(t))).filter((r) => !before.has(r[0]!))
    const at = targetColumns(t).indexOf(column.name)
    const row = rows.find((r) => r[at] !== null)
    if (!row) continue
    const sql = `update ${schema}.${quote(t.name)} set ${quote(column.name)} = ${changed[kindOf(column.type)]!(quote(column.name))} where ${quote(t.key)} = $1 and ${quote(column.name)} is distinct from ${changed[kindOf(column.type)]!(quote(column.name))}`
    const done = await client.query(sql, [row[0]]).then(
      (r) => r.rowCount === 1,
      () => false,
    )
    if (done) return { table: `${schema}.${t.name}`, column: column.name, sql }
  }
  return undefined
}

/** Written by every output of its table, and nothing that others lean on. */
function isMapped(c: TargetColumn, t: TargetSpec, outputs: readonly OutputSpec[]): boolean {
  const leant =
    c.references !== undefined || t.uniques.some((u) => u.includes(c.name)) || outputs.some((o) => o.per?.includes(c.name) || o.adopt)
  return !leant && kindOf(c.type) in changed && outputs.every((o) => c.name in o.values)
}
