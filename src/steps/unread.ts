// Proof that nobody reads the old shape any more: the database's own counters stand still for as long as they must.
import { readersUnknown } from '../errors/cutover.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import type { Table } from '../schema/table.ts'
import { list } from '../text.ts'
import { wordsOf } from './engine-words.ts'
import type { Hands, Plain } from './hands.ts'
import type { Done, Step, Waiting } from './step.ts'
import { putUp, takeDown, timesRead, whoRead } from './tripwire.ts'

export interface UnreadFor {
  /** How long nobody may have read them: '30 days'. Exactly so long is enough. */
  readonly for: string
  /** Where the database cannot tell: why somebody has decided that nobody does. */
  readonly unless?: string
  /** PostgreSQL: the tables stand behind views of their names meanwhile, which note who reads them. */
  readonly tripwire?: boolean
}

interface Unread {
  readonly title: string
  readonly at: string | undefined
  readonly tables: readonly string[]
  readonly forMs: number
  readonly shownFor: string
  readonly unless: string | undefined
  readonly tripwire: boolean
}

/** The counters as they stood, and since when they stand so. */
interface Kept {
  readonly since: number
  readonly reads: Readonly<Record<string, string>>
  /** When the counters were last set to nothing: after that they prove nothing of the time before. */
  readonly reset: string
  /** Tables that stand behind a view: the plan is made as if they stood where they stood. */
  readonly behind?: readonly string[]
  /** What came of it, while the views are being taken away. */
  readonly passed?: string
}

export function unread(tables: readonly (Table | string)[], { for: shownFor, unless, tripwire = false }: UnreadFor): Step {
  const at = origin()
  const ids = tables.map((t) => (typeof t === 'string' ? t : t.id))
  const title = `nobody has read ${list(ids)} for ${shownFor}`
  const u: Unread = { title, at, tables: ids, forMs: milliseconds(shownFor, at), shownFor, unless, tripwire }
  return {
    kind: 'unread',
    title,
    at,
    params: { tables: ids, for: shownFor, unless: unless ?? null, ...(tripwire ? { tripwire } : {}) },
    doing: tripwire
      ? {
          says: [
            `puts ${list(ids)} behind ${ids.length === 1 ? 'a view' : 'views'} that ${ids.length === 1 ? 'notes' : 'note'} who reads`,
            `waits until nobody has for ${shownFor}; then the ${ids.length === 1 ? 'table stands' : 'tables stand'} where ${ids.length === 1 ? 'it' : 'they'} stood`,
          ],
          do: (hands) => askedBehind(u, hands),
          undo: (hands) => takeDown(u, hands),
        }
      : {
          says: [`waits until the database has counted no read of ${list(ids)} for ${shownFor}`],
          gate: true,
          do: (hands) => asked(u, hands),
        },
  }
}

/** What is set aside, and that it is over, is written down before it is done: a process that comes after one that died goes on from there. */
async function askedBehind(u: Unread, hands: Hands): Promise<Done | Waiting> {
  const before = (await hands.memory.read()) as unknown as Partial<Kept> | undefined
  if (before?.passed !== undefined) return takenAway(u, before as Kept, hands)
  if (!before) await hands.memory.write({ behind: u.tables })
  await putUp(u, hands)
  const came = await asked(u, hands)
  if (!('done' in came)) return came
  const kept = { behind: u.tables, ...(came.detail as object), passed: came.done }
  return takenAway(u, kept as unknown as Kept, hands)
}

async function takenAway(u: Unread, kept: Kept, hands: Hands): Promise<Done> {
  const { behind, ...rest } = kept
  if (behind) {
    await hands.memory.write({ ...rest, behind: u.tables } as unknown as Plain)
    await takeDown(u, hands)
    await hands.memory.write(rest as unknown as Plain)
  }
  return { done: kept.passed!, detail: rest as unknown as Plain }
}

async function asked(u: Unread, hands: Hands): Promise<Done | Waiting> {
  const { engine } = hands.target
  if (engine !== 'postgres') return decided(u, `${engine} does not count who reads a table.`)
  const now = await counters(u, hands)
  const missing = u.tables.filter((t) => now.reads[t] === undefined)
  if (missing.length) return decided(u, `The server counts nothing for ${list(missing)} (track_counts is off, or it is not there).`)
  const kept = known(await hands.memory.read())
  const why = kept && whyAnew(kept, now, hands.clock.now())
  if (!kept || why) return anew(u, now, why, hands)
  const until = kept.since + u.forMs
  if (hands.clock.now() >= until) return { done: `not read since ${moment(kept.since)}`, detail: kept as unknown as Plain }
  return { waits: `not read since ${moment(kept.since)}, and it must be so for ${u.shownFor}`, next: ['godwit run, then'], until }
}

/** Before the first look only what is set aside is known. */
const known = (memory: Plain | undefined): Kept | undefined =>
  memory !== undefined && 'since' in (memory as object) ? (memory as unknown as Kept) : undefined

function decided({ title, unless, at }: Unread, why: string): Done {
  if (unless === undefined) throw readersUnknown({ title, why, at })
  return { done: `not verified (${why.replace(/\.$/, '')}); decided: ${unless}`, detail: { verified: false, unless } }
}

type Counters = Pick<Kept, 'reads' | 'reset'>

async function counters(u: Unread, hands: Hands): Promise<Counters> {
  const { literal, table } = wordsOf('postgres')
  const scans = (t: string) =>
    `select (coalesce(seq_scan, 0) + coalesce(idx_scan, 0))::text as n from pg_stat_all_tables where relid = to_regclass(${literal(table(t))}) and current_setting('track_counts')::boolean`
  const reads: Record<string, string> = {}
  for (const t of u.tables) {
    const [row] = await hands.target.ask(u.tripwire ? timesRead(t) : scans(t))
    if (row) reads[t] = row['n']!
  }
  const [row] = await hands.target.ask(
    `select concat_ws(' ', (select stats_reset::text from pg_stat_database where datname = current_database()), pg_postmaster_start_time()::text) as reset`,
  )
  return { reads, reset: row!['reset']! }
}

function whyAnew(kept: Kept, now: Counters, at: number): string | undefined {
  if (at < kept.since) return 'the clock has gone back'
  if (now.reset !== kept.reset) return 'the counters of the server began anew (a restart, or they were reset)'
  const read = Object.keys(now.reads).filter((t) => now.reads[t] !== kept.reads[t])
  return read.length ? list(read.map((t) => `${t} was read ${BigInt(now.reads[t]!) - BigInt(kept.reads[t] ?? '0')} times`)) : undefined
}

async function anew(u: Unread, now: Counters, why: string | undefined, hands: Hands): Promise<Waiting> {
  const since = hands.clock.now()
  const found = why ? await readers(u, hands) : []
  await hands.memory.write({ since, ...now, ...(u.tripwire ? { behind: u.tables } : {}) } as unknown as Plain)
  return {
    waits: why ? `${why}: the ${u.shownFor} begin anew` : `${list(u.tables)} must not be read for ${u.shownFor}`,
    next: [...found, 'godwit run, then'],
    until: since + u.forMs,
  }
}

const readers = async (u: Unread, hands: Hands): Promise<string[]> => [
  ...(u.tripwire ? (await whoRead(u.tables, hands)).map((who) => `a reader was: ${who}`) : []),
  ...(await statementsNaming(u.tables, hands)).map((q) => `a reader may be: ${q}`),
]

/** Where statements are counted too: those that name one of the tables. */
async function statementsNaming(tables: readonly string[], hands: Hands): Promise<string[]> {
  const { literal } = wordsOf('postgres')
  const [there] = await hands.target.ask(
    `select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`,
  )
  if (!there) return []
  const names = tables.map((t) => literal(`\\m${t.slice(t.indexOf('.') + 1).replace(/\W/g, '\\$&')}\\M`))
  const rows = await hands.target
    .ask(
      `select left(regexp_replace(query, '\\s+', ' ', 'g'), 160) as query, calls::text as calls from ${there['schema']}.pg_stat_statements where query ~* any (array[${names.join(', ')}]) and query !~* 'pg_stat|godwit' order by calls desc limit 3`,
    )
    .catch(() => [])
  return rows.map((r) => `${r['query']} (${r['calls']} times)`)
}

const moment = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
