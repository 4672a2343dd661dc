// SQL that no parser reads, told by its words.

import { preparedIn } from '../../lint/plain/prepared.ts'
import { wordsOf as inCapitals } from '../../lint/plain/words.ts'
import { type Manner, split } from '../../lint/split.ts'
import type { Operation } from '../types.ts'
import type { Class } from './classes.ts'
import type { Touched } from './objects.ts'
import type { JudgedOperation, Reason } from './replay.ts'
import type { RowWork } from './row-work.ts'

interface Told {
  readonly when: RegExp
  readonly class?: Class
  readonly why: string
  readonly kind: string
  readonly rows?: RowWork['how']
  /** Only there. */
  readonly of?: 'mysql'
}

const told: readonly Told[] = [
  { when: /^DROP (TABLE|SCHEMA|DATABASE)\b/, class: 'destructive-breaking', why: 'rows are lost', kind: 'DropStmt' },
  {
    when: /^ALTER TABLE .*\bDROP (?!(INDEX|KEY|PRIMARY|FOREIGN|CONSTRAINT|CHECK|PARTITION|DEFAULT|NOT)\b)(COLUMN )?\w/,
    class: 'destructive-breaking',
    why: 'values of a column are lost',
    kind: 'AT_DropColumn',
  },
  {
    when: /^(RENAME TABLE\b|ALTER TABLE .*\bRENAME (COLUMN|TO|AS)\b)/,
    class: 'destructive-breaking',
    why: 'programs that know the old name fail',
    kind: 'RenameStmt',
  },
  { when: /^TRUNCATE\b/, class: 'destructive-breaking', why: 'all rows are lost', kind: 'TruncateStmt', rows: 'deleted' },
  { when: /^(WITH .*\b)?DELETE FROM\b/, class: 'data-migration', why: 'rows are deleted', kind: 'DeleteStmt', rows: 'deleted' },
  { when: /^(WITH .*\b)?UPDATE \S+ .*\bSET\b/, class: 'data-migration', why: 'rows are changed', kind: 'UpdateStmt', rows: 'mended' },
  { when: /^(INSERT|REPLACE)\b.*\bSELECT\b.*\bFROM\b/, class: 'data-migration', why: 'rows are added', kind: 'InsertStmt', rows: 'filled' },
  {
    when: /^(WITH .*\b)?(INSERT|REPLACE|LOAD DATA)\b/,
    class: 'data-migration',
    why: 'rows are added',
    kind: 'InsertStmt',
    rows: 'constants',
  },
  {
    when: /^(CREATE UNIQUE INDEX\b|ALTER TABLE \S+ ADD (CONSTRAINT (\S+ )?)?UNIQUE\b)/,
    class: 'caution',
    why: 'rows that it took before are refused',
    kind: 'IndexStmt',
    of: 'mysql',
  },
  // built while others read and write
  { when: /^(CREATE INDEX\b|ALTER TABLE \S+ ADD (INDEX|KEY) [^()]*\([^()]*\)$)/, why: '', kind: 'IndexStmt', of: 'mysql' },
  { when: /^CREATE\b.*\bINDEX\b/, class: 'lock-heavy', why: 'an index is built', kind: 'IndexStmt' },
  { when: /^DROP INDEX\b/, class: 'caution', why: 'an index is taken away', kind: 'DropStmt' },
  { when: /^DROP\b/, class: 'caution', why: 'something is taken away', kind: 'DropStmt' },
  { when: /^CREATE TABLE\b/, why: '', kind: 'CreateStmt' },
  { when: /^CREATE\b/, why: '', kind: 'ViewStmt' },
  {
    when: /^ALTER TABLE .*\bADD (COLUMN )?(?!(CONSTRAINT|INDEX|KEY|UNIQUE|PRIMARY|FOREIGN|CHECK|FULLTEXT)\b)\w/,
    why: '',
    kind: 'AT_AddColumn',
  },
  { when: /^ALTER\b/, class: 'caution', why: 'something behaves otherwise', kind: 'AT_Other' },
  { when: /^(GRANT|REVOKE)\b/, class: 'caution', why: 'who may do what changes', kind: 'GrantStmt' },
]

const table =
  /^(?:ALTER (?:IGNORE )?TABLE|CREATE (?:TEMPORARY |TEMP )?TABLE|DROP TABLE|UPDATE|DELETE FROM|INSERT(?: IGNORE)?(?: OR \w+)? INTO|REPLACE INTO|TRUNCATE(?: TABLE)?|RENAME TABLE)(?: IF (?:NOT )?EXISTS)?(?: ONLY)? ([^\s(,;]+)/
const indexed = /^(?:CREATE|DROP)\b.*? ON (?:ONLY )?([^\s(]+)/
const uses: Readonly<Record<string, Touched['use']>> = {
  CreateStmt: 'makes',
  DropStmt: 'drops',
  InsertStmt: 'adds',
  UpdateStmt: 'writes',
  DeleteStmt: 'writes',
  TruncateStmt: 'writes',
}

/** Tables that are dropped to be made, and that nobody has made before: a script that may be run again. */
export function madeAnew(sql: string, manner: Manner, known: ReadonlySet<string>): string[] {
  const words = split(sql, manner).map((piece) => inCapitals(sql.slice(piece.from, piece.to), manner))
  const named = (form: RegExp) => words.flatMap((w) => (form.test(w) ? (table.exec(w)?.[1]?.toLowerCase().split('.').at(-1) ?? []) : []))
  const made = named(/^CREATE TABLE\b/)
  return named(/^DROP TABLE IF EXISTS\b/).filter((name) => made.includes(name) && !known.has(name))
}

/** `fresh`: tables that the migration has made so far. */
export function wordsOf(operation: Operation, dialect: 'postgres' | 'mysql' | 'sqlite', fresh: Set<string> = new Set()): JudgedOperation {
  const manner = { mysql: dialect === 'mysql' }
  const sql = operation.sql ?? ''
  const reasons: Reason[] = []
  const touched: Touched[] = []
  const rows: RowWork[] = []
  const kinds: string[] = []
  const pieces = split(sql, manner).map((piece) => sql.slice(piece.from, piece.to))
  const prepared = manner.mysql ? pieces.flatMap(preparedIn) : []
  if (prepared.length) kinds.push('NotRead')
  for (const piece of [...pieces, ...prepared]) {
    const words = inCapitals(piece, manner)
    const found = told.find((t) => t.when.test(words) && (t.of === undefined || t.of === dialect))
    const name = (table.exec(words) ?? indexed.exec(words))?.[1]?.toLowerCase().split('.').at(-1)
    if (!found) continue
    kinds.push(found.kind)
    if (found.kind === 'CreateStmt' && name) fresh.add(name)
    const use = uses[found.kind] ?? 'changes'
    if (name) touched.push({ use, object: `${use === 'writes' || use === 'adds' ? 'rows' : 'table'}:${name}` })
    if (found.rows) rows.push({ how: found.rows, table: name, ...(name && fresh.has(name) ? { fresh: true } : {}) })
    if (found.class && !(name && fresh.has(name)))
      reasons.push({ class: found.class, why: name ? `${found.why}: ${name}` : found.why, line: operation.line })
  }
  return { operation, reasons, touched, rows, findings: [], kinds, unread: false }
}
