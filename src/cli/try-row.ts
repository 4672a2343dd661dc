// One source row through the mapping, in a transaction that is rolled back: the very statements of a run, over a list of one key.
import type { Database, Session } from '../databases/database.ts'
import type { MappingPlan } from '../dialects/compile.ts'
import type { FillShape } from '../dialects/fill.ts'
import { postgres } from '../dialects/postgres.ts'
import { keyText, type OutputShape } from '../dialects/shape.ts'
import { commandWrong, sourceRowMissing } from '../errors/cli.ts'
import type { Node } from '../expr/node.ts'
import { walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { installLedger } from '../ledger/tables.ts'
import type { Plan } from '../plan/plan.ts'
import { runComputes } from '../run/compute.ts'
import { putGroups } from '../run/groups.ts'
import { bringInto } from '../run/sources.ts'
import { shownId } from '../schema/schema.ts'
import { didYouMean, list } from '../text.ts'
import type { Context, Outcome } from './context.ts'
import { keptKey } from './keys.ts'
import { withPlan } from './project.ts'
import { tryText } from './terminal/try-text.ts'
import type { Tried, TriedOutput } from './tried.ts'

export const tryRow = (context: Context, key: string, options: { mapping?: string; all?: boolean }): Promise<Outcome> =>
  withPlan(context, async ({ plan, db }) => {
    const mapping = mappingOf(plan, options.mapping)
    const nothingKept = Symbol('rolled back')
    let tried: Tried | undefined
    const session = await db.open()
    try {
      await session
        .transaction(async (tx) => {
          tried = await through(tx, db, plan, mapping, keptKey(plan, key))
          throw nothingKept
        })
        .catch((thrown: unknown) => {
          if (thrown !== nothingKept) throw thrown
        })
    } finally {
      await session.close()
    }
    for (const line of tryText(tried!, context.screen, options.all === true)) context.screen.say(line)
    return { json: { tried } }
  })

function mappingOf(plan: Plan, name: string | undefined): MappingPlan {
  const all = plan.steps.flatMap((s) => (s.mapping ? [s.mapping] : []))
  const names = all.map((m) => m.shape.name)
  if (name === undefined && all.length === 1) return all[0]!
  const found = all.find((m) => m.shape.name === name)
  if (found) return found
  if (!all.length) throw commandWrong({ message: `${plan.migration} has no mapping to try.`, hint: 'godwit plan shows its steps.' })
  const near = name && didYouMean(name, names)
  throw commandWrong({
    message:
      name === undefined
        ? `Which mapping? There are ${list(names)}.`
        : `There is no mapping '${name}'.${near ? ` Did you mean '${near}'?` : ''}`,
    hint: `Say which: --mapping ${names[0]}`,
  })
}

async function through(tx: Session, db: Database, plan: Plan, mapping: MappingPlan, key: string): Promise<Tried> {
  // whoever works here at the moment goes first, and is not kept waiting
  await tx.query(`set local lock_timeout = '3s'`)
  await installLedger(tx)
  for (const step of plan.steps) if (step.mapping) for (const sql of step.mapping.ledger) await tx.query(sql)
  for (const b of plan.brought) await bringInto(tx, db, b)
  for (const sql of [...mapping.session, ...mapping.bring]) await tx.query(sql)
  await findRow(tx, mapping, key)
  await coverKey(tx, mapping)
  for (const sql of mapping.windows) await tx.query(sql)
  for (const sql of mapping.twins) await tx.query(sql)
  await makeGroups(tx, mapping)
  for (const sql of mapping.sharedTwins) await tx.query(sql)
  await tx.query('set constraints all deferred')
  if (mapping.computes) await runComputes(tx, mapping, { sql: mapping.computes.feedKeys, values: [] })
  const numbers: string[] = []
  for (const o of mapping.pools) numbers.push((await tx.query(`select ${beyond(o)}::text as base`)).rows[0]!.base!)
  await tx.query(mapping.stageKeys, numbers)
  return told(tx, mapping, key)
}

async function findRow(tx: Session, mapping: MappingPlan, key: string): Promise<void> {
  const { shape } = mapping
  const columns = shape.key.map((k) => `s.${postgres.quote(k.name)}`)
  const names = shape.key.map((_, j) => `k${j}`)
  const put = await tx.query(
    `insert into ${shape.keys} (${names.join(', ')}, key) select ${columns.join(', ')}, ${keyText(columns)} from ${shape.source} s where ${keyText(columns)} = $1`,
    [key],
  )
  if (put.count) return
  const example = (await tx.query(`select ${keyText(columns)} as key from ${shape.source} s limit 1`)).rows[0]?.key ?? undefined
  throw sourceRowMissing({
    key,
    source: shownId(shape.facts.from.id),
    keyColumns: shape.key.map((k) => k.name).join(', '),
    example,
  })
}

/** A number of its own for a key that has none yet. The sequence is left alone: the application draws from it. */
async function coverKey(tx: Session, mapping: MappingPlan): Promise<void> {
  const { shape } = mapping
  const reserved = shape.outputs.filter((o) => o.key.keying === 'reserved')
  if (!reserved.length) return
  await tx.query(`insert into ${shape.extents} (lo, hi, ${reserved.map((o) => `b${o.index}`).join(', ')})
    select k.k0, k.k0, ${reserved.map((o) => beyond(o)).join(', ')} from ${shape.keys} k where not exists (select 1 from ${shape.extents} x where k.k0 between x.lo and x.hi)`)
}

/** Above all ids that are there, with room for what the application adds meanwhile. */
const beyond = (o: OutputShape): string =>
  `(select coalesce(max(${postgres.quote(o.key.columns[0]!.name)}), 0) + 1000 from ${postgres.table(o.table.id)})`

async function makeGroups(tx: Session, mapping: MappingPlan): Promise<void> {
  for (const g of mapping.groups) {
    for (const sql of g.gather) await tx.query(sql)
    await putGroups(tx, g, async () => BigInt((await tx.query(`select ${beyond(g.output)}::text as base`)).rows[0]!.base!))
  }
}

// ── what came of it ──────────────────────────────────────────────────────────────────────────

async function told(tx: Session, mapping: MappingPlan, key: string): Promise<Tried> {
  const { shape } = mapping
  const staged = textsOf(
    (await tx.query(`select to_jsonb(u)::text as row, array_to_json(u.warned)::text as warned from ${shape.stage} u`)).rows[0]!.row!,
  )
  const columns = Object.keys(shape.facts.from.columns)
  const values = (
    await tx.query(
      `select ${columns.map((c, j) => `(s.${postgres.quote(c)})::text as c${j}`).join(', ')} from ${shape.source} s, ${shape.keys} k where ${shape.key.map((c, j) => `s.${postgres.quote(c.name)} = k.k${j}`).join(' and ')}`,
    )
  ).rows[0]!
  const rule = mapping.rules.find((r) => String(r.n) === staged.rule)
  const warned = (JSON.parse(staged.warned ?? '[]') as number[]).flatMap((n) => mapping.rules.find((r) => r.n === n) ?? [])
  const outputs: TriedOutput[] = []
  for (const o of shape.outputs) outputs.push(await outputOf(tx, o, staged, rule === undefined))
  if (shape.fill) outputs.push(filledOf(shape.fill, staged, values, columns, rule === undefined))
  return {
    mapping: shape.name,
    source: shape.facts.from.id,
    key,
    fate: rule === undefined ? 'migrated' : rule.kind === 'filter' ? 'filtered' : 'quarantined',
    reason: rule && { code: rule.code, columns: rule.columns, says: rule.says, at: rule.at },
    warnings: warned.map(({ code, columns, says, at }) => ({ code, columns, says, at })),
    row: Object.fromEntries(columns.map((c, j) => [c, values[`c${j}`] ?? null])),
    outputs,
  }
}

/** All values as the texts that the server has for them; objects as JSON. */
function textsOf(json: string): Record<string, string | null> {
  // numbers keep their digits: JavaScript would round what is longer than its own
  const exact = JSON.parse(json, function (this: unknown, _key: string, value: unknown, context?: { source?: string }) {
    return typeof value === 'number' && context?.source !== undefined ? context.source : value
  } as (this: unknown, key: string, value: unknown) => unknown) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(exact).map(([name, v]) => [name, v === null ? null : typeof v === 'object' ? JSON.stringify(v) : String(v)]),
  )
}

async function outputOf(tx: Session, o: OutputShape, staged: Readonly<Record<string, string | null>>, goes: boolean): Promise<TriedOutput> {
  const values = Object.entries(o.output.values)
  if (o.output.per) {
    const columns = values.map(([name, node], j) => ({ ...about(name, node), value: staged[`o${o.index}g${j}`] ?? null }))
    return {
      output: o.output.name,
      table: o.table.id,
      goes: goes && staged[`o${o.index}`] === 'true',
      per: o.output.per,
      key: undefined,
      columns,
    }
  }
  const held = o.key.columns.map((_, j) => staged[`o${o.index}h${j}`] ?? null)
  const there = held.every((h) => h !== null) ? await rowNow(tx, o, held as string[]) : undefined
  const mapped = o.columns.map(({ column, node }, j) => ({
    ...about(column.name, node),
    value: staged[`o${o.index}c${j}`] ?? null,
    ...(there ? { now: there[column.name] ?? null } : {}),
  }))
  const keys = o.key.columns.flatMap((k, j) =>
    o.output.values[k.name] ? [{ ...about(k.name, o.output.values[k.name]!), value: staged[`o${o.index}k${j}`] ?? null }] : [],
  )
  return {
    output: o.output.name,
    table: o.table.id,
    goes: goes && staged[`o${o.index}`] === 'true',
    per: undefined,
    key: there ? held.join(', ') : undefined,
    columns: [...keys, ...mapped],
  }
}

/** The row itself, with what would be filled in. */
function filledOf(
  f: FillShape,
  staged: Readonly<Record<string, string | null>>,
  now: Readonly<Record<string, string | null>>,
  columns: readonly string[],
  goes: boolean,
): TriedOutput {
  return {
    output: f.fill.name,
    table: f.table.id,
    goes: goes && staged['f'] === 'true',
    per: undefined,
    key: staged['key'] ?? undefined,
    columns: f.columns.map(({ column, node }, j) => ({
      ...about(column.name, node),
      value: staged[`f${j}`] ?? null,
      now: now[`c${columns.indexOf(column.name)}`] ?? null,
    })),
  }
}

function about(column: string, node: Node): { column: string; from: string[]; at: string | undefined } {
  const from = new Set<string>()
  walk(node, (n) => void (isColumn(n) && from.add(n.params.name as string)))
  return { column, from: [...from], at: node.at }
}

/** The row that this output has made already, if it is there; as the stage would have it, so that the two can be compared. */
async function rowNow(tx: Session, o: OutputShape, key: readonly string[]): Promise<Record<string, string | null> | undefined> {
  const where = o.key.columns.map((k, j) => `t.${postgres.quote(k.name)} = ${postgres.cast(`$${j + 1}::text`, k.type)}`).join(' and ')
  const row = (await tx.query(`select to_jsonb(t)::text as row from ${postgres.table(o.table.id)} t where ${where}`, key)).rows[0]
  return row && textsOf(row.row!)
}
