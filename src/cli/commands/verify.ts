// Compares the result with what the mapping says, and repairs what differs.
import type { Answer } from '../../events/event.ts'
import type { Verification } from '../../run/verify.ts'
import type { Context, Outcome } from '../context.ts'
import { commandLine } from '../context.ts'
import { type Define, examples } from '../define.ts'
import type { Planned } from '../project.ts'

export const define: Define = (command, act) => {
  command
    .option('--repair', 'remap the source rows whose target rows differ, then verify again')
    .option('--confirm <name>', "the database's name, for a repair in a protected environment")
    .addHelpText(
      'after',
      examples(
        ['godwit verify', 'books, rows against the mapping, checks, rows that are not ours'],
        ['godwit verify show --all', 'every row that is wrong, not only the first'],
        ['godwit verify --repair', 'remap those rows, and no others'],
      ),
    )
    .action(
      act((context, options: { repair?: boolean; confirm?: string }) =>
        options.repair ? repair(context, options.confirm) : check(context),
      ),
    )
  command
    .command('show')
    .description('verify, and show the rows that are wrong')
    .option('--all', 'all of them, up to 10,000 a question')
    .action(act((context, options: { all?: boolean }) => show(context, options.all === true)))
}

async function check(context: Context): Promise<Outcome> {
  const { withPlan } = await import('../project.ts')
  const { verifyRun } = await import('../../run/check.ts')
  return withPlan(context, async ({ plan, db }) => outcome(context, await verifyRun(plan, db)))
}

async function outcome(context: Context, result: Verification, words = ''): Promise<Outcome> {
  const { answersInWords, wrongAnswers } = await import('../terminal/answers.ts')
  const { wrapped } = await import('../terminal/layout.ts')
  const { screen } = context
  const passed = result.verdict === 'passed'
  if (words) screen.say(words)
  if (passed) screen.say(wrapped(`${screen.paint.green('✓')} verified  ${answersInWords(result.answers)}`, '', screen.width))
  else
    screen.say(
      `${screen.paint.red('✗')} ${result.verdict === 'failed' ? 'verification failed' : 'not verified'}: ${result.answers.filter((a) => a.verdict !== 'passed').length} of ${result.answers.length} answers`,
    )
  for (const line of wrongAnswers(result.answers, screen)) screen.say(line)
  for (const note of result.notes) screen.say(wrapped(note, '  ', screen.width))
  if (result.verdict === 'failed')
    screen.say(
      `Next: ${commandLine(context, 'verify show --all')}   or ${commandLine(context, 'verify --repair')} (remaps the source rows that differ from the mapping)`,
    )
  return { exit: passed ? 0 : 4, json: { verdict: result.verdict, answers: result.answers, notes: result.notes } }
}

async function repair(context: Context, confirm: string | undefined): Promise<Outcome> {
  const [{ withPlan }, { repairRun }, { plural }, { typed }] = await Promise.all([
    import('../project.ts'),
    import('../../run/check.ts'),
    import('../../text.ts'),
    import('../confirm.ts'),
  ])
  return withPlan(context, async ({ plan, db, config }) => {
    await typed(context, config, `A repair of ${plan.migration}`, confirm)
    const done = await repairRun(plan, db)
    const words = done.remapped
      ? `${plural(done.remapped, 'source row')} remapped, ${plural(done.touched, 'target row')} written.`
      : 'No row differs from the mapping: nothing was remapped.'
    const { json, ...rest } = await outcome(context, done.after, words)
    return { ...rest, json: { remapped: done.remapped, touched: done.touched, ...json } }
  })
}

// ── every row ────────────────────────────────────────────────────────────────────────────────

const most = 10_000

async function show(context: Context, all: boolean): Promise<Outcome> {
  const [{ withPlan }, { verifyRun }, { sampleLines }] = await Promise.all([
    import('../project.ts'),
    import('../../run/check.ts'),
    import('../terminal/answers.ts'),
  ])
  return withPlan(context, async (planned) => {
    const result = await verifyRun(planned.plan, planned.db)
    const answers: Answer[] = []
    for (const a of result.answers) answers.push(all && a.wrong > a.sample.length ? { ...a, sample: await everyRow(planned, a) } : a)
    const { screen } = context
    for (const a of answers.filter((x) => x.verdict !== 'passed')) {
      screen.say(
        `${screen.paint.red('✗')} ${a.title}: ${a.verdict === 'failed' ? `${a.wrong} wrong of ${a.examined}` : (a.note ?? a.verdict)}${a.at ? `   ${screen.paint.cyan(a.at)}` : ''}`,
      )
      for (const line of a.sample.flatMap((row) => sampleLines(row))) screen.say(`    ${line}`)
      if (a.wrong > a.sample.length)
        screen.say(screen.paint.dim(`    … ${a.wrong - a.sample.length} more${all ? '' : ': --all shows them'}`))
    }
    if (result.verdict === 'passed') screen.say(`${screen.paint.green('✓')} verified: no row is wrong.`)
    return { exit: result.verdict === 'passed' ? 0 : 4, json: { verdict: result.verdict, answers, notes: result.notes } }
  })
}

/** The question whose answer it was, asked again without a limit. */
async function everyRow({ plan, db }: Planned, a: Answer): Promise<Answer['sample']> {
  const sql =
    plan.comparisons.find((c) => a.title === `rows of ${c.mapping}.${c.output} equal to the mapping`)?.comparison.wrong ??
    plan.books.find((b) => a.title.startsWith(`books of ${b.mapping}: `))?.wrong ??
    plan.steps.find((s) => s.question?.title === a.title)?.question?.wrong
  if (sql === undefined) return a.sample
  return db.session(
    async (s) =>
      (await s.transaction((tx) => tx.query(`select * from (${sql}) w limit ${most}`), { isolation: 'repeatable read', readOnly: true }))
        .rows,
  )
}
