// What can go wrong between a person and a command: words that are not known, files that are not there, questions not answered.
import { list, plainText, plural } from '../text.ts'
import { defineError, exit } from './error.ts'

const usage = exit.usage

export const commandWrong = defineError<{ message: string; hint: string }>('GW_USAGE', {
  exit: usage,
  means: `The command line could not be understood: a command or an option that is not there, a value of the wrong kind, something left out.
Nothing was opened and nothing was changed. godwit --help lists the commands, godwit COMMAND --help what one takes.`,
  say: ({ message, hint }) => ({ message, hint }),
})

export const noMigration = defineError<{ root: string; named: readonly string[] }>('GW_NO_MIGRATION', {
  exit: usage,
  means: `There is no migration file. Godwit looks for migration.ts and migrations/*.ts beside the configuration, or for what the configuration
names under migrations.`,
  say: ({ root, named }) => ({
    message: `There is no migration in ${root}.`,
    hint: `Looked for: ${named.join(', ')}\ngodwit init writes one to begin with.`,
  }),
})

export const migrationUnreadable = defineError<{ what: string; at: string; hint: string; cause?: unknown }>('GW_MIGRATION_UNREADABLE', {
  exit: usage,
  means: `The migration file is there but could not be loaded: a syntax error, an import that leads nowhere, or an error thrown while it was
read. Node loads it as it is, taking out types and nothing else: relative imports need their extension (./schema.ts), and enum, namespace
and parameter properties are not available. Nothing was opened and nothing was changed.`,
  say: ({ what, at, hint, cause }) => ({ message: what, at, hint, cause }),
})

export const migrationMissingIn = defineError<{ file: string; exports: readonly string[] }>('GW_MIGRATION_EXPORTS_NONE', {
  exit: usage,
  means:
    'The file was loaded, and none of its exports is a migration. A migration is what migration(name, …) gives; it is exported as the default or by a name.',
  say: ({ file, exports }) => ({
    at: file,
    message: `${file} exports no migration${exports.length ? `, only ${list(exports.map((e) => `'${plainText(e)}'`))}` : ': it exports nothing'}.`,
    hint: "Let it end: export default migration('name', mapping(…))",
  }),
})

export const migrationAmbiguous = defineError<{ names: readonly string[] }>('GW_WHICH_MIGRATION', {
  exit: usage,
  means: 'There are several migrations here, and the command works on one. Godwit does not choose: say which with -m.',
  say: ({ names }) => ({
    message: `Which migration? There are ${plural(names.length, 'migration')}: ${list(names.map(plainText))}.`,
    hint: `Say which: -m ${plainText(names[0]!)}`,
  }),
})

export const migrationUnknown = defineError<{ name: string; names: readonly string[]; near: string | undefined }>('GW_MIGRATION_UNKNOWN', {
  exit: usage,
  means: 'No migration here has the name that was given with -m.',
  say: ({ name, names, near }) => ({
    message: `There is no migration '${plainText(name)}'.${near ? ` Did you mean '${plainText(near)}'?` : ''}`,
    hint: `There ${names.length === 1 ? 'is' : 'are'}: ${list(names.map(plainText))}`,
  }),
})

export const migrationTwice = defineError<{ name: string; files: readonly string[] }>('GW_MIGRATION_TWICE', {
  exit: usage,
  means: 'Two migrations have one name. The ledger knows a migration by its name, and would take one for the other.',
  say: ({ name, files }) => ({
    at: files[0],
    message: `Two migrations are called '${plainText(name)}', in ${list(files)}.`,
    hint: 'Rename the one that has not been run yet.',
  }),
})

export const notConfirmed = defineError<{ what: string; how: string }>('GW_NOT_CONFIRMED', {
  exit: usage,
  means: `The command asks before it does something that matters, and there was no answer, or another one than yes. Nothing was changed.
Where nobody can be asked (a script, a build server), --yes answers an ordinary question. In an environment that is declared protected a
plain yes is too easily given: there the name of the database must be typed, or given with --confirm NAME.`,
  say: ({ what, how }) => ({ message: what, hint: how }),
})

export const loadFailed = defineError<{
  file: string
  line: number | undefined
  message: string
  sqlstate: string | undefined
  cause?: unknown
}>('GW_LOAD_FAILED', {
  exit: usage,
  means: `The files named under load fill a private Postgres, or a SQLite file of the project's own, the first time that it is used: all of them, or none.
One of them has an error, so nothing of them was kept. They are plain SQL; what only psql understands (\\copy, COPY … FROM stdin) does not work there.`,
  say: (f) => ({
    at: f.line === undefined ? f.file : `${f.file}:${f.line}`,
    message: `${f.file} could not be loaded: ${plainText(f.message)}${f.sqlstate ? ` (${f.sqlstate})` : ''}`,
    hint: 'Nothing of it was kept. Mend the file and run again.',
    cause: f.cause,
  }),
})

export const unexpected = defineError<{ message: string; cause: unknown }>('GW_INTERNAL', {
  means: `Something happened that Godwit has no words for: most likely a mistake in Godwit itself, or in a function of the migration file.
What was committed stays, and nothing is half done: every unit of work is one transaction. With GODWIT_DEBUG=1 the same command shows where.`,
  say: ({ message, cause }) => ({
    message: plainText(message),
    hint: 'With GODWIT_DEBUG=1 the same command shows where it comes from.',
    cause,
  }),
})

export const fileThere = defineError<{ file: string; hint: string }>('GW_FILE_EXISTS', {
  exit: usage,
  means: 'A file that the command would write is there already, and was not written by it. Godwit does not overwrite what somebody wrote.',
  say: ({ file, hint }) => ({ message: `${file} is there already; it was left as it is.`, hint }),
})

export const codeUnknown = defineError<{ code: string; near: string | undefined }>('GW_CODE_UNKNOWN', {
  exit: usage,
  means: 'godwit explain knows every code that Godwit prints: of errors, of findings in a plan, and of rows in quarantine.',
  say: ({ code, near }) => ({
    message: `There is no code '${plainText(code)}'.${near ? ` Did you mean ${near}?` : ''}`,
    hint: 'godwit explain without a code lists them all.',
  }),
})

export const notInQuarantine = defineError<{ keys: readonly string[]; migration: string }>('GW_NOT_IN_QUARANTINE', {
  exit: usage,
  means: 'The rows that the command names are not in quarantine: they went, were never read, or have another key.',
  say: ({ keys, migration }) => ({
    message: keys.length
      ? `${list(keys.map((k) => plainText(k)))} ${keys.length === 1 ? 'is' : 'are'} not in quarantine.`
      : `No such row of ${plainText(migration)} is in quarantine.`,
    hint: 'godwit quarantine lists what is; godwit trace TABLE:KEY tells what became of a row.',
  }),
})

export const sourceRowMissing = defineError<{ key: string; source: string; keyColumns: string; example: string | undefined }>(
  'GW_SOURCE_ROW_MISSING',
  {
    exit: usage,
    means: 'godwit try works on a row that is in the source now. A key of several columns is written as JSON: ["a","b"].',
    say: (f) => ({
      message: `There is no row ${plainText(f.key)} in ${f.source}.`,
      hint: `Its key is ${f.keyColumns}${f.example === undefined ? '; it has no rows.' : `, for instance: godwit try ${plainText(f.example)}`}`,
    }),
  },
)

export const runUnknown = defineError<{ run: string; known: readonly string[]; near?: string | undefined }>('GW_RUN_UNKNOWN', {
  exit: usage,
  means: 'The command names a run that is not there, or that has been taken back already.',
  say: (f) => ({
    message: `There is no run ${plainText(f.run)} that could be taken back or gone on with.`,
    hint: f.known.length
      ? `There ${f.known.length === 1 ? 'is' : 'are'}: ${list(f.known)}. godwit status shows them all.`
      : 'godwit status shows what there is; godwit run begins one.',
  }),
})
