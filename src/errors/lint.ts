// What can be wrong with what `godwit lint` is given. What is wrong with a migration is a finding, and no error.
import { count, plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

export const lintFile = defineError<{ file: string; why: string; cause?: unknown }>('GW_LINT_FILE', {
  exit: exit.usage,
  means: 'A file that was given to godwit lint is not there or cannot be read. Nothing was judged.',
  say: (f) => ({ at: plainText(f.file), message: `${plainText(f.file)}: ${plainText(f.why)}.`, hint: 'Look at the name.', cause: f.cause }),
})

export const lintLine = defineError<{ line: number; why: string; more: number }>('GW_LINT_LINE', {
  exit: exit.usage,
  means: 'A line that was given to godwit lint --stdin-jsonl could not be judged: its answer says why. The other lines were answered.',
  say: (f) => ({
    at: `stdin:${f.line}`,
    message: `Line ${f.line} ${plainText(f.why)}${f.more ? `, and ${count(f.more)} more could not be judged` : ''}.`,
    hint: 'One object a line: {"id": …, "sql": "…"}',
  }),
})

export const lintSince = defineError<{ revision: string; why: string }>('GW_LINT_SINCE', {
  exit: exit.usage,
  means: `The revision that godwit lint was to compare with (--since) cannot be read: the folder is in no git repository, git cannot be run, or there
is no such branch, tag or commit. Nothing was judged.`,
  say: ({ revision, why }) => ({
    message: `${plainText(revision)}: ${plainText(why)}.`,
    hint: 'git branch --all lists what there is; a clone of the last commit only has no other.',
  }),
})

export const lintIgnore = defineError<{ at: string; why: string }>('GW_LINT_IGNORE', {
  exit: exit.usage,
  means: `A line -- godwit-lint-ignore RULE: why, or lint.ignore of godwit.config.ts, names no rule that there is, or gives no reason. What nobody gave a reason for cannot be
looked at again later, so it is refused.`,
  say: (f) => ({
    at: plainText(f.at),
    message: `${plainText(f.at)}: ${plainText(f.why)}.`,
    hint: "In SQL: -- godwit-lint-ignore RULE: why. In godwit.config.ts: lint: { ignore: { RULE: 'why' } }",
  }),
})

export const lintHistory = defineError<{ statement: string; why: string; cause?: unknown }>('GW_LINT_HISTORY', {
  exit: exit.usage,
  means: `godwit lint --trace could not build the schema: a statement of --schema, of --prior or of an earlier file was refused on the empty
copy. It may need a role, an extension or a file that is not there. Nothing was traced.`,
  say: ({ statement, why, cause }) => ({
    message: `What is there before cannot be built: ${plainText(why)}, in ${plainText(statement.slice(0, 120))}.`,
    hint: 'Give a schema that can be loaded into an empty database, or name a server that has what it needs: --trace URL.',
    cause,
  }),
})
