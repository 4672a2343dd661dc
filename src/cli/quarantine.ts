// The quarantine to look at: by cause, and by row.
import { notInQuarantine } from '../errors/cli.ts'
import { type Cause, causes as causesOf, type QuarantinedRow, quarantined } from '../run/quarantine.ts'
import { shownId } from '../schema/schema.ts'
import { count, plural } from '../text.ts'
import { type Context, commandLine, type Outcome } from './context.ts'
import { keptKey } from './keys.ts'
import { type Planned, withPlan } from './project.ts'
import { runsIn, theRunOf } from './state.ts'
import { cut, oneLine, padEnd, padStart, shownValue, wrapped } from './terminal/layout.ts'

export const listCauses = (context: Context): Promise<Outcome> =>
  withPlan(context, async ({ plan, db }) => {
    await theRunOf(db, plan.migration)
    const causes = await db.session((s) => causesOf(s, plan.migration))
    const runs = await db.session(runsIn)
    const books = runs.findLast((r) => r.migration === plan.migration && r.state !== 'undone')?.books ?? []
    const { screen } = context
    if (!causes.length) screen.say(`${screen.paint.green('✓')} No row is in quarantine.`)
    for (const mapping of plan.shapes.keys()) {
      const list = causes.filter((c) => c.mapping === mapping)
      if (!list.length) continue
      const read = books.find((b) => b.mapping === mapping)?.totals.read ?? plan.facts.rows[mapping] ?? 0
      for (const line of byCause(context, { mapping, list, read, budget: budgetOf(plan.manner.budget, read) })) screen.say(line)
    }
    for (const line of next(context, causes)) screen.say(line)
    return { json: { causes } }
  })

function budgetOf(budget: { rows: number; percent: number } | undefined, read: number): string {
  if (!budget) return ''
  const share = Math.ceil((read * budget.percent) / 100)
  return budget.rows < share ? `budget ${count(budget.rows)}` : `budget ${count(share)} (${budget.percent} %)`
}

function byCause(context: Context, of: { mapping: string; list: readonly Cause[]; read: number; budget: string }): string[] {
  const { paint, width } = context.screen
  const all = of.list.reduce((n, c) => n + c.rows, 0)
  const waived = of.list.reduce((n, c) => n + c.waived, 0)
  const head = `${plural(all, 'row')} of ${oneLine(of.mapping)} did not go${of.read ? `, of ${count(of.read)} read` : ''}${waived ? ` (${count(waived)} waived)` : ''}`
  const codes = Math.max(...of.list.map((c) => c.code.length))
  const lines = of.list.flatMap((c) => {
    const lead = `  ${padStart(count(c.rows), 5)}  ${padEnd(c.code, codes)}  `
    const some = `${c.examples.map((e) => shownValue(e === 'null' ? null : e)).join(', ')}${c.rows > c.examples.length ? ', …' : ''}`
    // what is missing has no value to show: its examples are keys
    const what = c.code === 'NULL_NOT_ALLOWED' ? `${oneLine(c.says)}, for instance in ${some}` : `${some} ${oneLine(c.says)}`
    const says = `${oneLine(c.columns)}  ${what}${c.waived ? `   ${count(c.waived)} waived` : ''}`
    const text = wrapped(says, ' '.repeat(lead.length), width, '').slice(lead.length)
    return [
      `  ${padStart(count(c.rows), 5)}  ${paint.yellow(padEnd(c.code, codes))}  ${text}`,
      ...(c.at ? [`${' '.repeat(lead.length)}${paint.cyan(c.at)}`] : []),
    ]
  })
  return [`${head}${of.budget ? `        ${of.budget}` : ''}`, '', ...lines, '']
}

/** What can be done with the most frequent of them. */
function next(context: Context, causes: readonly Cause[]): string[] {
  const [first] = causes
  if (!first) return []
  const code = first.code.replace(/:.*/, '')
  return [
    `Next: ${commandLine(context, 'quarantine show KEY')}   ${commandLine(context, `quarantine retry --reason ${code}`)}`,
    `      godwit explain ${code}`,
  ]
}

// ── one row ──────────────────────────────────────────────────────────────────────────────────

export const showRow = (context: Context, key: string, how: { raw: boolean; mapping: string | undefined }): Promise<Outcome> =>
  withPlan(context, async (planned) => {
    const { plan, db } = planned
    await theRunOf(db, plan.migration)
    const rows = await db.session((s) => quarantined(s, plan.migration, { keys: [keptKey(plan, key)], mapping: how.mapping }))
    if (!rows.length) throw notInQuarantine({ keys: [key], migration: plan.migration })
    for (const row of rows) for (const line of rowText(context, planned, row, how.raw)) context.screen.say(line)
    return { json: { rows } }
  })

function rowText(context: Context, { plan }: Planned, q: QuarantinedRow, raw: boolean): string[] {
  const { paint, width } = context.screen
  const from = plan.shapes.get(q.mapping)?.facts.from.id
  const source = from === undefined ? q.mapping : shownId(from)
  const about = q.columns.map((c) => `${oneLine(c)}   ${shownValue(q.raw[c])}`).join('   ')
  const label = (name: string, text: string) =>
    wrapped(text, ' '.repeat(12), width, '').replace(/^ {12}/, `  ${paint.dim(name.padEnd(10))}`)
  const names = Object.keys(q.raw)
  const first = [...q.columns, ...names.filter((n) => !q.columns.includes(n) && q.raw[n] !== null)].slice(0, 8)
  const values = (list: readonly string[]) => list.map((n) => `${oneLine(n)} ${cut(shownValue(q.raw[n]), 60)}`).join(' · ')
  return [
    `${paint.bold(`${oneLine(source)} ${oneLine(q.key)}`)}     ${paint.yellow(q.code)}   ${about}`,
    label('rule', `${q.at ? `${q.at}   ` : ''}${q.columns.map(oneLine).join(', ')} ${oneLine(q.says)}`),
    ...(q.detail ? [label('server', oneLine(q.detail))] : []),
    ...(q.blockedBy ? [label('waits for', oneLine(q.blockedBy))] : []),
    ...(raw
      ? names.map((n) => `    ${padEnd(oneLine(n), 32)} ${shownValue(q.raw[n])}`)
      : [label('row', `${values(first)}${names.length > first.length ? ` · … (--raw for all ${names.length} columns)` : ''}`)]),
    label('since', `${q.since.slice(0, 19)} UTC, run ${q.run}`),
    ...(q.waived ? [label('waived', `by ${oneLine(q.waived.by)}, ${q.waived.at.slice(0, 19)} UTC: ${oneLine(q.waived.why)}`)] : []),
    label(
      'next',
      `mend the row or the rule, then: ${commandLine(context, `quarantine retry ${oneLine(q.key)}`)}     or: ${commandLine(context, `quarantine waive ${oneLine(q.key)} --why "…"`)}`,
    ),
  ]
}
