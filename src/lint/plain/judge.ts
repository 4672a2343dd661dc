// MySQL, MariaDB and SQLite: the dangerous forms that are common, told by the words of a statement. There is no parser, and what is not known is told as such.
import { withoutWayBack } from '../directive.ts'
import { editsIn } from '../edits.ts'
import { type Judged, summed } from '../judge.ts'
import { type Category, isDanger } from '../rule.ts'
import { edited, editedAfterApply } from '../rules/edited-after-apply.ts'
import { split } from '../split.ts'
import { mysqlForms } from './mysql.ts'
import { preparedIn } from './prepared.ts'
import { sqliteForms } from './sqlite.ts'
import { wordsOf } from './words.ts'

export interface Form {
  readonly rule: string
  readonly categories: readonly Category[]
  readonly message: string
  /** Of a statement in capitals, without comments, with every text as ''. */
  readonly when: RegExp | ((words: string, before: readonly string[], all: readonly string[], written: Written) => boolean)
}

/** As it is written, with its texts: the statement, and what was there before. */
export interface Written {
  readonly sql: string
  readonly history: readonly string[]
}

export type PlainDialect = 'mysql' | 'sqlite'

const forms: Readonly<Record<PlainDialect, readonly Form[]>> = { mysql: mysqlForms, sqlite: sqliteForms }

export const plainRules: readonly string[] = [...mysqlForms, ...sqliteForms].map((form) => form.rule)

/** Undefined for Postgres, and for what is not known, which is read as Postgres. */
export function plainDialect(name: string): PlainDialect | undefined {
  if (/^(mysql|mariadb)/i.test(name)) return 'mysql'
  return /^sqlite/i.test(name) ? 'sqlite' : undefined
}

const known =
  /^(ALTER|CREATE|DROP|RENAME|TRUNCATE|UPDATE|DELETE|INSERT|REPLACE|SELECT|WITH|SET|BEGIN|START|COMMIT|ROLLBACK|PRAGMA|VACUUM|ANALYZE|OPTIMIZE|LOCK|UNLOCK|GRANT|REVOKE|CALL|USE|SAVEPOINT|RELEASE|REINDEX|ATTACH|DETACH|EXPLAIN|SHOW|END|PREPARE|EXECUTE|DEALLOCATE|FLUSH|LOAD|ANALYZE)\b/

export function judgePlain(dialect: PlainDialect, given: string, history: readonly string[], applied?: string): Judged {
  const sql = withoutWayBack(given)
  const manner = { mysql: dialect === 'mysql' }
  const before = history.flatMap((text) => split(text, manner).map((p) => wordsOf(text.slice(p.from, p.to), manner)))
  const pieces = split(sql, manner)
  const all = pieces.map((p) => wordsOf(sql.slice(p.from, p.to), manner))
  const made = new Set<string>()
  const findings = pieces.flatMap((piece, i) => {
    const words = all[i]!
    const written = { sql: sql.slice(piece.from, piece.to), history }
    const fresh = made.has(tableIn(words))
    const created = /^CREATE (?:TEMPORARY |TEMP )?TABLE (?:IF NOT EXISTS )?([^\s(]+)/.exec(words)?.[1]
    if (created) made.add(created)
    const hitsOf = (w: string) =>
      forms[dialect].filter((f) => (f.when instanceof RegExp ? f.when.test(w) : f.when(w, before, all, written)))
    const prepared = dialect === 'mysql' ? preparedIn(written.sql).flatMap((text) => hitsOf(wordsOf(text, manner))) : []
    const hits = fresh ? [] : [...new Set([...hitsOf(words), ...prepared])]
    const told = known.test(words) || hits.length ? hits : [notRead]
    return told.map((f) => ({
      rule: f.rule,
      categories: f.categories,
      message: f.message,
      dangerous: f.categories.some(isDanger),
      ...piece,
    }))
  })
  const edits = editsIn(given, applied, manner).map((piece) => ({ ...edited, rule: editedAfterApply.id, dangerous: true, ...piece }))
  return summed([...findings, ...edits], pieces)
}

const notRead: Form = { rule: 'not-read', categories: ['caution'], message: 'this was not read, and not judged', when: /./ }

const tableIn = (words: string): string =>
  /^(?:ALTER (?:IGNORE )?TABLE|UPDATE|DELETE FROM|DROP TABLE(?: IF EXISTS)?|TRUNCATE(?: TABLE)?|RENAME TABLE) ([^\s(,]+)/.exec(
    words,
  )?.[1] ??
  /^(?:CREATE|DROP)\b.* ON ([^\s(]+)/.exec(words)?.[1] ??
  ''
