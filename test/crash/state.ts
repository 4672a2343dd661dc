// What a run leaves behind, as text: two runs that should come to the same must leave the same, wherever they were broken off.

import type { Session } from '../../src/databases/database.ts'
import { canonicalDump, firstDifference } from '../../src/databases/postgres/canonical.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { query } from '../support/postgres.ts'

export type Dump = readonly string[]

/** All of the database but Godwit's own schema, sequences included. */
export const dumpOf = (url: string): Promise<Dump> => looking(url, (session) => lines(session))

async function lines(session: Session): Promise<string[]> {
  const all: string[] = []
  for await (const line of canonicalDump(session)) all.push(line)
  return all
}

async function looking<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const db = await openPostgres({ url })
  try {
    return await db.session(work)
  } finally {
    await db.close()
  }
}

// a run that died after its last word begins another pass, which finds nothing to do
const books = `select concat_ws(' ', 'books', mapping, 'read', read, 'migrated', migrated, 'quarantined', quarantined, 'filtered', filtered, 'warned', warned) from godwit.books b
  where pass = (select max(pass) from godwit.books l where l.run = b.run and l.mapping = b.mapping) and run in (select id from godwit.run where state <> 'undone')`
const quarantine = `select concat_ws(' ', 'quarantine', mapping, key, code, array_to_string(columns, ','), says, detail, raw, waived_why) from godwit.quarantine`
const warnings = `select concat_ws(' ', 'warning', mapping, key, rule) from godwit.warning`
const runs = `select concat_ws(' ', 'run', migration, state) from godwit.run where state <> 'undone'`

/** The database, and of the ledger what people are told: quarantine, warnings, books, and how the run stands. */
export async function stateOf(url: string): Promise<Dump> {
  const told = await query(url, `${[books, quarantine, warnings, runs].map((sql) => `(${sql})`).join(' union all ')} order by 1`)
  return [...(await dumpOf(url)), 'ledger', ...told.map(([line]) => `  ${line}`)]
}

/** Without the rows of the source, which its owner may have changed. */
export function targetOf(dump: Dump): Dump {
  let within = false
  return dump.filter((line) => {
    if (!line.startsWith('  ')) within = line.startsWith('rows src.')
    return !within
  })
}

export const difference = (a: Dump, b: Dump): Promise<string | undefined> => firstDifference(a, b)

const unevenUnits = `
  select concat_ws(' ', 'books of', b.mapping, 'pass', b.pass, 'say read', b.read, 'and the units', u.read)
    from godwit.books b join (select run, mapping, pass, sum(read) as read from godwit.unit where upto is not null group by run, mapping, pass) u using (run, mapping, pass)
    where b.read <> u.read`
const backwards = `
  select concat_ws(' ', 'a unit of epoch', epoch, 'after one of', before) from (select epoch, lag(epoch) over (order by run, seq) as before from godwit.unit) u where epoch < before`
const uncounted = `select concat_ws(' ', 'units of', mapping, 'without books') from godwit.unit u where upto is not null and not exists (select from godwit.books b where b.run = u.run and b.mapping = u.mapping and b.pass = u.pass)`

/** What must hold at every moment, also right after a crash: what is booked is what was done, and no runner wrote after its successor. */
export async function broken(url: string): Promise<string[]> {
  const [there] = await query(url, `select to_regclass('godwit.unit') is not null`)
  if (there![0] !== 't') return []
  return (await query(url, [unevenUnits, backwards, uncounted].join(' union all '))).map(([line]) => line!)
}

/** Connections and locks that somebody has left behind in this database. A backend whose client is gone takes a moment to see that. */
export async function leftovers(url: string): Promise<string[]> {
  const deadline = performance.now() + 5_000
  for (;;) {
    const found = await leftNow(url)
    if (found.length === 0 || performance.now() > deadline) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function leftNow(url: string): Promise<string[]> {
  const found = await query(
    url,
    `select 'session: ' || application_name || ' ' || state || ' ' || left(query, 60) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
      union all select 'advisory lock' from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
      union all select 'prepared: ' || gid from pg_prepared_xacts where database = current_database()`,
  )
  return found.map(([line]) => line!)
}
