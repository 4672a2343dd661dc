// What can be wrong with configuration files that are brought into one. No message holds a value of a key that is a secret, or a line of a file.
import { list, plainText, plural } from '../text.ts'
import { defineError, exit } from './error.ts'

const usage = exit.usage

export interface OpenQuestion {
  readonly code: string
  readonly message: string
  readonly at: string | undefined
  readonly hint: string
}

const lines = (questions: readonly OpenQuestion[]): string[] =>
  questions.map((q) => `  ${q.code}  ${plainText(q.message)}${q.at ? `   ${plainText(q.at)}` : ''}\n         ${plainText(q.hint)}`)

export const consolidationWrong = defineError<{ what: string; hint: string; at: string | undefined }>('GW_CONSOLIDATE_DECLARED', {
  exit: usage,
  means: `What is declared for the configuration files contradicts itself: an environment or file that is not declared, a file twice, layers
that lie over each other in a circle, a decision or a dropped key without a reason, a secret's value written out.
No file was read and nothing was written.`,
  say: (f) => ({ at: f.at, message: plainText(f.what), hint: f.hint }),
})

export const consolidationOpen = defineError<{ questions: readonly OpenQuestion[]; at: string | undefined }>('GW_CONSOLIDATE_OPEN', {
  exit: usage,
  means: `The old configuration files cannot become one as it is declared: a key is forgotten, two files disagree, a unit is in doubt, a
value cannot stand in the new format. All that was found is listed at once, each with a code of its own. Godwit does not choose between
two values: somebody decides, in writing, with a reason. Nothing was written.`,
  say: (f) => ({
    at: f.at,
    message: `The configuration files leave ${plural(f.questions.length, 'question')} open.\n${lines(f.questions).join('\n')}`,
    hint: 'Nothing was written. Answer them in the migration; godwit consolidate asks again, and writes nothing either.',
  }),
})

export const configurationFile = defineError<{ file: string; line?: number | undefined; why: string; hint: string; cause?: unknown }>(
  'GW_CONSOLIDATE_FILE',
  {
    exit: usage,
    means: `A configuration file is not there, cannot be read, or is not what its ending says. A key that stands twice is an error, because
readers differ in which of the two they take. The line is named and never shown: it may hold a secret.`,
    say: (f) => {
      const place = plainText(`${f.file}${f.line === undefined ? '' : `:${f.line}`}`)
      return { at: place, message: `${place} ${plainText(f.why)}.`, hint: f.hint, cause: f.cause }
    },
  },
)

export const oldFileDrifted = defineError<{ file: string; pinned: string; is: string | null; at: string | undefined }>(
  'GW_CONSOLIDATE_DRIFT',
  {
    exit: exit.no,
    means:
      'An old configuration file is pinned in the migration by its SHA-256, and stands there as another one, or not at all: somebody has changed it since the plan was made and approved. Nothing was written.',
    say: (f) => ({
      at: f.at,
      message: `${plainText(f.file)} is not what it was: its SHA-256 is ${f.is === null ? 'none, since it is not there' : f.is}, and the plan has ${plainText(f.pinned)}.`,
      hint: 'Look at what has changed. If it is meant, write the new digest into the migration (godwit consolidate --all shows it): that is another plan, to be approved anew.',
    }),
  },
)

export const notProved = defineError<{ wrong: readonly string[]; compared: number; at: string | undefined }>('GW_CONSOLIDATE_NOT_PROVED', {
  exit: exit.no,
  means: `The new configuration files were read back and compared with the old ones, key by key for every environment, type and value. Some
effective value is not what it was and nobody declared the change, a key is missing or is there without a reason, or nothing at all was
compared, which proves nothing. If Godwit had just written the files, it has put back what stood there.`,
  say: (f) => ({
    at: f.at,
    message: f.wrong.length
      ? `The new configuration is not the old one: ${plural(f.wrong.length, 'value')} of ${f.compared + f.wrong.length}.\n${f.wrong.map((w) => `  ${plainText(w)}`).join('\n')}`
      : 'Not verified: no effective value was compared. A proof over nothing proves nothing.',
    hint: f.wrong.length
      ? 'If one of them is meant, declare it under changes, with a reason. godwit consolidate shows every key.'
      : 'Declare files that have keys for the environments.',
  }),
})

export const inTheWay = defineError<{ file: string; why: string; hint: string }>('GW_CONSOLIDATE_IN_THE_WAY', {
  exit: usage,
  means: `Where a new configuration file should be written stands one that Godwit did not write and that is not among the old files, or the
place is not an ordinary file within the project. It is not overwritten: what it says would be lost. Nothing was written.`,
  say: (f) => ({ at: plainText(f.file), message: `${plainText(f.file)} ${f.why}.`, hint: f.hint }),
})

export const editedSince = defineError<{ files: readonly string[]; undoing: boolean }>('GW_CONSOLIDATE_EDITED', {
  means: `A configuration file that Godwit wrote is not as Godwit wrote it: somebody has edited or removed it since. To write it again, or to
take it back, would lose that work. Nothing was changed, in none of the files.`,
  say: ({ files, undoing }) => ({
    at: plainText(files[0]!),
    message: `${list(files.map(plainText))} ${files.length === 1 ? 'has' : 'have'} been edited since Godwit wrote ${files.length === 1 ? 'it' : 'them'}.`,
    hint: undoing
      ? 'Nothing was taken back. Move the edits elsewhere and put the file back as it was written, then undo again.'
      : 'Nothing was written. Bring the edits into the migration (changes), put the file back as it was written, and run again.',
  }),
})

export const startRefused = defineError<{ what: string; hint: string; at?: string | undefined }>('GW_START_REFUSED', {
  exit: usage,
  means: `A configuration cannot be had for an environment: the environment is not set or not known, the file that overrides for it is not
there, or a \${NAME} has no value and no default. Each of these is refused and none is a warning: a program that starts all the same runs
with the values of another environment.`,
  say: (f) => ({ at: f.at, message: plainText(f.what), hint: f.hint }),
})

export const noConsolidation = defineError<{ migration: string; file: string }>('GW_CONSOLIDATE_NONE', {
  exit: usage,
  means: 'The migration has no step that brings configuration files into one.',
  say: (f) => ({
    at: f.file,
    message: `The migration ${f.migration} brings no configuration files into one.`,
    hint: 'Give it a step: cutover: [consolidate(title, { environments, files, into, … })]. Another migration is named with -m.',
  }),
})
