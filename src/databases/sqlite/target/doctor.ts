// What can be said of a SQLite file before anything is done to it.
import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { list, plural } from '../../../text.ts'
import type { Finding } from '../../postgres/finding.ts'
import type { TargetColumn, TargetTable } from '../../workshop/engine.ts'
import { ident } from './tables.ts'

export function examine(db: DatabaseSync, file: string, tables: readonly TargetTable[]): Finding[] {
  return [writable(file), version(db), whole(db), journal(db), references(db), values(db, tables)]
}

function writable(file: string): Finding {
  try {
    // the journal stands beside the file
    for (const path of [file, dirname(file)]) accessSync(path, constants.W_OK)
    return { level: 'ok', title: 'file', detail: 'It and its folder can be written.' }
  } catch (problem) {
    return {
      level: 'problem',
      title: 'file',
      detail: (problem as Error).message,
      todo: 'Give this user the right to write the file and its folder: the journal stands beside it.',
    }
  }
}

const one = (db: DatabaseSync, sql: string): string => String(Object.values(db.prepare(sql).get() ?? {})[0])

const version = (db: DatabaseSync): Finding => ({
  level: 'ok',
  title: 'version',
  detail: `SQLite ${one(db, 'select sqlite_version()')}; the rows are worked on in a scratch Postgres.`,
})

function whole(db: DatabaseSync): Finding {
  const said = (db.prepare('pragma quick_check(5)').all() as { quick_check: string }[]).map((r) => r.quick_check)
  if (said.length === 1 && said[0] === 'ok') return { level: 'ok', title: 'integrity', detail: 'quick_check finds nothing.' }
  return {
    level: 'problem',
    title: 'integrity',
    detail: said.join('; '),
    todo: 'Restore the file from a backup, or .recover it, before it is migrated.',
  }
}

function journal(db: DatabaseSync): Finding {
  const mode = one(db, 'pragma journal_mode')
  const waits = 'while rows are brought, others can read and cannot commit'
  return { level: 'ok', title: 'journal', detail: mode === 'wal' ? 'WAL: others go on while rows are brought.' : `${mode}: ${waits}.` }
}

function references(db: DatabaseSync): Finding {
  const found = db.prepare('select "table" as name, parent, count(*) as n from pragma_foreign_key_check group by 1, 2').all() as {
    name: string
    parent: string
    n: number
  }[]
  if (!found.length) return { level: 'ok', title: 'references', detail: 'No row points at one that is not there.' }
  const what = list(found.map((f) => `${plural(f.n, 'row')} of ${f.name} into ${f.parent}`))
  return {
    level: 'warning',
    title: 'references',
    detail: `These point at nothing: ${what}.`,
    todo: 'They are left as they are. Somebody wrote with foreign_keys off.',
  }
}

/** Kinds of value that a column of each type can hold in the workshop. */
const fits: Readonly<Record<string, string>> = {
  int8: `'null', 'integer'`,
  bool: `'null', 'integer'`,
  float8: `'null', 'real', 'integer'`,
  numeric: `'null', 'real', 'integer'`,
  bytea: `'null', 'blob'`,
}

function values(db: DatabaseSync, tables: readonly TargetTable[]): Finding {
  const odd = tables.filter((t) => t.kind === 'table').flatMap((t) => t.columns.flatMap((c) => misfits(db, t, c)))
  if (!odd.length) return { level: 'ok', title: 'values', detail: 'Every value is of the type that its column is declared to be.' }
  return {
    level: 'warning',
    title: 'values',
    detail: `Values that are not of their column's type: ${list(odd)}.`,
    todo: 'Where a migration reads such a column, its table says text() for it, and the mapping what it must be.',
  }
}

function misfits(db: DatabaseSync, t: TargetTable, c: TargetColumn): string[] {
  const kinds = fits[c.type.name]
  if (kinds === undefined) return []
  const column = ident(c.name)
  const more = c.type.name === 'bool' ? ` or ${column} not in (0, 1)` : ''
  const n = Number(one(db, `select count(*) from ${ident(t.name)} where typeof(${column}) not in (${kinds})${more}`))
  return n ? [`${plural(n, 'row')} in ${t.id}.${c.name} (${c.declared})`] : []
}
