// SQLite: what ALTER TABLE refuses, what it writes anew, and the rebuild of a table that leaves a column behind.
import { commonForms } from './common.ts'
import type { Form } from './judge.ts'

const refused = (rule: string, when: Form['when'], message: string): Form => ({ rule, categories: ['fails'], message, when })

const checkAdded = /^ALTER TABLE \S+ ADD (CONSTRAINT \S+ )?CHECK\b/
const loosened = /^ALTER TABLE \S+ (ALTER (COLUMN )?\S+ DROP NOT NULL$|DROP CONSTRAINT\b)/
const unknownAlter = /^ALTER TABLE \S+ (MODIFY|CHANGE|ALTER (?!(COLUMN )?\S+ (SET|DROP) NOT NULL$)|ADD CONSTRAINT \S+ (?!CHECK\b))/

export const sqliteForms: readonly Form[] = [
  ...commonForms.map((form) => (form.rule === 'drop-table' ? { ...form, when: droppedForGood } : form)),
  refused(
    'add-required-column',
    /^ALTER TABLE \S+ ADD (?!(CONSTRAINT|CHECK)\b)(?!.*\bDEFAULT (?!NULL\b))(?=.*\bNOT NULL\b)/,
    'NOT NULL needs a default: SQLite refuses',
  ),
  refused(
    'add-column-volatile-default',
    /^ALTER TABLE \S+ ADD .*\bDEFAULT ?(\(|CURRENT_)/,
    'a default that is not constant: SQLite refuses where there are rows',
  ),
  refused('add-unique-building', /^ALTER TABLE \S+ ADD .*\bUNIQUE\b/, 'a new column cannot be UNIQUE: SQLite refuses'),
  refused('add-primary-key-building', /^ALTER TABLE \S+ ADD .*\bPRIMARY KEY\b/, 'a new column cannot be PRIMARY KEY: SQLite refuses'),
  {
    rule: 'set-not-null-scanning',
    categories: ['lock-heavy'],
    message: 'every row is read while nobody can write, and SQLite before 3.53 refuses',
    when: /^ALTER TABLE \S+ ALTER (COLUMN )?\S+ SET NOT NULL$/,
  },
  {
    rule: 'add-check-validating',
    categories: ['lock-heavy'],
    message: 'every row is read while nobody can write, and SQLite before 3.53 refuses',
    when: checkAdded,
  },
  {
    rule: 'drop-not-null',
    categories: ['caution'],
    message: 'rows are taken that were refused before, and SQLite before 3.53 refuses',
    when: loosened,
  },
  refused('alter-column', unknownAlter, 'SQLite has no such ALTER TABLE'),
  refused('syntax', /^(TRUNCATE|ALTER TABLE (IF EXISTS\b|\S+ (ADD|DROP) (COLUMN )?IF (NOT )?EXISTS\b))/, 'SQLite does not know it'),
  refused('not-there', (words, before) => thereAlready(words, before), 'there is such a column already'),
  refused('not-there', (words, before) => constraintLacks(words, before), 'there is no such constraint'),
  {
    rule: 'rename-column',
    categories: ['breaking'],
    message: 'programs that know the old name fail',
    when: /^ALTER TABLE \S+ RENAME (?!(TO|COLUMN) )\S+ TO /,
  },
  refused('drop-column-indexed', indexed, 'the column has an index: SQLite refuses'),
  {
    rule: 'add-column-stored-generated',
    categories: ['fails'],
    message: 'SQLite adds no STORED column',
    when: /^ALTER TABLE \S+ ADD .*\bSTORED\b/,
  },
  {
    rule: 'rebuild-leaves-column',
    categories: ['destructive'],
    message: 'the copy leaves a column out: its values are lost',
    when: leavesOut,
  },
  {
    rule: 'vacuum',
    categories: ['lock-heavy', 'rewrite'],
    message: 'the whole file is written while nobody can write',
    when: /^VACUUM(?! INTO)\b/,
  },
  {
    rule: 'writable-schema',
    categories: ['caution'],
    message: 'the file can be made unreadable',
    when: /^PRAGMA WRITABLE_SCHEMA ?= ?(ON|1|TRUE)/,
  },
]

const copyOf = /^INSERT (?:OR \w+ )?INTO (\S+) ?(?:\(([^)]*)\) )?SELECT (.*?) FROM (\S+)/

/** A table that another takes the name of, filled from it, is not gone. */
function droppedForGood(words: string, _: readonly string[], all: readonly string[]): boolean {
  const name = /^DROP TABLE (?:IF EXISTS )?(\S+)/.exec(words)?.[1]
  if (!name) return false
  const copied = all.some((w) => copyOf.exec(w)?.[4] === name)
  const renamed = (form: RegExp) => all.some((w) => form.test(w))
  const takenOver = renamed(new RegExp(`^ALTER TABLE \\S+ RENAME TO ${name.replace(/\W/g, '.')}$`))
  const setAside = all.slice(0, all.indexOf(words)).some((w) => w.endsWith(` RENAME TO ${name}`))
  return !(copied && (takenOver || setAside))
}

function thereAlready(words: string, before: readonly string[]): boolean {
  const [, table, column] = /^ALTER TABLE (\S+) ADD (?:COLUMN )?(?!(?:CONSTRAINT|CHECK|IF)\b)(\S+)/.exec(words) ?? []
  return table !== undefined && columnsOf(table, before).includes(column ?? '')
}

function constraintLacks(words: string, before: readonly string[]): boolean {
  const [, table, name] = /^ALTER TABLE (\S+) DROP CONSTRAINT (\S+)/.exec(words) ?? []
  const known = before.filter((w) => w.includes(` TABLE ${table}`))
  return known.length > 0 && !known.some((w) => w.split(/[\s(,]/).some((word, i, all) => word === name && all[i - 1] === 'CONSTRAINT'))
}

function leavesOut(words: string, before: readonly string[], all: readonly string[]): boolean {
  const copy = copyOf.exec(words)
  if (!copy || !all.some((w) => w.startsWith(`DROP TABLE ${copy[4]}`) || w === `DROP TABLE IF EXISTS ${copy[4]}`)) return false
  const old = columnsOf(copy[4]!, before)
  const taken = copy[3]!
  if (taken === '*' || old.length === 0) return false
  return old.some((c) => !new RegExp(`(^|[^\\w])${c.replace(/\W/g, '.')}([^\\w]|$)`).test(taken))
}

function columnsOf(table: string, statements: readonly string[]): string[] {
  const made = statements.find((w) => w.replace('IF NOT EXISTS ', '').startsWith(`CREATE TABLE ${table}`))
  const body = made?.slice(made.indexOf('(') + 1, made.lastIndexOf(')')) ?? ''
  return body
    .replace(/\([^()]*\)/g, '')
    .split(',')
    .map((c) => c.trim().split(/[\s(]/)[0]!)
    .filter((c) => c && !/^(CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK)$/.test(c))
}

function indexed(words: string, before: readonly string[]): boolean {
  const [, table, column] = /^ALTER TABLE (\S+) DROP (?:COLUMN )?(\S+)/.exec(words) ?? []
  if (!table || !column) return false
  const index = new RegExp(`^CREATE (UNIQUE )?INDEX .* ON ${table.replace(/\W/g, '.')} ?\\([^)]*\\b${column.replace(/\W/g, '.')}\\b`)
  return before.some((w) => index.test(w))
}
