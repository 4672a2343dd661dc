// Where did this row go, where did this row come from: answered by the ledger for any row of a source or a target.
import type { Session } from '../databases/database.ts'
import { FlatWriter } from '../dialects/flat-writer.ts'
import { postgres } from '../dialects/postgres.ts'
import { keyText, type OutputShape, type Setting, type Shape, stored } from '../dialects/shape.ts'
import { noRun, rowUnknown } from '../errors/run.ts'
import { liveRun } from '../ledger/runs.ts'
import { ledgerThere } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { shownId } from '../schema/schema.ts'
import { didYouMean, list } from '../text.ts'

export interface Made {
  readonly output: string
  readonly table: string
  readonly key: string
  readonly there: boolean
}
export interface Trace {
  readonly asked: string
  /** From a target row: the source row it was made of. */
  readonly source: { readonly mapping: string; readonly table: string; readonly key: string; readonly shared: boolean } | undefined
  readonly fate: 'migrated' | 'quarantined' | 'filtered' | 'not there' | 'not ours'
  readonly made: readonly Made[]
  readonly quarantine:
    | {
        readonly code: string
        readonly columns: readonly string[]
        readonly says: string
        readonly at: string | null
        readonly detail: string | null
      }
    | undefined
  readonly warnings: readonly string[]
}

/** `row` is `table:key`; a key of several columns is written as JSON: `["a","b"]`. */
export async function traceRow(session: Session, plan: Plan, row: string): Promise<Trace> {
  const colon = row.indexOf(':')
  const [name, key] = [row.slice(0, colon), row.slice(colon + 1)]
  const shapes = [...plan.shapes.values()]
  const is = (id: string) => id === name || shownId(id) === name || id.endsWith(`.${name}`)
  const from = shapes.filter((s) => is(s.facts.from.id) || s.name === name)
  const into = shapes.flatMap((s) => s.outputs.filter((o) => is(o.table.id)).map((o) => ({ s, o })))
  const known = [...new Set(shapes.flatMap((s) => [s.facts.from.id, ...s.outputs.map((o) => o.table.id)]))]
  if (colon < 1 || !key || (!from.length && !into.length))
    throw rowUnknown({
      row,
      tables: list(known.map(shownId), 'or'),
      near: didYouMean(
        name,
        known.map((k) => k.replace(/^.*\./, '')),
      ),
    })
  if (!(await ledgerThere(session)) || !(await liveRun(session, plan.migration))) throw noRun({ migration: plan.migration })
  const traces: Trace[] = []
  for (const s of from) traces.push(await forward(session, plan, s, key, row))
  const found = together(traces.filter((t) => t.fate !== 'not there'))
  if (found) return found
  for (const { s, o } of into) {
    const source = await sourceOf(session, s, o, key)
    if (!source) continue
    if (o.output.per)
      return {
        ...nowhere(row),
        fate: 'migrated',
        source: { mapping: s.name, table: s.facts.from.id, key: source, shared: true },
        made: [{ output: o.output.name, table: o.table.id, key, there: true }],
      }
    const t = await forward(session, plan, s, source, row)
    return { ...t, source: { mapping: s.name, table: s.facts.from.id, key: source, shared: false } }
  }
  const there =
    into[0] &&
    (await session.query(`select 1 as one from ${postgres.table(into[0].o.table.id)} t where ${keyIs(into[0].o, key)} limit 1`)).rows
      .length > 0
  return { ...nowhere(row), fate: there ? 'not ours' : 'not there' }
}

/** Several mappings may read one table: what one of them did not take, another may have made something of. */
function together(traces: readonly Trace[]): Trace | undefined {
  const [gravest] = (['quarantined', 'migrated', 'filtered'] as const).flatMap((fate) => traces.find((t) => t.fate === fate) ?? [])
  return gravest && { ...gravest, made: traces.flatMap((t) => t.made), warnings: traces.flatMap((t) => t.warnings) }
}

const nowhere = (asked: string): Trace => ({ asked, source: undefined, fate: 'not there', made: [], quarantine: undefined, warnings: [] })

const keyIs = (o: OutputShape, key: string): string =>
  `${keyText(o.key.columns.map((c) => `t.${postgres.quote(c.name)}`))} = ${postgres.literal(key)}`

async function sourceOf(session: Session, s: Shape, o: OutputShape, key: string): Promise<string | undefined> {
  if (o.key.keying === 'reserved') {
    const { rows } = await session.query(
      `select ((t.${postgres.quote(o.key.columns[0]!.name)} - x.b${o.index}) + x.lo)::text as key from ${s.extents} x join ${postgres.table(o.table.id)} t on t.${postgres.quote(o.key.columns[0]!.name)} between x.b${o.index} and x.b${o.index} + (x.hi - x.lo) where ${keyIs(o, key)}`,
    )
    return rows[0]?.['key'] ?? undefined
  }
  const columns = o.key.columns.map((_, j) => (o.output.per ? `g.t${j}` : `g.o${o.index}k${j}`))
  const own = o.output.per ? o.output.per.map((_, j) => `g.p${j}`) : s.key.map((_, j) => `g.k${j}`)
  const { rows } = await session.query(
    `select ${keyText(own)} as key from ${o.output.per ? o.groups : s.ledger} g where ${keyText(columns)} = ${postgres.literal(key)}`,
  )
  return rows[0]?.['key'] ?? undefined
}

async function forward(session: Session, plan: Plan, s: Shape, key: string, asked: string): Promise<Trace> {
  const sourceKey = keyText(s.key.map((k) => `s.${postgres.quote(k.name)}`))
  const literal = postgres.literal(key)
  const there = (await session.query(`select 1 as one from ${s.source} s where ${sourceKey} = ${literal}`)).rows.length > 0
  const q = (
    await session.query(
      `select code, array_to_json(columns)::text as columns, says, at, detail from godwit.quarantine where migration = $1 and mapping = $2 and key = $3`,
      [plan.migration, s.name, key],
    )
  ).rows[0]
  const made: Made[] = []
  for (const o of s.outputs.filter((x) => !x.output.per)) {
    const row = await madeOf(session, s, o, literal)
    if (row) made.push(row)
  }
  if (s.fill && there && !q) made.push(...(await filledOf(session, plan, s, `${sourceKey} = ${literal}`, key)))
  const onlyShared = s.outputs.length > 0 && s.outputs.every((x) => x.output.per)
  if (made.length || (onlyShared && there && !q)) made.push(...(await sharedOf(session, plan, s, `${sourceKey} = ${literal}`)))
  const warnings = (
    await session.query(
      `select r.code || ' ' || array_to_string(r.columns, ', ') || ' ' || r.says as w from godwit.warning x join godwit.rule r on r.migration = x.migration and r.mapping = x.mapping and r.n = x.rule where x.migration = $1 and x.mapping = $2 and x.key = $3`,
      [plan.migration, s.name, key],
    )
  ).rows.map((r) => r['w']!)
  const fate = q ? 'quarantined' : made.length ? 'migrated' : there ? 'filtered' : 'not there'
  return {
    asked,
    source: undefined,
    fate,
    made,
    warnings,
    quarantine: q && {
      code: q['code']!,
      columns: JSON.parse(q['columns']!) as string[],
      says: q['says']!,
      at: q['at']!,
      detail: q['detail']!,
    },
  }
}

const settingOf = (plan: Plan): Setting => ({
  sql: postgres,
  schema: plan.schema,
  migration: plan.migration,
  dense: new Set(plan.facts.dense),
})

/** The row itself, where its columns are filled in place. */
async function filledOf(session: Session, plan: Plan, s: Shape, where: string, key: string): Promise<Made[]> {
  const { fill, table } = s.fill!
  const w = new FlatWriter(s, plan.shapes, settingOf(plan))
  const goes = [...s.facts.filters.map((f) => f.keep), ...(fill.when ? [fill.when] : [])].map((n) => `(${w.value(n).sql}) is true`)
  const { rows } = await session.query(`select 1 as one from ${w.from()} where ${[where, ...goes].join(' and ')}`)
  return rows.length ? [{ output: fill.name, table: table.id, key, there: true }] : []
}

/** Rows that this one shares with others: found by its own values, as the check computes them. */
async function sharedOf(session: Session, plan: Plan, s: Shape, where: string): Promise<Made[]> {
  const shared: Made[] = []
  for (const o of s.outputs.filter((x) => x.output.per)) {
    const w = new FlatWriter(s, plan.shapes, settingOf(plan))
    const key = w.value(o.output.key().node).sql
    const taken = o.output.when ? ` and (${w.value(o.output.when).sql}) is true` : ''
    const { rows } = await session.query(`select (${key})::text as key from ${w.from()} where ${where}${taken} and ${key} is not null`)
    if (rows[0]) shared.push({ output: o.output.name, table: o.table.id, key: rows[0]['key']!, there: true })
  }
  return shared
}

async function madeOf(session: Session, s: Shape, o: OutputShape, literal: string): Promise<Made | undefined> {
  const keys = stored(o)
    ? `select ${o.key.columns.map((_, j) => `l.o${o.index}k${j} as t${j}`).join(', ')} from ${s.ledger} l where ${keyText(s.key.map((_, j) => `l.k${j}`))} = ${literal}`
    : `select (x.b${o.index} + (${literal}::numeric - x.lo)) as t0 from ${s.extents} x where ${literal}::numeric between x.lo and x.hi`
  const target = o.key.columns.map((c) => `t.${postgres.quote(c.name)}`)
  const { rows } = await session.query(
    `select ${keyText(o.key.columns.map((_, j) => `k.t${j}`))} as key, (${target[0]} is not null)::text as there from (${keys}) k left join ${postgres.table(o.table.id)} t on ${target.map((t, j) => `${t} = k.t${j}`).join(' and ')} where k.t0 is not null`,
  )
  const r = rows[0]
  // a number that was set aside and not used made nothing
  if (!r || (r['there'] !== 'true' && !stored(o))) return undefined
  return { output: o.output.name, table: o.table.id, key: r['key']!, there: r['there'] === 'true' }
}
