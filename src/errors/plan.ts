// What is found when a migration meets a schema: before anything has happened.
import { list } from '../text.ts'
import { defineError, exit } from './error.ts'

const usage = exit.usage

export const identifierTooLong = defineError<{ name: string }>('GW_NAME_TOO_LONG', {
  exit: usage,
  means:
    'Postgres keeps 63 bytes of a name and drops the rest with no more than a notice. Two names that differ only after that would become one.',
  say: (f) => ({ message: `The name '${f.name}' is longer than the 63 bytes that Postgres keeps.`, hint: 'Give it a shorter name.' }),
})

export const identifierUnusable = defineError<{ name: string }>('GW_NAME_UNUSABLE', {
  exit: usage,
  means: 'A name or literal holds something that cannot stand in a database: a NUL byte, half a surrogate pair, or nothing at all.',
  say: (f) => ({
    message: `${JSON.stringify(f.name)} cannot stand in SQL: it is empty, or holds a NUL byte or half of a character.`,
    hint: 'Mend it where it comes from.',
  }),
})

export const specWrong = defineError<{ problems: readonly { code: string; message: string; at: string | undefined; hint: string }[] }>(
  'GW_SPEC',
  {
    exit: usage,
    means:
      'The migration contradicts itself or the database: a source column that goes nowhere and is not ignored, a target that is narrower than its values, a column fed twice, a required column left out. All that was found is listed at once.',
    say: ({ problems }) => ({
      at: problems[0]?.at,
      message: [
        `The migration does not fit the database: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}.`,
        ...problems.map((p) => `  ${p.code}  ${p.message}${p.at ? `\n         ${p.at}` : ''}   ${p.hint}`),
      ].join('\n'),
      hint: 'Nothing was changed. Mend these and plan again.',
    }),
  },
)

export const tableMissing = defineError<{ table: string; near: string | undefined; at: string | undefined }>('GW_TABLE_MISSING', {
  exit: usage,
  means: 'A table that the migration names is not in the database that was connected to.',
  say: (f) => ({
    at: f.at,
    message: `There is no table ${f.table} in this database.${f.near ? ` Did you mean ${f.near}?` : ''}`,
    hint: 'Look which database this is (godwit doctor), or pull the schema again (godwit pull).',
  }),
})

export const schemaDrifted = defineError<{ differences: readonly string[] }>('GW_DRIFT', {
  exit: usage,
  means:
    'The tables in the database are not what the schema file says, or not what they were when the run was planned. Godwit does not write into a shape it has not been shown.',
  say: (f) => ({
    message: `The database is not what the schema says:\n${f.differences.map((d) => `  ${d}`).join('\n')}`,
    hint: 'godwit pull writes the schema file again; then look at the migration and plan anew.',
  }),
})

export const readOnlyWritten = defineError<{ table: string; mapping: string; owner: string; at: string | undefined }>('GW_READ_ONLY', {
  exit: usage,
  means:
    'The configuration declares schemas or tables that Godwit may only read (owns.readOnly). A mapping that writes there is refused before anything happens.',
  say: (f) => ({
    at: f.at,
    message: `${f.mapping} would write to ${f.table}, which is declared read-only (${f.owner}).`,
    hint: 'Map into a table that is ours, or take it out of owns.readOnly if it is.',
  }),
})

export const cannotPlan = defineError<{ what: string; why: string; hint: string; at?: string | undefined }>('GW_CANNOT_PLAN', {
  exit: usage,
  means: 'Something in the migration has no safe way to be carried out on this database. Godwit refuses rather than try.',
  say: (f) => ({ at: f.at, message: `${f.what}: ${f.why}.`, hint: f.hint }),
})

export const nothingToDo = defineError<{ migration: string }>('GW_EMPTY', {
  exit: usage,
  means: 'The migration has neither a mapping nor a step.',
  say: (f) => ({ message: `${f.migration} has nothing in it.`, hint: 'Give it a mapping: migration(name, mapping(…)).' }),
})

export const volatileSql = defineError<{ names: readonly string[]; at: string | undefined }>('GW_VOLATILE', {
  exit: usage,
  means:
    'SQL in a mapping calls something that gives another answer each time (random(), now(), gen_random_uuid()). A run that is resumed or repeated would make other rows.',
  say: (f) => ({
    at: f.at,
    message: `SQL in the mapping calls ${list(f.names)}, which ${f.names.length === 1 ? 'gives' : 'give'} another answer each time.`,
    hint: 'Use uuidOf(…) for ids, and a column of the source for times.',
  }),
})
