// What can stop a run, and what to do then.
import { count, plural } from '../text.ts'
import { defineError, exit } from './error.ts'

export const ledgerNewer = defineError<{ found: number; known: number }>('GW_LEDGER_NEWER', {
  means: 'The ledger in this database was written by a newer Godwit. An older one would not understand all of it, and does not touch it.',
  say: (f) => ({
    message: `The ledger here has layout ${f.found}; this Godwit knows ${f.known}.`,
    hint: 'Use the Godwit that wrote it, or a newer one.',
  }),
})

export const locked = defineError<{ run: string; host: string; pid: string; heartbeat: string }>('GW_LOCKED', {
  exit: exit.locked,
  means: 'One Godwit at a time works on a database. Another holds the lock; its heartbeat says whether it is alive.',
  say: (f) => ({
    message: `Another Godwit works on this database: run ${f.run}, host ${f.host}, pid ${f.pid}, heartbeat ${f.heartbeat} ago.`,
    hint: `Wait for it, or if that machine is gone: godwit unlock ${f.run} (its writes are fenced from then on)`,
  }),
})

export const fenced = defineError<{ epoch: string }>('GW_FENCED', {
  exit: exit.locked,
  means:
    'While this Godwit was away (stopped, cut off, asleep), another took over. Everything that this one would still write is refused by the database, so nothing is done twice.',
  say: () => ({
    message: 'Another Godwit has taken over this database. Nothing more was written by this one.',
    hint: 'godwit status shows who works here now.',
  }),
})

export const serverRecovered = defineError('GW_SERVER_RECOVERED', {
  exit: exit.resumable,
  means:
    'The server crashed, or another took its place, and came back while this was at work. What was committed is there; the tables that Godwit only works with are not logged and are empty after that. Going on with them would be going on with nothing, so every transaction that writes looks first.',
  say: () => ({
    message: 'The server has crashed and come back: the tables that are not logged are empty.',
    hint: 'Nothing is half done. Run the same command again: what is needed is made anew, and it goes on where it stopped.',
  }),
})

export const planChanged = defineError<{ run: string; changes: readonly string[]; at: string | undefined }>('GW_PLAN_CHANGED', {
  exit: exit.usage,
  means:
    'A run was begun with one plan and would go on with another: part of the rows would follow the old rules and part the new. A run that is complete may go on with changed rules: then all rows are compared with them.',
  say: (f) => ({
    at: f.at,
    message: `Run ${f.run} was started with another plan.\n${f.changes.map((c) => `  ${c}`).join('\n')}`,
    hint: `Put the file back and run again, or take the run back first: godwit undo ${f.run}`,
  }),
})

export const budgetSpent = defineError<{ mapping: string; quarantined: number; budget: number; causes: readonly string[]; run: string }>(
  'GW_BUDGET',
  {
    exit: exit.resumable,
    means:
      'More rows went to quarantine than the budget allows (run.budget, by default the lower of 1 % and 1,000 rows). So many bad rows look like a wrong mapping rather than bad data; the run stopped before doing more of it.',
    say: (f) => ({
      message: `${count(f.quarantined)} rows of ${f.mapping} went to quarantine, and the budget is ${count(f.budget)}.\n${f.causes.map((c) => `  ${c}`).join('\n')}`,
      hint: 'Look at them: godwit quarantine. Then mend rows or rules, or waive them, or raise run.budget, and run again: it goes on from here.',
    }),
  },
)

export const rowsSwallowed = defineError<{ table: string; expected: number; written: number }>('GW_ROWS_SWALLOWED', {
  means:
    'Fewer rows arrived in a table than were sent: a trigger or rule on it drops or redirects rows without saying so. Godwit stops, because its books would not close.',
  say: (f) => ({
    message: `${count(f.expected)} rows were sent to ${f.table}, and ${count(f.written)} arrived.`,
    hint: `Look at the triggers and rules of ${f.table}: one of them drops rows (a BEFORE trigger that returns NULL, a rule INSTEAD). Nothing of this unit was kept.`,
  }),
})

interface Hanging {
  readonly rows: number
  readonly child: string
  readonly parent: string
  readonly example: string
}
export const rowsHangOn = defineError<{ hang: readonly Hanging[]; at: string | undefined }>('GW_ROWS_HANG_ON', {
  exit: exit.resumable,
  means:
    'A source row is gone, or does not go any more, so the target row made of it should go too. But rows that are not ours point at it: they would be removed with it, or left pointing at nothing. Godwit stops before that.',
  say: (f) => ({
    at: f.at,
    message: f.hang
      .map(
        (h) =>
          `${plural(h.rows, 'row')} of ${h.child} that ${h.rows === 1 ? 'is' : 'are'} not ours ${h.rows === 1 ? 'points' : 'point'} at rows of ${h.parent} that should go (for instance ${h.example}).`,
      )
      .join('\n'),
    hint: 'Move or remove those rows, or bring the source row back; then run again. Nothing of this unit was kept.',
  }),
})

export const stepWroteRows = defineError<{ step: string; table: string; rows: number; at: string | undefined }>('GW_STEP_WROTE_ROWS', {
  means:
    'A step of the migration changed rows of a table that the plan says is only read: a source, a table that is looked into, or one declared under `reads`. What the books and the verification are held against must not be changed by what they hold.',
  say: (f) => ({
    at: f.at,
    message: `The step "${f.step}" changed ${plural(f.rows, 'row')} of ${f.table}, which is only read.`,
    hint: 'Nothing of the step was kept. Mend those rows outside of the migration, or say in the mapping what they should have been.',
  }),
})

export const stepEmptied = defineError<{ step: string; table: string; at: string | undefined }>('GW_STEP_EMPTIED', {
  means:
    'A step of the migration emptied a table that the plan reads or writes (TRUNCATE, or a DELETE of everything). Rows that were not ours would be gone, and no undo could bring them back.',
  say: (f) => ({
    at: f.at,
    message: `The step "${f.step}" emptied ${f.table}.`,
    hint: 'Nothing of the step was kept. Leave the rows that are there; the mapping says which ones come to them.',
  }),
})

export const interrupted = defineError<{ run: string; rows: number }>('GW_INTERRUPTED', {
  exit: exit.interrupted,
  means: 'The run was asked to stop (Ctrl-C, SIGTERM). It finished the unit in hand; nothing is half done.',
  say: (f) => ({
    message: `Stopped after ${count(f.rows)} rows. Nothing is half done.`,
    hint: 'Run the same command again to go on from here.',
  }),
})

export const gaveUp = defineError<{ what: string; tries: number; sqlstate: string; message: string }>('GW_GAVE_UP', {
  exit: exit.resumable,
  means:
    'A connection broke, a lock could not be had or the server was busy, again and again. What was committed stays; the run can be resumed when the cause is gone.',
  say: (f) => ({
    message: `${f.what} failed ${f.tries} times, the last time with ${f.sqlstate}: ${f.message}`,
    hint: 'Nothing is half done. When the cause is gone, run the same command again.',
  }),
})

export const serverStopped = defineError<{ what: string; sqlstate: string; message: string; exit?: never; cause: unknown }>('GW_STOPPED', {
  exit: exit.resumable,
  means:
    'The server refused something that trying again will not mend: a full disk, a missing privilege, a table that is not there any more, a fault of its own.',
  say: (f) => ({
    message: `${f.what}: ${f.message} (${f.sqlstate})`,
    hint:
      f.sqlstate === '53100'
        ? 'The disk is full. Make room, then run the same command again.'
        : f.sqlstate === '42501'
          ? 'The role lacks a privilege: godwit doctor shows which.'
          : 'Nothing of this unit was kept. Mend the cause, then run the same command again.',
    cause: f.cause,
  }),
})

export const noRun = defineError<{ migration: string }>('GW_NO_RUN', {
  exit: exit.usage,
  means: 'The command speaks of a run, and this migration has none in this database.',
  say: (f) => ({
    message: `${f.migration} has no run in this database.`,
    hint: 'godwit status shows what there is; godwit run begins one.',
  }),
})

export const undoRefused = defineError<{ reasons: readonly string[]; hint: string }>('GW_UNDO_REFUSED', {
  means:
    'Taking the run back would lose what somebody else wrote, or leave rows of theirs pointing at nothing. Godwit names them and does nothing.',
  say: (f) => ({ message: `The run was not taken back:\n${f.reasons.map((r) => `  ${r}`).join('\n')}`, hint: f.hint }),
})

export const keyNotUnique = defineError<{ source: string; key: string; sample: string; at: string | undefined }>('GW_KEY_NOT_UNIQUE', {
  means: 'The key that a mapping reads its source by is the same in several rows (or null), so a row could not be told from another.',
  say: (f) => ({
    at: f.at,
    message: `(${f.key}) does not tell the rows of ${f.source} apart: ${f.sample}.`,
    hint: 'Map from a query() that gives each row a key of its own.',
  }),
})

export const sequenceUnusable = defineError<{ sequence: string; why: string; hint: string }>('GW_SEQUENCE', {
  means:
    'Godwit sets aside a stretch of numbers of the sequence that fills a target key, in one transaction with its own record of it. Here it could not.',
  say: (f) => ({ message: `No numbers could be set aside in ${f.sequence}: ${f.why}.`, hint: f.hint }),
})

export const verificationSaidNo = defineError<{ message: string }>('GW_VERIFY_NO', {
  exit: exit.no,
  means: 'A check of the result found rows that should not be so, or found nothing to compare, which proves nothing either.',
  say: (f) => ({
    message: f.message,
    hint: 'godwit verify show --all lists the rows; godwit verify --repair remaps those that differ from the mapping.',
  }),
})

export const rowUnknown = defineError<{ row: string; tables: string; near: string | undefined }>('GW_ROW_UNKNOWN', {
  exit: exit.usage,
  means: 'A row is named by its table and its key: pad_request:1534. The table must be a source or a target of the migration.',
  say: (f) => ({
    message: `'${f.row}' names no row of this migration.${f.near ? ` Did you mean ${f.near}:…?` : ''}`,
    hint: `Write table:key, where the table is ${f.tables}.`,
  }),
})

export const halfUndone = defineError<{ run: string }>('GW_HALF_UNDONE', {
  exit: exit.usage,
  means:
    'Taking a run back was begun and did not come to its end: part of its rows are gone. It must be taken back to the end before anything else is done with it.',
  say: (f) => ({
    message: `Run ${f.run} is being taken back and is not at the end of it.`,
    hint: 'godwit undo goes on where it stopped; after that a new run may begin.',
  }),
})

export const sharedRowRefused = defineError<{ output: string; table: string; at: string | undefined; says: string }>('GW_SHARED_ROW', {
  means:
    'A row that several source rows share (an output with `per`) cannot be made as the mapping says: a constraint refuses it, another row has its unique value, or a sum does not fit. No single source row is to blame, so the run stops before any row goes.',
  say: (f) => ({
    at: f.at,
    message: `A shared row of ${f.output} cannot be put into ${f.table}: ${f.says}.`,
    hint: 'Mend the mapping or the data; adopt: true uses rows that are there already. Nothing of this output was written.',
  }),
})

export const textNotBrought = defineError<{ table: string; said: string; cause: unknown }>('GW_SOURCE_TEXT', {
  means:
    'A text of another PostgreSQL cannot stand in the target: over there it is bytes that nobody knows the encoding of (a database in SQL_ASCII), or the target’s encoding lacks a character of it. Nothing was replaced, and nothing was mapped.',
  say: (f) => ({
    message: `A text of ${f.table} cannot be brought: ${f.said}.`,
    hint: "Mend it over there, or map from a view over there that says what its bytes are: convert_from(convert(convert_to(name, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII').",
    cause: f.cause,
  }),
})

export const copyDiffers = defineError<{ table: string; there: string; here: string }>('GW_COPY_DIFFERS', {
  means:
    'Rows of another database are brought into the ledger’s schema before they are mapped, and counted and digested on both sides in the snapshot that they were read in. Here the two sides differ, so a value was changed on the way. Nothing was mapped.',
  say: (f) => ({
    message: `${f.table} did not arrive as it was sent: ${f.there} there, ${f.here} here.`,
    hint: 'Run again. If it stays so, the two servers write some type in different ways: cast that column to text in a view over there.',
  }),
})
