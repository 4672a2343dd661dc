// Every code that Godwit prints, in one place: errors, findings of a plan, reasons of the quarantine. `godwit explain` reads from here.
import * as assess from './assess.ts'
import * as backup from './backup.ts'
import * as cli from './cli.ts'
import * as config from './config.ts'
import * as consolidate from './consolidate.ts'
import * as cutover from './cutover.ts'
import * as database from './database.ts'
import * as embedded from './embedded.ts'
import type { ErrorKind } from './error.ts'
import * as evidence from './evidence.ts'
import * as files from './files.ts'
import * as gates from './gates.ts'
import * as lint from './lint.ts'
import * as mapping from './mapping.ts'
import * as notify from './notify.ts'
import * as online from './online.ts'
import * as plan from './plan.ts'
import * as run from './run.ts'
import * as shadow from './shadow.ts'
import * as sqlFile from './sql-file.ts'
import * as stage from './stage.ts'
import * as steps from './steps.ts'
import * as target from './target.ts'

export interface Explained {
  readonly code: string
  readonly kind: 'error' | 'finding' | 'quarantine'
  readonly means: string
  readonly todo?: string
}

const isKind = (value: unknown): value is ErrorKind<never> => typeof value === 'function' && 'code' in value && 'means' in value

const errors: readonly Explained[] = [
  assess,
  backup,
  cli,
  config,
  consolidate,
  cutover,
  database,
  embedded,
  files,
  gates,
  lint,
  mapping,
  notify,
  online,
  plan,
  run,
  shadow,
  sqlFile,
  stage,
  steps,
  target,
  evidence,
]
  .flatMap((module) => Object.values(module))
  .filter(isKind)
  .map(({ code, means }) => ({ code, kind: 'error', means }))

const finding = (code: string, means: string, todo: string): Explained => ({ code, kind: 'finding', means, todo })

/** What a plan can say of a migration, besides what is an error of its own. */
const findings: readonly Explained[] = [
  finding(
    'GW_UNMAPPED',
    'A column of the source is neither mapped nor ignored. Columns that are forgotten are how data gets lost, so each needs a word.',
    'map it, or say under ignore why it goes nowhere.',
  ),
  finding(
    'GW_USED_AND_IGNORED',
    'A column is mapped and ignored at the same time. One of the two was not meant.',
    'take it out of ignore, or out of the mapping.',
  ),
  finding(
    'GW_COLUMN_MISSING',
    'The mapping names a column that its table does not have.',
    'look for a slip in the name; if the database has changed, godwit pull.',
  ),
  finding(
    'GW_NO_REASON',
    'A column is ignored without a reason. Somebody will ask, long after it was decided.',
    'write the reason in a few words.',
  ),
  finding(
    'GW_FED_TWICE',
    'Two outputs of a mapping write the same row of a table, and the second would overwrite the first.',
    'write all columns of the row in one output.',
  ),
  finding(
    'GW_FILL',
    'fill(…) writes into the rows that are mapped themselves: not into another table, and not into their key.',
    'map from the table that is filled; rows that need another key are made in another table by into(…).',
  ),
  finding('GW_GENERATED', 'The database computes this column by itself and takes no value for it.', 'leave it out of the mapping.'),
  finding('GW_REQUIRED', 'A column must have a value, has no default, and the mapping gives it none.', 'map it.'),
  finding(
    'GW_NARROWER',
    'The mapping gives a column a value that it cannot hold: longer than it is wide, or not among those that its type or a CHECK allows.',
    'map to another value, or change the column first.',
  ),
  finding(
    'GW_PER',
    'A row that several source rows share (per) has a value that can differ between them.',
    'make it from what tells the groups apart, or aggregate it: min(…), max(…), sum(…).',
  ),
  finding(
    'GW_NULL_UNDECIDED',
    'A value can be null where the mapping has not said what null means.',
    'say it: .required(), .orElse(…), or an arm for null.',
  ),
  finding(
    'GW_TRIGGER',
    'A table that is written has a trigger, which fires for the rows that Godwit writes. What it changes shows as a difference in verify; what it refuses goes to quarantine.',
    'nothing, if that is meant.',
  ),
  finding(
    'GW_ROW_SECURITY',
    'A table has row security: a role that it applies to sees only some of the rows. Godwit stops with an error rather than compare half of them.',
    'run as a role that it does not apply to.',
  ),
  finding(
    'GW_IN_NODE',
    'A value is computed by a plain function (compute): rows leave the database and come back, which is several times slower, and the result is not compared by verify.',
    'say it in SQL if it can be said.',
  ),
  finding(
    'GW_REFERENCE_PATH',
    'A path says where in a document keys stand, and is not written as paths are.',
    'begin with $, and go on with .name, ."any name", [*] for each element, .* for each member, .json() for a document within a text.',
  ),
  finding(
    'GW_REFERENCE_PATTERN',
    'A regular expression says where in a text keys stand by its one group. This one has none, or several, or one that does not stand by itself.',
    'write one group at the place of the key, (\\d+), and (?:…) for all others.',
  ),
  finding(
    'GW_SHAPES_REKEY',
    'Two versions of an application are to see a table at once, and its keys are to become others in the same change. Keys are told apart by no schema: they stand in other systems, in tokens and in documents as well, and have a way of their own in which both are known.',
    'say rekey in a migration of its own, before that of the shapes or after it; what keep names holds the old keys for good.',
  ),
  finding(
    'GW_KEY_UNMAPPED',
    'A key of an old configuration file is neither mapped nor dropped. Keys that are forgotten are how settings get lost, so each needs a word.',
    'map it under keys (from), or say under dropped why nobody needs it.',
  ),
  finding(
    'GW_KEY_NOT_THERE',
    'The migration names a key that its configuration file does not have.',
    'look for a slip in the name, or take it out.',
  ),
  finding(
    'GW_KEY_DISAGREES',
    'Two configuration files that do not lie over each other say different things of one key, in value or in type. Godwit does not choose.',
    'decide it in writing (decide, with why and by), or say that one file lies over the other (over).',
  ),
  finding(
    'GW_KEY_UNIT',
    'Two values of one key are exactly 60, 100 or 1,000 times apart, as percent and fractions or seconds and milliseconds are; or units that were declared cannot be turned into each other.',
    'say the unit of each value (unit); where both are of one unit, unit on the key alone says so.',
  ),
  finding(
    'GW_KEY_DECISION',
    'A decision or a change does nothing: the files agree, the file that it names does not have the key, or the value is what it was.',
    'take it out, or mend what it names.',
  ),
  finding(
    'GW_KEY_SECRET',
    'A key looks like a secret, and its value is no text: a ${NAME}, which is always text, cannot stand for it.',
    'if it is no secret, say secret: false; if it is one, change the value to a reference.',
  ),
  finding(
    'GW_KEY_TYPE',
    'A text of a .env or INI file is declared to be a number, a date or a boolean (as), and is none.',
    'mend the file, or leave out as.',
  ),
  finding('GW_KEY_NESTED', 'One key would be a value and hold other keys at the same time.', 'give one of the two another name.'),
  finding(
    'GW_KEY_NOT_HELD',
    'A value cannot stand in a file of the kind that is to be written: null in TOML, a date in JSON, a number in a .env file.',
    'write another kind of file, or change the value.',
  ),
]

const reason = (code: string, means: string, todo: string): Explained => ({ code, kind: 'quarantine', means, todo })
const retry = 'Then: godwit quarantine retry KEY.'

/** Why a source row does not go. */
const reasons: readonly Explained[] = [
  reason(
    'NULL_NOT_ALLOWED',
    'A value is missing that the mapping (required) or the target column must have.',
    `fill it in the source, or say in the mapping what stands in for it: .orElse(…). ${retry}`,
  ),
  reason(
    'ENUM_UNKNOWN',
    'A value has no arm in a value map, no line in a decision table, meets no condition, or is none of the values of an enum. Godwit does not guess the nearest.',
    `add the arm, or mend the row. ${retry}`,
  ),
  reason(
    'CAST_NUMERIC',
    'A text is not a number in the form that the mapping declares: 1.234,56 where 1,234.56 is meant.',
    `mend the text, or declare the other form. ${retry}`,
  ),
  reason('CAST_UUID', 'A text is not a UUID.', `mend it. ${retry}`),
  reason('CAST_FAILED', 'A value cannot be what the target column is.', `mend it, or convert it in the mapping. ${retry}`),
  reason(
    'DATE_INVALID',
    'A text is no date in the declared form, or a local time that did not exist or happened twice when the clocks changed.',
    `mend it, or declare another form or zone. ${retry}`,
  ),
  reason('JSON_INVALID', 'A text is not JSON, or a line or an element of a JSON file is not an object.', `mend it. ${retry}`),
  reason(
    'JSON_KEY_TWICE',
    'A JSON object has a key twice. The database keeps the last of the two values, and Godwit does not choose.',
    `mend it. ${retry}`,
  ),
  reason(
    'PRECISION_LOSS',
    'A number has more places than the target keeps, or a fraction where a whole number is wanted. Godwit does not round by itself.',
    `round in the mapping if that is meant: .round(2). ${retry}`,
  ),
  reason('OUT_OF_RANGE', 'A number or date lies outside of what the target column holds.', `mend it, or widen the column. ${retry}`),
  reason(
    'TOO_LONG',
    'A text is longer than its column. Godwit does not cut.',
    `widen the column, shorten the text, or cut it in the mapping. ${retry}`,
  ),
  reason('ENCODING', 'A text holds a character that the target cannot store, a NUL for instance.', `mend it. ${retry}`),
  reason(
    'CSV_RAGGED',
    'A row of a CSV file has more or fewer fields than the file has columns, so none of them can be told to be which. The row is kept as it stands there, with file and line.',
    `mend the line, or say how the file is written (delimiter, quote) under sources. ${retry}`,
  ),
  reason(
    'CSV_QUOTE',
    'A row of a CSV file has a quote where none may be: within a field that is not quoted, or with text behind the closing one. Some programs would read it one way and some another. The row is kept as it stands there, with file and line.',
    `mend the line, or say how the file is quoted (quote, escape; quote: '' where nothing is) under sources. ${retry}`,
  ),
  reason('DIV_BY_ZERO', 'Something is divided by zero.', `mend the row, or guard the division: when(…). ${retry}`),
  reason(
    'LOOKUP_MISS',
    'What the row names is in no row of the table that it is looked up in.',
    `add it there, mend the row, or use lookupOrNull if none is fine. ${retry}`,
  ),
  reason(
    'LOOKUP_AMBIGUOUS',
    'What the row names is in more than one row of the table that it is looked up in, and nothing says which is meant.',
    `make it unique there, or look it up by something that is. ${retry}`,
  ),
  reason(
    'FK_ORPHAN',
    'The row would point at a row that is not there (a foreign key of the target).',
    `add the missing row or mend the pointer. ${retry}`,
  ),
  reason(
    'PARENT_MISSING',
    'The row belongs to a row of another mapping that made nothing, or is not there.',
    `see what became of that one: godwit trace. ${retry}`,
  ),
  reason(
    'PARENT_QUARANTINED',
    'The row belongs to one that is itself in quarantine; it waits for that.',
    'mend the other row and retry it: this one goes with it.',
  ),
  reason(
    'UNIQUE_CONFLICT',
    'The row would have the same unique key as another: of another source row, or of a row in the target that is not ours. All that meet are held back, never all but the first.',
    `decide which is right and mend the others. ${retry}`,
  ),
  reason(
    'EXCLUSION_CONFLICT',
    'The row would overlap with another that an exclusion constraint forbids.',
    `decide which is right. ${retry}`,
  ),
  reason(
    'TARGET_FOREIGN_ROW',
    'The key that the mapping gives is taken in the target by a row that Godwit did not write. It is not overwritten.',
    `give the row another key, or remove the other row if it should not be there. ${retry}`,
  ),
  reason(
    'RULE',
    'The row does not meet a condition that the mapping sets with .must(…); the words are those of its author.',
    `mend the row or the rule. ${retry}`,
  ),
  reason(
    'NOTE',
    'The row went, and the mapping marks it with .warnIf(…); the words are those of its author.',
    'nothing has to be done; godwit trace shows the rows.',
  ),
  reason('CHECK_FAILED', 'The row would break a CHECK constraint of the target.', `mend the row or the rule. ${retry}`),
  reason(
    'TARGET_TRIGGER',
    'A trigger of the target refused the row (RAISE).',
    `its message stands with the row: godwit quarantine show KEY. ${retry}`,
  ),
  reason(
    'FILTER_NULL',
    'A rule under only is neither true nor false for the row, because something in it is null.',
    `say in the rule what null means. ${retry}`,
  ),
  reason(
    'COMPUTE_ERROR',
    'A plain function of the mapping (compute) threw an error for the row.',
    `its message stands with the row. ${retry}`,
  ),
  reason(
    'EXPR_ERROR',
    'The server refused the row for a reason that no rule saw coming; its words and its SQLSTATE stand with the row.',
    `godwit quarantine show KEY tells it. ${retry}`,
  ),
]

/** By code, each once: a finding that is also an error of its own is explained by the error. */
export const explained: readonly Explained[] = [...new Map([...findings, ...reasons, ...errors].map((e) => [e.code, e])).values()].toSorted(
  (a, b) => (a.kind === b.kind ? (a.code < b.code ? -1 : 1) : order(a) - order(b)),
)

function order({ kind }: Explained): number {
  return ['error', 'finding', 'quarantine'].indexOf(kind)
}
