// What is asked of the database itself rather than of its rows: all that `godwit doctor` finds, weighed for a migration that is about to begin.
import type { Database } from '../databases/database.ts'
import { examine } from '../databases/postgres/doctor.ts'
import type { Finding as Told } from '../databases/postgres/finding.ts'
import { whereIs } from '../schema/schema.ts'
import { aboutNoRows, type Finding, type Grade } from './assessment.ts'
import type { Concern } from './concern.ts'
import type { Place } from './place.ts'
import type { Answers } from './scan.ts'

const kinds: Readonly<Record<string, string>> = {
  sequences: 'sequences',
  'invalid indexes': 'indexes',
  privileges: 'privileges',
  'schema godwit': 'privileges',
  'read-only tables': 'privileges',
  superuser: 'privileges',
  'row security': 'row security',
  'long transactions': 'transactions',
  'prepared transactions': 'transactions',
  'replication slots': 'transactions',
  'disabled triggers': 'triggers',
  'triggers and search_path': 'triggers',
}

/** Asked about better elsewhere in an audit: of the rows, one by one. */
const askedElsewhere = new Set(['disk space', 'references', 'values', 'tables to write', 'tables to read'])

/** An audit is made by a role that only reads: what a run needs beside that is to be known, and stops nobody from looking. */
const forTheRun = new Set(['privileges', 'schema godwit', 'read-only'])

export async function askServer(db: Database, target: Place, { roles }: Concern): Promise<Pick<Answers, 'findings' | 'notLookedAt'>> {
  const here = [...roles].filter(([id]) => !whereIs(id))
  const writes = here.flatMap(([id, as]) => (as.has('written') ? [id] : []))
  const readOnly = here.flatMap(([id, as]) => (as.has('written') ? [] : [id]))
  const told = db.elsewhere ? await db.elsewhere.examine() : await examine(db, { readOnly, writes })
  const odd = told.filter((t) => t.level !== 'ok' && !askedElsewhere.has(t.title))
  return {
    findings: odd.filter((t) => !isUnknown(t)).map((t) => findingOf(t, target)),
    notLookedAt: odd.filter(isUnknown).map((t) => ({ what: t.title, why: `${t.detail} ${t.todo ?? ''}`.trim() })),
  }
}

/** What this role may not ask is no finding. */
const isUnknown = (t: Told): boolean => t.detail.startsWith('Unknown')

const gradeOf = ({ level, title }: Told): Grade => (level === 'problem' && !forTheRun.has(title) ? 'error' : 'warning')

const findingOf = (t: Told, { shown }: Place): Finding => ({
  kind: kinds[t.title] ?? 'database',
  grade: gradeOf(t),
  title: `${t.title.charAt(0).toUpperCase()}${t.title.slice(1)}: ${t.detail}`,
  place: shown,
  ...aboutNoRows,
  fix: `${t.todo ?? ''}${forTheRun.has(t.title) ? '\n`godwit grants` prints the least that a run needs.' : ''}`.trim(),
})
