// What can be wrong before anything has been opened: the configuration, the environment, its variables and addresses.
// None of these messages may hold the value of a variable or any part of an address behind its scheme.

import { list, plainText, plural } from '../text.ts'
import { defineError, exit } from './error.ts'

const usage = exit.usage

export const configNotFound = defineError<{ looked: readonly string[]; folderMissing?: boolean }>('GW_CONFIG_NOT_FOUND', {
  exit: usage,
  means: `Godwit found no godwit.config.ts, and nothing that would let it do without one.
It looks in the folder you are in and in each folder above, up to the root of the repository; with -C it looks in that folder only.
Without a configuration it still works where DATABASE_URL is set (in the process environment or in .env) or a migration.ts is there.
Nothing was opened and nothing was changed. Most often this is the wrong folder: go to the project, or name it with -C.`,
  say: ({ looked, folderMissing }) =>
    folderMissing
      ? { message: `There is no folder ${looked[0]}.`, hint: 'Give -C the folder that holds godwit.config.ts.' }
      : {
          message: `There is no godwit.config.ts in ${looked[0]}${looked.length > 1 ? ' or above it' : ''}.`,
          hint: `Looked in: ${looked.join(', ')}\nMake one with godwit init, or name the project's folder: godwit -C FOLDER …`,
        },
})

export interface Problem {
  /** `godwit.config.ts:12` */
  readonly at: string
  /** A whole sentence that begins with the key. */
  readonly what: string
}

export const configInvalid = defineError<{ file: string; problems: readonly Problem[] }>('GW_CONFIG_INVALID', {
  exit: usage,
  means: `The configuration was read, but does not say what Godwit can understand: a key that it does not know, a value of the wrong
type or out of range, a file to load that is not there. Types are checked and never converted: '4' is not 4.
All problems are reported at once, each with file, line and key. A key that is not known is refused, because a misspelt
setting (protectd: true) would otherwise be no setting at all.
No connection has been opened and nothing was changed. Mend the file and run again.`,
  say: ({ file, problems }) =>
    problems.length === 1
      ? { message: problems[0]!.what, at: problems[0]!.at, hint: 'Mend it and run again. Nothing was opened or changed.' }
      : {
          message: `${file} has ${plural(problems.length, 'problem')}:\n${problems.map((p) => `  ${p.at}  ${p.what}`).join('\n')}`,
          at: file,
          hint: 'Mend them and run again. Nothing was opened or changed.',
        },
})

export const configUnreadable = defineError<{ what: string; at: string; hint: string; cause?: unknown }>('GW_CONFIG_UNREADABLE', {
  exit: usage,
  means: `The configuration, or a .env file beside it, is there but could not be read: a syntax error, an error thrown while it was
imported, a missing default export, an import that leads nowhere, or no right to read the file.
godwit.config.ts is loaded by Node itself, which takes types out and does nothing else: relative imports need their extension
(./databases.ts), and enum, namespace and parameter properties are not available.
A .env file holds lines of NAME=value; values may stand in single or double quotes. Its text is never shown, because it holds secrets.
Nothing was opened and nothing was changed.`,
  say: ({ what, at, hint, cause }) => ({ message: what, at, hint, cause }),
})

export interface UnknownEnvironment {
  readonly name: string
  /** Who asked: `--env` needs no words, GODWIT_ENV does. */
  readonly asked: 'option' | 'GODWIT_ENV'
  readonly known: readonly string[]
  readonly nearest: string | undefined
  /** `godwit.config.ts:12`, where the environments are. */
  readonly at: string | undefined
}

export const environmentUnknown = defineError<UnknownEnvironment>('GW_ENV_UNKNOWN', {
  exit: usage,
  means: `The environment that was asked for is not in the configuration. Godwit takes it from --env, else from the variable GODWIT_ENV,
else from defaultEnvironment, else it is the only one there is; it never falls back to another environment when the one you named does
not exist, because "the other one" may be production.
If you did not pass --env, look at GODWIT_ENV: it may be left over in this shell or set by the build server.`,
  say: ({ name, asked, known, nearest, at }) => {
    const from = asked === 'GODWIT_ENV' ? ' (from GODWIT_ENV)' : ''
    const none = at ? `${at} has no environments.` : 'There is no configuration here, and so there are no environments.'
    return {
      message: `There is no environment '${plainText(name)}'${from}.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
      hint: known.length > 0 ? `${at} has: ${known.join(', ')}` : `${none} Leave the name out, or add it under environments.`,
    }
  },
})

export interface MissingVariable {
  readonly variable: string
  /** `environments.prod.database` */
  readonly key: string
  /** `process environment, .env.prod (not there), .env (no such key)` */
  readonly looked: string
}

export interface MissingVariables {
  readonly missing: readonly MissingVariable[]
  readonly environment: string | undefined
  readonly file: string
  readonly at: string
}

export const variableMissing = defineError<MissingVariables>('GW_VARIABLE_MISSING', {
  exit: usage,
  means: `The configuration refers to a variable, as \${NAME}, that has no value, and Godwit refuses to start with a hole in an address.
It looks in the process environment, then in .env.ENVIRONMENT, then in .env, both beside the configuration; the first that has the
name wins, even if what it has is empty. An empty value counts as missing: build servers set a secret that they do not have to ''.
\${NAME:-text} gives a value for when there is none. $\${ writes a plain \${.
A value is put in as it is: a \${…} inside it is not looked up.
Only the environment in use is looked at, so a missing production secret does not stop you in development.`,
  say: ({ missing, environment, file, at }) => {
    const names = [...new Set(missing.map((m) => `\${${m.variable}}`))]
    const one = names.length === 1
    const looked = one
      ? [`Looked in: ${missing[0]!.looked}`]
      : missing.map((m) => `\${${m.variable}}, for ${m.key}, looked in: ${m.looked}`)
    const close = `Put ${one ? 'it' : 'them'} in ${file} or export ${one ? 'it. Its value' : 'them. Their values'} will never be printed.`
    return {
      message: `${list(names)} ${one ? 'is' : 'are'} not set${environment ? ` for environment ${environment}` : ''}.`,
      at,
      hint: [...looked, close].join('\n'),
    }
  },
})

export const urlInvalid = defineError<{ what: string; hint: string; at?: string | undefined }>('GW_URL_INVALID', {
  exit: usage,
  means: `The address of a database could not be understood. It is a URL, postgres://user:password@host:5432/database, or the word
embedded for a private Postgres that Godwit starts itself.
The usual cause is a password with a character that means something in a URL. Write these in it as follows:
  % as %25   @ as %40   : as %3A   / as %2F   ? as %3F   # as %23   [ as %5B   ] as %5D   space as %20
Godwit does not show the address, not even in part, because whatever part is wrong may be the password.`,
  say: ({ what, hint, at }) => ({ message: what, hint, at }),
})

export const durationInvalid = defineError<{ text: string; accepted: string; at?: string | undefined }>('GW_DURATION_INVALID', {
  exit: usage,
  means: `A span of time could not be understood. It is a number with its unit, so that nobody has to know whether 5 means seconds or
minutes: 500ms, 2s, 10min, 24 hours, 30 days, 2 weeks, or several from large to small: 1h 30min. 'm' alone is refused, because it
is a minute to some and a month to others.`,
  say: ({ text, accepted, at }) => ({ message: `'${plainText(text).slice(0, 40)}' is not a duration.`, at, hint: accepted }),
})
