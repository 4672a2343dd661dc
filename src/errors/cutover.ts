// The change from the old way to the new one: flags, programs and services that are told, and what is looked at afterwards.
import { duration, plainText, shortened } from '../text.ts'
import { defineError, exit } from './error.ts'

const value = (v: string | null): string => (v === null ? 'not set' : `'${plainText(shortened(v))}'`)

export const flagMissing = defineError<{ flag: string; place: string; why: string }>('GW_FLAG_MISSING', {
  exit: exit.usage,
  means:
    'A flag is to be set in a place that does not have it. Godwit reads what stands there first and puts it back in an undo; where nothing stands, and nothing can be put back, it does not begin.',
  say: (f) => ({
    message: `${f.flag}: ${f.place} ${f.why}.`,
    hint: 'Create it with the value that the old way has, then run again. Nothing was changed.',
  }),
})

export const flagUnreadable = defineError<{ flag: string; place: string; said: string; cause?: unknown }>('GW_FLAG_UNREADABLE', {
  means: 'The state of a flag could not be read, or could not be set: what is in charge of it did not answer, or answered something else.',
  say: (f) => ({
    message: `${f.flag}: ${f.place} ${plainText(f.said)}`,
    hint: 'Ask it by hand in the same way. When it answers: godwit run goes on with this step.',
    cause: f.cause,
  }),
})

export const flagDidNotStick = defineError<{ flag: string; place: string; to: string | null; is: string | null }>('GW_FLAG_DID_NOT_STICK', {
  means:
    'A flag was set, and read back it is not what it was set to: another instance, a cache, a rule or a person decides over it. Nothing that comes after it would be true, so the run stops here.',
  say: (f) => ({
    message: `${f.flag} was set to ${value(f.to)} in ${f.place}, and read back it is ${value(f.is)}.`,
    hint: 'Find out who else decides over it. godwit run sets it again; godwit undo puts back what stood there before.',
  }),
})

export const flagChangedSince = defineError<{ flag: string; place: string; to: string; before: string | null; is: string | null }>(
  'GW_FLAG_CHANGED_SINCE',
  {
    means:
      'A flag is to be put back, and somebody has changed it since it was set. What they meant is not known, so it is left alone and the undo stops here.',
    say: (f) => ({
      message: `${f.flag} in ${f.place} was set to ${value(f.to)} (before: ${value(f.before)}) and is ${value(f.is)} now: somebody has changed it since.`,
      hint: `Ask who did. Set it to ${value(f.before)} or to ${value(f.to)} by hand, then undo again.`,
    }),
  },
)

export const variableUnset = defineError<{ name: string; step: string }>('GW_STEP_UNSET', {
  exit: exit.usage,
  means: 'A step names a variable as ${NAME}, and the environment has none of this name.',
  say: (f) => ({
    message: `\${${f.name}} is not set, and the step "${f.step}" needs it.`,
    hint: 'Export it, or put it into .env. Its value will never be printed. Nothing of the step was done.',
  }),
})

export const commandFailed = defineError<{ step: string; program: string; how: string; said: string }>('GW_COMMAND_FAILED', {
  means: 'A program that a step runs ended with an error, by a signal, or not within its time.',
  say: (f) => ({
    message: `${f.step}: ${f.program} ${f.how}.${f.said ? `\n${indented(f.said)}` : ''}`,
    hint: 'Mend what it says. godwit run asks for this step again; godwit undo takes back what has been done.',
  }),
})

export const callRefused = defineError<{ step: string; host: string; how: string; said: string }>('GW_CALL_REFUSED', {
  means: 'A service that a step calls answered, and not as the migration expects it: another status, or other contents.',
  say: (f) => ({
    message: `${f.step}: ${f.host} ${f.how}.${f.said ? `\n${indented(f.said)}` : ''}`,
    hint: 'Mend what it says. godwit run asks for this step again; godwit undo takes back what has been done.',
  }),
})

export const outcomeUnknown = defineError<{ step: string; what: string }>('GW_OUTCOME_UNKNOWN', {
  exit: exit.no,
  means: `A step was begun by a process that is gone, and whether it took effect is not known. It is not declared safe to be done twice, and it does not say
how one sees that it is done: so it is not done again.`,
  say: (f) => ({
    message: `${f.step}: ${f.what} was begun and never noted as done; whether it took effect is not known.`,
    hint: 'Look. Then say in the migration how one sees it (there), or that it may be done twice (repeatable), and run again; or take the cutover back.',
  }),
})

export const smokeSaidNo = defineError<{ step: string; tries: number; said: string; at: string | undefined }>('GW_SMOKE_NO', {
  exit: exit.no,
  means: 'A look at the new way after a switch did not find what it should, as often as it was tried.',
  say: (f) => ({
    at: f.at,
    message: `${f.step}: no after ${f.tries} ${f.tries === 1 ? 'try' : 'tries'}: ${f.said}`,
    hint: 'Mend it and run again, or take the cutover back: godwit undo --to verify',
  }),
})

export const windowOver = defineError<{ title: string; to: string; at: string | undefined }>('GW_WINDOW_OVER', {
  exit: exit.no,
  means: 'The maintenance window of a migration has passed before its cutover was begun. Nothing is begun after it.',
  say: (f) => ({
    at: f.at,
    message: `${f.title}: it ended at ${f.to}, and nothing was begun.`,
    hint: 'Agree on another time, announce it, write it into the migration, and run again.',
  }),
})

export const notAnnounced = defineError<{ title: string; audience: string; why: string; at: string | undefined }>('GW_NOT_ANNOUNCED', {
  exit: exit.no,
  means:
    'A maintenance window has to be announced a certain time before it begins (notice), and was not. A run announces it when it comes to the window and waits there.',
  say: (f) => ({
    at: f.at,
    message: `${f.title} does not open: ${f.why}, and ${plainText(f.audience)} had to know.`,
    hint: 'Agree on another time and write it into the migration; godwit run then waits for it and announces it. Or take notice out, and say who decided that.',
  }),
})

export const slower = defineError<{ title: string; found: readonly string[]; limit: string; at: string | undefined }>('GW_SLOWER', {
  exit: exit.no,
  means: 'Queries were timed before and after a change, and some have become slower than the migration allows.',
  say: (f) => ({
    at: f.at,
    message: `${f.title}: slower by more than ${f.limit}.\n${f.found.map((line) => `  ${line}`).join('\n')}`,
    hint: 'Look at what changed in the plan of the query: an index that is missing, statistics that are old (ANALYZE). Then run again; it is measured anew.',
  }),
})

export const notMeasured = defineError<{ title: string; why: string; at: string | undefined }>('GW_NOT_MEASURED', {
  exit: exit.no,
  means:
    'Queries are to be compared with how fast they were before, and there is nothing to compare with. That is not verified, and not passed.',
  say: (f) => ({
    at: f.at,
    message: `${f.title}: not verified. ${f.why}`,
    hint: 'The measurement before belongs into assess, or before the first change of cutover.',
  }),
})

export const retireRefused = defineError<{ what: string; reasons: readonly string[]; at: string | undefined }>('GW_RETIRE_REFUSED', {
  exit: exit.no,
  means:
    'A table or a column cannot be put out of sight because others need it: a foreign key that points at it, a view that reads it, a function that names it, or a column that must have a value.',
  say: (f) => ({
    at: f.at,
    message: `${plainText(f.what)} cannot be retired:\n${f.reasons.map((r) => `  ${plainText(r)}`).join('\n')}`,
    hint: 'Change or remove these first (a step of ddl before it), or retire them in the same step. Nothing was changed.',
  }),
})

export const readersUnknown = defineError<{ title: string; why: string; at: string | undefined }>('GW_READERS_UNKNOWN', {
  exit: exit.no,
  means: 'Whether anybody still reads the old shape cannot be known from this database. That is not verified, and not passed.',
  say: (f) => ({
    at: f.at,
    message: `${f.title}: not verified. ${f.why}`,
    hint: "Somebody has to decide and to write down why: unread(tables, { for: '30 days', unless: 'all services were deployed without it on …' })",
  }),
})

export const tripwireRefused = defineError<{ what: string; reasons: readonly string[]; at: string | undefined }>('GW_TRIPWIRE_REFUSED', {
  exit: exit.no,
  means:
    'A table cannot be put behind a view that notes who reads it, or cannot come out from behind it: something depends on the table or on the view, or the database cannot note a read.',
  say: (f) => ({
    at: f.at,
    message: `${plainText(f.what)} and its tripwire:\n${f.reasons.map((r) => `  ${plainText(r)}`).join('\n')}`,
    hint: 'Change or remove what is named (a step of ddl before it), or leave out tripwire: the counters of the server need no view. Nothing was changed.',
  }),
})

export const outOfSight = defineError<{ what: readonly string[]; run: string }>('GW_RETIRED', {
  exit: exit.no,
  means:
    'What the rows would be compared with has been retired: it is out of sight, so that nobody reads it any more, Godwit among them. That is not verified, and not passed.',
  say: (f) => ({
    message: `Not verified: ${f.what.map(plainText).join(', ')} ${f.what.length === 1 ? 'is' : 'are'} retired by run ${f.run}, and there is nothing to compare with.`,
    hint: `The verification before the cutover stands in godwit report. To have it back in sight: godwit undo ${f.run} --to verify`,
  }),
})

export const purgeTooEarly = defineError<{ what: string; left: number; until: string }>('GW_PURGE_EARLY', {
  exit: exit.waiting,
  means: 'What was retired is to stay for a time before it is dropped, so that whoever misses it can say so. That time is not over.',
  say: (f) => ({
    message: `${plainText(f.what)} may be purged from ${f.until} on: that is in ${duration(f.left / 1000)}.`,
    hint: 'Wait. To have it back: godwit undo. How long it is kept stands in the migration (retire … keep).',
  }),
})

export const nothingRetired = defineError<{ migration: string }>('GW_NOTHING_RETIRED', {
  exit: exit.usage,
  means: 'godwit purge drops what a migration has retired, and nothing of this one is retired here, or it was purged already.',
  say: (f) => ({ message: `Nothing of ${f.migration} is retired here.`, hint: 'godwit status shows where it stands.' }),
})

export const notKept = defineError<{ what: readonly string[] }>('GW_NOT_KEPT', {
  exit: exit.no,
  means: 'A purge cannot be taken back, so there must be a copy of what goes: an export or a backup, named with its digest.',
  say: (f) => ({
    message: `No copy is named of what would go: ${f.what.map(plainText).join(', ')}.`,
    hint: 'godwit export TABLE --out FILE writes one and says its SHA-256; then: godwit purge --kept FILE. Without a copy: --without-copy and why.',
  }),
})

export const keptCopyUnfit = defineError<{ file: string; why: string }>('GW_KEPT_COPY', {
  exit: exit.no,
  means: 'The copy that is named for a purge is not there, or is not what it is said to be.',
  say: (f) => ({ message: `${f.file}: ${f.why}.`, hint: 'Write the copy again. Nothing was dropped.' }),
})

export const purgedAlready = defineError<{ what: readonly string[] }>('GW_PURGED', {
  means: 'What was retired has been purged: it is gone for good, and no undo brings it back. A restore from a backup does.',
  say: (f) => ({
    message: `${f.what.map(plainText).join(', ')}: purged, and not to be brought back by an undo.`,
    hint: 'Restore it from the copy that was named for the purge (godwit status shows it), beside what is there now.',
  }),
})

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
