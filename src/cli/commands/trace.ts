// Where a row went, or where it came from.
import type { Trace } from '../../run/trace.ts'
import { shownId } from '../../schema/schema.ts'
import type { Context, Outcome } from '../context.ts'
import { commandLine } from '../context.ts'
import { type Define, examples } from '../define.ts'
import { oneLine, wrapped } from '../terminal/layout.ts'

export const define: Define = (command, act) =>
  void command
    .argument('<row>', 'table:key; a key of several columns as JSON: table:["a","b"]')
    .addHelpText(
      'after',
      examples(
        ['godwit trace personal_account_dealing:510', 'what a source row became'],
        ['godwit trace pad_approval:8812', 'which source row made a target row'],
      ),
    )
    .action(act((context, row: string) => show(context, row)))

async function show(context: Context, row: string): Promise<Outcome> {
  const [{ withPlan }, { traceRow }, { keptKey }] = await Promise.all([
    import('../project.ts'),
    import('../../run/trace.ts'),
    import('../keys.ts'),
  ])
  return withPlan(context, async ({ plan, db }) => {
    const colon = row.indexOf(':') + 1
    const named = row.slice(0, colon) + keptKey(plan, row.slice(colon))
    const t = await db.session((s) => traceRow(s, plan, named))
    for (const line of text(context, t)) context.screen.say(line)
    return { json: { trace: t } }
  })
}

const short = (id: string): string => oneLine(shownId(id))

function text(context: Context, t: Trace): string[] {
  const { paint, width } = context.screen
  const [name, key] = [t.asked.slice(0, t.asked.indexOf(':')), t.asked.slice(t.asked.indexOf(':') + 1)]
  const asked = paint.bold(`${oneLine(name)} ${oneLine(key)}`)
  if (t.source?.shared)
    return [`${asked}  ←  shared by all rows of ${short(t.source.table)} with ${oneLine(t.source.key)}   output ${t.made[0]!.output}`]
  if (t.source) {
    const output = t.made.find((m) => m.key === key)
    return [
      `${asked}  ←  ${short(t.source.table)} ${oneLine(t.source.key)}${output ? `   output ${output.output}` : ''}`,
      ...whole(t, paint, width),
    ]
  }
  const fates: Record<Trace['fate'], string> = {
    migrated: 'migrated',
    quarantined: 'in quarantine',
    filtered: 'not in the target: left out by a rule, or not read yet (godwit status)',
    'not there': 'is in neither source nor target nor ledger',
    'not ours': 'was not made by this migration',
  }
  const lines = t.made.length ? whole(t, paint, width) : []
  if (!t.quarantine) return t.made.length ? [`${asked}  ${fates[t.fate]}`, ...lines] : [`${asked}  ${fates[t.fate]}`]
  const q = t.quarantine
  return [
    `${asked}  ${paint.yellow(fates[t.fate])}`,
    `  ${q.code}   ${q.columns.map(oneLine).join(', ')} ${oneLine(q.says)}${q.at ? `   ${paint.cyan(q.at)}` : ''}`,
    ...lines,
    `  Next: ${commandLine(context, `quarantine show ${oneLine(key)}`)}`,
  ]
}

/** → pad_request 1534 · pad_approval 8811 (manager), 8812 (compliance) */
function whole(t: Trace, paint: Context['screen']['paint'], width: number): string[] {
  const tables = Map.groupBy(t.made, (m) => m.table)
  const parts = [...tables].map(
    ([table, rows]) =>
      `${short(table)} ${rows.map((m) => `${oneLine(m.key)}${rows.length > 1 || m.output !== table.replace(/^.*\./, '') ? ` (${m.output})` : ''}${m.there ? '' : ' (gone)'}`).join(', ')}`,
  )
  return [
    ...(parts.length ? [wrapped(`→ ${parts.join(' · ')}`, '  ', width)] : []),
    ...t.warnings.map((w) => `  ${paint.yellow('warning')}  ${oneLine(w)}`),
  ]
}
