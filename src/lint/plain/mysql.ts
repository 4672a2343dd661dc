// MySQL and MariaDB: what copies the table, or keeps writers out.
import { commonForms, escaped } from './common.ts'
import type { Form, Written } from './judge.ts'
import { actionsOf } from './words.ts'

/** Bytes of a length that is stored in one byte: utf8mb4 takes up to four for each character. */
const shortest = Math.floor(255 / 4)

const required = /^ADD (COLUMN )?(?!(INDEX|KEY|UNIQUE|FULLTEXT|SPATIAL|CONSTRAINT|PRIMARY|FOREIGN|CHECK|PARTITION)\b)\S+ .*\bNOT NULL\b/
const filled = /\b(DEFAULT|AUTO_INCREMENT|GENERATED|AS ?\()/

const copies = 'the table is copied while nobody can write'

const added = '^ALTER TABLE .*\\bADD (COLUMN )?\\S+'
/** What is known once for all rows. */
const moments = '(NOW|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP|CURDATE|CURRENT_DATE|CURTIME|CURRENT_TIME)'

/** By itself, or with a new column. */
const pointing = new RegExp(`^ALTER TABLE .*\\bADD (CONSTRAINT (\\S+ )?)?FOREIGN KEY\\b|${added} .*\\bREFERENCES\\b`)
const checking = /^SET (SESSION |GLOBAL |@@(SESSION\.|GLOBAL\.)?)?FOREIGN_KEY_CHECKS ?:?= ?(0|OFF|FALSE|1|ON|TRUE)/
const isUnchecked = (words: string, all: readonly string[]): boolean =>
  /^(0|OFF|FALSE)$/.test(
    all
      .slice(0, all.indexOf(words))
      .flatMap((w) => checking.exec(w)?.[3] ?? [])
      .at(-1) ?? '',
  )

const addsKey = /^ALTER TABLE .*\bADD (CONSTRAINT (\S+ )?)?PRIMARY KEY\b/

export const mysqlForms: readonly Form[] = [
  ...commonForms,
  { rule: 'truncate', categories: ['destructive', 'data'], message: 'all rows are lost', when: /^TRUNCATE\b/ },
  {
    rule: 'algorithm-copy',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: /^(ALTER|CREATE|DROP)\b.*\bALGORITHM ?=? ?COPY\b/,
  },
  {
    rule: 'lock-shared',
    categories: ['lock-heavy'],
    message: 'nobody can write until it is done',
    when: /^(ALTER|CREATE|DROP)\b.*\bLOCK ?=? ?(SHARED|EXCLUSIVE)\b/,
  },
  {
    rule: 'expression-default',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: new RegExp(`${added} .*\\bDEFAULT ?(\\(|(?!${moments}\\b)[A-Z]\\w* ?\\()`),
  },
  {
    rule: 'add-column-stored-generated',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: /^ALTER TABLE .*\bADD\b.*\b(STORED|PERSISTENT)\b/,
  },
  {
    rule: 'auto-increment',
    categories: ['lock-heavy'],
    message: copies,
    when: /^ALTER TABLE .*\bADD (COLUMN )?\S+ .*\bAUTO_INCREMENT\b(?! ?=)/,
  },
  {
    rule: 'add-check-validating',
    categories: ['lock-heavy'],
    message: copies,
    when: /^ALTER TABLE .*\bADD (CONSTRAINT (\S+ )?)?CHECK\b(?!.*NOT ENFORCED)/,
  },
  {
    rule: 'add-fk-validating',
    categories: ['lock-heavy'],
    message: copies,
    when: (words, _, all) => pointing.test(words) && !isUnchecked(words, all),
  },
  {
    rule: 'add-fk-unchecked',
    categories: ['caution'],
    message: 'rows that are there are not looked at: some may point at nothing',
    when: (words, _, all) => pointing.test(words) && isUnchecked(words, all),
  },
  {
    rule: 'add-system-versioning',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: /^ALTER TABLE .*\b(ADD|DROP) SYSTEM VERSIONING\b/,
  },
  {
    rule: 'add-primary-key-building',
    categories: ['rewrite'],
    message: 'the whole table is written anew, beside whoever writes',
    when: addsKey,
  },
  {
    rule: 'drop-primary-key',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: (words) => /^ALTER TABLE .*\bDROP PRIMARY KEY\b/.test(words) && !addsKey.test(words),
  },
  {
    rule: 'fulltext-index',
    categories: ['lock-heavy'],
    message: 'nobody can write until it is built',
    when: /^(CREATE|ALTER TABLE .*\bADD) (FULLTEXT|SPATIAL)\b/,
  },
  { rule: 'convert-charset', categories: ['lock-heavy', 'rewrite'], message: copies, when: /^ALTER TABLE .*\bCONVERT TO CHARACTER SET\b/ },
  { rule: 'column-type-rewrite', categories: ['lock-heavy', 'rewrite'], message: copies, when: retyped },
  { rule: 'rename-column', categories: ['breaking'], message: 'programs that know the old name fail', when: changedName },
  {
    rule: 'explicit-lock',
    categories: ['lock-heavy'],
    message: 'others wait until UNLOCK TABLES',
    when: /^(LOCK TABLES? .*\b(WRITE|READ)\b(?! LOCAL)|FLUSH TABLES WITH READ LOCK)/,
  },
  {
    rule: 'optimize-table',
    categories: ['caution'],
    message: 'the table is written anew',
    when: /^(OPTIMIZE|ALTER TABLE \S+ (FORCE|ENGINE ?=? ?INNODB)\b)/,
  },
  {
    rule: 'change-engine',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: /^ALTER TABLE .*\bENGINE ?=? ?(?!INNODB\b)\w/,
  },
  {
    rule: 'drop-partition',
    categories: ['destructive', 'data'],
    message: 'the rows of the partition are lost',
    when: /^ALTER TABLE \S+ (DROP|TRUNCATE) PARTITION\b/,
  },
  {
    rule: 'partition-rows-move',
    categories: ['lock-heavy', 'rewrite'],
    message: copies,
    when: /^ALTER TABLE \S+ (REORGANIZE|COALESCE|REBUILD) PARTITION\b|^ALTER TABLE \S+ (REMOVE PARTITIONING|PARTITION BY)\b/,
  },
  {
    rule: 'add-required-column',
    categories: ['breaking'],
    message: 'inserts that leave it out fail',
    when: (words) => actionsOf(words).some((a) => required.test(a) && !filled.test(a)),
  },
  { rule: 'privilege-or-rls-change', categories: ['breaking'], message: 'whoever relied on it is refused', when: /^REVOKE\b/ },
]

/** A column that is said anew, unless its type is known to stay, or it is a VARCHAR that is known to grow within one length of its length. */
function retyped(words: string, before: readonly string[], _: readonly string[], written: Written): boolean {
  const table = /^ALTER (?:IGNORE )?TABLE (\S+)/.exec(words)?.[1]
  const ofTable = new RegExp(`^(CREATE TABLE (IF NOT EXISTS )?|ALTER (IGNORE )?TABLE )${escaped(table)}( |\\(|$)`)
  const history = before.filter((w) => ofTable.test(w)).join(' ; ')
  return !longerEnum(written) && actionsOf(words).some((action) => retypedBy(action, history))
}

const saidAnew = /^(?:MODIFY (?:COLUMN )?(\S+)|CHANGE (?:COLUMN )?(\S+) \S+) (\w+ ?(?:\([^)]*\))?(?: ?UNSIGNED\b)?)(.*)$/

function retypedBy(action: string, history: string): boolean {
  const [, modified, changed, to, more] = saidAnew.exec(action) ?? []
  const name = modified ?? changed
  if (!name || !to) return /^(MODIFY|CHANGE)\b/.test(action)
  const definition = new RegExp(`[\\s(,]${escaped(name)} (\\w+ ?(?:\\([\\d, ]*\\))?(?: ?UNSIGNED\\b)?)`, 'g')
  const given = [...history.matchAll(definition)].at(-1)?.[1]
  if (!given || /\b(CHARACTER SET|COLLATE)\b/.test(more ?? '')) return true
  const [from, now] = [plainType(given), plainType(to)]
  if (from === now) return false
  const [had, wanted] = [from, now].map((type) => Number(/^VARCHAR\((\d+)\)$/.exec(type)?.[1]))
  return !had || !wanted || wanted < had || (had <= shortest && wanted > shortest)
}

/** How wide a number is shown says nothing of how it is stored. */
const plainType = (type: string): string =>
  type
    .replaceAll(' ', '')
    .replace(/^(\w*INT)\(\d+\)/, '$1')
    .replace(/^INTEGER/, 'INT')

/** New values behind those of before: nothing that is stored changes. */
function longerEnum({ sql, history }: Written): boolean {
  const [, name, list] = /\bMODIFY\s+(?:COLUMN\s+)?`?(\w+)`?\s+ENUM\s*\(([^)]*)\)/i.exec(sql) ?? []
  if (!name || list === undefined) return false
  const given = history
    .map((text) => new RegExp(`[\\s(,\`]${name}\`?\\s+ENUM\\s*\\(([^)]*)\\)`, 'i').exec(text)?.[1])
    .find((found) => found !== undefined)
  const values = (text: string) => text.split(',').map((v) => v.trim())
  return given !== undefined && values(given).every((v, i) => values(list)[i] === v)
}

function changedName(words: string): boolean {
  const [, from, to] = /^ALTER TABLE \S+ CHANGE (?:COLUMN )?(\S+) (\S+)/.exec(words) ?? []
  return from !== to
}
