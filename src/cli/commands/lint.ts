// What SQL would do to a database that people use. It writes nothing, and opens no connection unless it is asked to.
import { createInterface } from 'node:readline'
import { Option } from 'commander'
import { commandWrong } from '../../errors/cli.ts'
import { exit } from '../../errors/error.ts'
import { lintLine } from '../../errors/lint.ts'
import type { Line } from '../../lint/batch.ts'
import type { Given, LintedFile, Settings } from '../../lint/file.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples, several, wholeNumber } from '../define.ts'
import type { LintOptions } from '../lint-settings.ts'
import type { TracedFile } from '../lint-trace.ts'

interface Options extends LintOptions {
  readonly format: string
  readonly stdinJsonl?: boolean
  readonly trace?: string | true
}

export const define: Define = (command, act) =>
  void command
    .argument('[files...]', 'SQL files, judged in this order, each after those before it; without any, those that the configuration names')
    .addOption(new Option('--pg <version>', 'the version of Postgres that it is for, 11 to 18 (default: 18)').argParser(wholeNumber))
    .addOption(new Option('--dialect <name>', 'whose SQL it is').choices(['postgres', 'mysql', 'sqlite']).default('postgres'))
    .option('--schema <file>', 'the schema that is there before, whole, as SQL')
    .option(
      '--database [url]',
      'the schema that a database has now, with its rows, version and time zone; without a URL, the one that is configured',
    )
    .option('--prior <files>', 'migrations that ran before, in order', several)
    .option('--since <revision>', 'a revision of git: files that it has ran already; they are judged only where they have changed since')
    .option('--no-transaction', 'each statement is run by itself; else each file is one transaction')
    .option('--tz <zone>', "the session's time zone")
    .addOption(new Option('--format <format>', 'how').choices(['text', 'json', 'sarif', 'github', 'junit']).default('text'))
    .option('--trace [url]', 'run it on a copy too, on this server or a private one, and say what was really locked, read and written')
    .option('--stdin-jsonl', 'for programs: questions on stdin, answers on stdout, one JSON object a line')
    .addHelpText(
      'after',
      examples(
        ['godwit lint migrations/*.sql --pg 15', 'exit 4 where a statement is dangerous'],
        ['godwit lint 0042.sql --schema schema.sql', 'judged by the tables that are there'],
        ['godwit lint migrations/*.sql --since origin/main', 'only what is new; what ran is known, and may not have changed'],
        ['godwit lint 0042.sql --database', 'by the database that is configured, and how long it would take there'],
        ['godwit lint 0042.sql --format sarif', 'for a code host'],
        ['godwit lint 0042.sql --schema schema.sql --trace', 'what the rules say, held against a run on a copy'],
      ),
    )
    .action(act((context, files: string[], options: Options) => lint(context, files, options)))

async function lint(context: Context, files: readonly string[], options: Options): Promise<Outcome> {
  const { ready } = await import('../../lint/read.ts')
  await ready()
  if (options.stdinJsonl) return answerLines(context)
  const [{ lintFiles }, { lintTask }] = await Promise.all([import('../../lint/file.ts'), import('../lint-settings.ts')])
  const { files: given, settings } = await lintTask(context, files, options)
  const linted = lintFiles(given, settings)
  const traced = await traceOf(given, settings, options)
  await show(context, linted, options.format, traced)
  const { lintedObject } = await import('../../lint/formats/json.ts')
  const wrong = linted.some((f) => f.findings.some((x) => x.dangerous)) || traced.some((f) => f.seen.some((s) => s.disagrees.length > 0))
  return { exit: wrong ? exit.no : exit.done, json: { ...lintedObject(linted), ...(options.trace ? { traced: withoutSql(traced) } : {}) } }
}

async function traceOf(files: readonly Given[], settings: Settings, { trace, format }: Options): Promise<TracedFile[]> {
  if (!trace) return []
  if (settings.dialect !== 'postgres') throw commandWrong({ message: 'Only Postgres is traced.', hint: 'Leave out --trace or --dialect.' })
  if (format !== 'text')
    throw commandWrong({ message: `--trace is not told as ${format}.`, hint: 'Leave out --format; --json has all of it.' })
  if (trace !== true && !/^postgres(ql)?:\/\//i.test(trace))
    throw commandWrong({
      message: 'After --trace stands the URL of a Postgres, or nothing.',
      hint: 'godwit lint FILES… --trace: the files come first.',
    })
  const { traceFiles } = await import('../lint-trace.ts')
  return traceFiles(files, settings, trace === true ? undefined : trace)
}

const withoutSql = (traced: readonly TracedFile[]) => traced.map(({ sql: _, ...rest }) => rest)

async function show({ screen }: Context, files: readonly LintedFile[], format: string, traced: readonly TracedFile[]): Promise<void> {
  if (screen.json) return
  const [{ formats }, { lintText }] = await Promise.all([import('../../lint/formats/index.ts'), import('../terminal/lint-text.ts')])
  const { traceText } = await import('../terminal/lint-trace-text.ts')
  const write = formats[format]
  if (write) screen.raw(write(files))
  else for (const line of [...lintText(files, screen), ...traceText(traced, screen)]) screen.say(line)
}

async function answerLines({ screen }: Context): Promise<Outcome> {
  const { judgeLine, unjudged } = await import('../../lint/batch.ts')
  const wrong: { readonly line: number; readonly why: string }[] = []
  let line = 0
  for await (const text of createInterface({ input: process.stdin })) {
    line++
    if (!text.trim()) continue
    const given = objectIn(text)
    const why = given ? unjudged(given) : 'is no JSON object'
    if (why) wrong.push({ line, why })
    screen.object(why ? { id: given?.id ?? null, line, error: why } : judgeLine(given!))
  }
  if (wrong[0]) throw lintLine({ ...wrong[0], more: wrong.length - 1 })
  return {}
}

function objectIn(text: string): Line | undefined {
  try {
    const value = JSON.parse(text) as unknown
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
