// Looks at the database before anything is done to it.
import type { Finding } from '../../databases/postgres/finding.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'
import { oneLine, padEnd, wrapped } from '../terminal/layout.ts'

export const define: Define = (command, act) =>
  void command
    .addHelpText(
      'after',
      examples(
        ['godwit doctor', 'connection, version, privileges, room, locks, sequences'],
        ['godwit doctor --env prod', 'of another environment'],
      ),
    )
    .action(act((context) => examineIt(context)))

async function examineIt(context: Context): Promise<Outcome> {
  const [{ configOf, withDatabase }, { concernOf }, { examine }] = await Promise.all([
    import('../project.ts'),
    import('../concern.ts'),
    import('../../databases/postgres/doctor.ts'),
  ])
  const config = await configOf(context)
  const concern = await concernOf(context, { config })
  return withDatabase(context, config, async ({ db }) => {
    const found = db.elsewhere ? await db.elsewhere.examine() : await examine(db, concern)
    const of = (level: Finding['level']) => found.filter((f) => f.level === level).length
    const { screen } = context
    screen.say(`${verdict(of('problem'), of('warning'), screen.paint)}  ${config.describe()}`)
    screen.say()
    for (const f of found) for (const line of lines(f, screen)) screen.say(line)
    return { exit: of('problem') ? 4 : 0, json: { environment: config.name, database: db.name, findings: found } }
  })
}

function verdict(problems: number, warnings: number, paint: Context['screen']['paint']): string {
  if (problems)
    return paint.red(
      `${problems} ${problems === 1 ? 'problem' : 'problems'} to mend first${warnings ? `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}` : ''}`,
    )
  return warnings ? paint.yellow(`Ready, with ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`) : paint.green('Ready')
}

function lines(f: Finding, { paint, width }: Context['screen']): string[] {
  const mark = { ok: paint.green('✓'), warning: paint.yellow('!'), problem: paint.red('✗') }[f.level]
  const margin = ' '.repeat(24)
  const [first = '', ...more] = wrapped(oneLine(f.detail), margin, width, '').slice(margin.length).split('\n')
  // SQL stays on one line, so that it can be copied
  const todo = f.todo
    ? f.todo
        .split('\n')
        .map((line, i) =>
          line.endsWith(';') ? `${margin}  ${oneLine(line)}` : wrapped(`${i === 0 ? '→' : ' '} ${oneLine(line)}`, margin, width),
        )
    : []
  const title = padEnd(f.title, 21)
  return title.trimEnd().length > 20
    ? [`${mark} ${f.title}`, wrapped(oneLine(f.detail), margin, width, ''), ...todo]
    : [`${mark} ${title} ${first}`, ...more, ...todo]
}
