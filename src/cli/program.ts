// The command line: finds the command, runs it, and turns whatever comes of it into words and an exit code.
import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { commandWrong } from '../errors/cli.ts'
import { exit } from '../errors/error.ts'
import { didYouMean } from '../text.ts'
import { commands, type Entry } from './commands/index.ts'
import type { Context, Outcome } from './context.ts'
import type { Act } from './define.ts'
import { godwitError, problemObject, problemText, stackOf } from './terminal/problem.ts'
import { makeScreen, type Screen } from './terminal/screen.ts'

const argv = process.argv.slice(2)
const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
const screen = makeScreen({ json: own.includes('--json'), color: !own.includes('--no-color') })
let named = 'godwit'
let help = ''

// whoever reads us may stop reading: that is no error of ours
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (problem: NodeJS.ErrnoException) => {
    // a pipe that was closed, a terminal that is gone: a run goes on to the end of its unit all the same
    if (problem.code !== 'EPIPE' && problem.code !== 'EIO') throw problem
  })

// a project need not say "type": "module" for Node to read its files; that this takes Node a moment is no news for the user
process.removeAllListeners('warning')
process.on('warning', (warning: NodeJS.ErrnoException) => {
  if (warning.code !== 'MODULE_TYPELESS_PACKAGE_JSON' && !screen.json) screen.note(`${warning.name}: ${warning.message}`)
})

/** Printed where a command was wanted and none came. */
function keepHelp(text: string): void {
  help += text
}

async function program(): Promise<Command> {
  const all = new Command('godwit')
  all
    .description('Database migrations that say what they will do, can be broken off at any point and resumed, and can be taken back.')
    .version(version(), '-V, --version', 'print the version')
    .option('-C <folder>', 'the folder of godwit.config.ts')
    .option('-e, --env <name>', 'the environment (else GODWIT_ENV, else the default)')
    .option('-m, --migration <name>', 'which migration, if there are several')
    .option('-y, --yes', 'answer ordinary questions with yes')
    .addOption(new Option('--json', 'one object on stdout, events as NDJSON on stderr'))
    .addOption(new Option('--no-color', 'no colours (as NO_COLOR=1)'))
    .helpOption('-h, --help', 'what there is, or what a command takes')
    .configureHelp({ showGlobalOptions: true, helpWidth: screen.width, sortSubcommands: false })
    .configureOutput({ writeOut: (text) => process.stdout.write(text), writeErr: keepHelp, outputError: () => {} })
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText(
      'after',
      `\nBegin with: godwit init, godwit plan, godwit run. godwit COMMAND --help tells more, with examples.\nExit codes: 0 done, 1 failed, 2 used wrongly, 3 waiting, 4 a check said no,\n            5 locked, 6 resumable stop, 130 interrupted.`,
    )
  const words = new Set(own)
  for (const entry of commands) await add(all, entry, words.has(entry.name))
  return all
}

async function add(all: Command, entry: Entry, wanted: boolean): Promise<void> {
  if (wanted) (await entry.load()).define(all.command(entry.name).summary(entry.summary).description(entry.summary), act)
  else all.command(entry.takes ? `${entry.name} ${entry.takes}` : entry.name).summary(entry.summary)
}

/** The version stands in package.json, two folders up from here in the sources and in the package alike. */
const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

const act: Act =
  (work) =>
  async (...given: unknown[]) => {
    const command = given.at(-1) as Command
    const o = command.optsWithGlobals<{ C?: string; env?: string; migration?: string; yes?: boolean }>()
    named = fullName(command)
    const context: Context = { command: named, screen, globals: { folder: o.C, env: o.env, migration: o.migration, yes: o.yes === true } }
    const outcome = await (work as (context: Context, ...rest: unknown[]) => Promise<Outcome>)(context, ...given.slice(0, -1))
    const code = outcome.exit ?? exit.done
    if (screen.json) screen.object({ godwit: 1, command: named, ok: code === exit.done, exit: code, ...outcome.json })
    process.exitCode = code
  }

function fullName(command: Command): string {
  const names: string[] = []
  for (let c: Command | null = command; c?.parent; c = c.parent) names.unshift(c.name())
  return names.join(' ')
}

function fail(thrown: unknown): void {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return
  if (thrown instanceof CommanderError && thrown.code === 'commander.help' && !screen.json) {
    process.exitCode = exit.usage
    screen.note(help)
    return
  }
  const error = thrown instanceof CommanderError ? usageError(thrown) : godwitError(thrown)
  process.exitCode = error.exit
  tell(screen, error)
  if (process.env.GODWIT_DEBUG) screen.note(stackOf(error.cause ?? error))
}

function tell(to: Screen, error: ReturnType<typeof godwitError>): void {
  if (to.json) to.object({ godwit: 1, command: named, ok: false, exit: error.exit, error: problemObject(error) })
  else to.note(problemText(error, to))
}

/** Commander's words in ours. */
function usageError(problem: CommanderError) {
  const known = commands.map((c) => c.name)
  const typed = own.find((word) => known.includes(word)) ?? ''
  if (problem.code === 'commander.help')
    return commandWrong({ message: 'Which command?', hint: `There are: ${known.join(', ')}\ngodwit --help tells what they do.` })
  const [message = '', suggestion = ''] = problem.message.replace(/^error: /, '').split('\n')
  const inner = problem.code === 'commander.excessArguments' ? innerCommands[typed] : undefined
  const second = own.slice(own.indexOf(typed) + 1).find((word) => !word.startsWith('-')) ?? ''
  if (inner) return unknownWord(`godwit ${typed} has no command '${second}'.`, second, inner, `godwit ${typed} --help`)
  const near = /Did you mean (?:one of )?(.*?)\?/.exec(suggestion)?.[1]
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`
  const command = known.includes(typed) ? `godwit ${typed} --help` : 'godwit --help'
  return commandWrong({ message: near ? `${sentence} Did you mean ${near}?` : sentence, hint: `${command} shows what there is.` })
}

const innerCommands: Readonly<Record<string, readonly string[]>> = {
  quarantine: ['show', 'retry', 'waive', 'export'],
  backup: ['take', 'list', 'show', 'verify', 'prove', 'restore'],
  verify: ['show'],
  consolidate: ['verify', 'show'],
  notify: ['retry', 'test'],
}

function unknownWord(message: string, word: string, known: readonly string[], help: string) {
  const near = didYouMean(word, known)
  return commandWrong({
    message: near ? `${message} Did you mean ${near}?` : message,
    hint: `There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}\n${help} tells more.`,
  })
}

try {
  await (await program()).parseAsync(argv, { from: 'user' })
} catch (thrown) {
  fail(thrown)
}
