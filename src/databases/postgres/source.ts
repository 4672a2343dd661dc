// Another Postgres as a source: binary COPY piped through as it is, out of one snapshot over several connections.
import { postgres } from '../../dialects/postgres.ts'
import type { Database, Session } from '../database.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { lookingAt } from './looking.ts'
import { ident, literal } from './names.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'
import { rowDigestFor } from './row-digest.ts'

export async function openPostgresSource(options: PostgresOptions): Promise<Source> {
  return sourceOf(await openPostgres({ ...options, readOnly: true }))
}

const sourceOf = (db: Database): Source => ({
  name: db.name,
  schema: (only) => db.schema(only),
  close: () => db.close(),
  async extent(table, key) {
    const ends = key === undefined ? 'null::text as lo, null::text as hi' : `min(${ident(key)})::text as lo, max(${ident(key)})::text as hi`
    const { rows } = await db.session((s) => s.query(`select count(*)::text as n, ${ends} from ${postgres.table(table)}`))
    return { rows: rows[0]!['n']!, lo: rows[0]!['lo']!, hi: rows[0]!['hi']! }
  },
  send: (what, here, streams) => send(db, what, here, streams),
  looking: async () => lookingAt(db),
})

type Here = Parameters<Source['send']>[1]
const snapshot = { isolation: 'repeatable read', readOnly: true } as const

function send(db: Database, what: Sending, here: Here, streams: number): Promise<Sent> {
  const table = postgres.table(what.table)
  const names = what.columns.map((c) => ident(c.name)).join(', ')
  // what the other server has made for itself goes as the text that the copy has for it
  const values = what.columns.map((c) => `(t.${ident(c.name)})::${postgres.typeName(c.type)} as ${ident(c.name)}`).join(', ')
  const into = `copy ${what.copy} (${names}) from stdin (format binary)`
  const stream = (from: Session, where: string) =>
    from.messagesOut(`copy (select ${values} from ${table} t${where}) to stdout (format binary)`, (messages) =>
      here((s) => s.messagesIn(into, messages)),
    )
  return db.session((lead) =>
    lead.transaction(async (tx) => {
      const asked = await rowDigestFor(tx, here, what.columns)
      const digest = async (s: Session) => (await s.query(asked(`(select ${values} from ${table} t)`))).rows[0]!
      const [first, ...more] = await partsOf(tx, table, streams)
      const id = more.length ? (await tx.query('select pg_export_snapshot() as id')).rows[0]!['id']! : ''
      const beside = <T>(work: (other: Session) => Promise<T>) =>
        db.session((s) =>
          s.transaction(async (other) => {
            await other.query(`set transaction snapshot ${literal(id)}`)
            return work(other)
          }, snapshot),
        )
      // who may have several streams may have the digest beside them
      const early = more.length ? beside(digest) : undefined
      const [there] = await Promise.all([early, stream(tx, first!), ...more.map((where) => beside((other) => stream(other, where)))])
      const { rows, digest: sum } = there ?? (await digest(tx))
      return { rows: rows!, digest: sum!, asked: asked(what.copy) }
    }, snapshot),
  )
}

/** Below this a second stream costs more than it brings. */
const worthSplitting = 32 * 1024 * 1024

/** Stretches of the table's pages, one for each stream; a small table, or what is no table, in one. */
async function partsOf(tx: Session, table: string, streams: number): Promise<string[]> {
  if (streams < 2) return ['']
  const { rows } = await tx.query(
    `select (pg_relation_size(c.oid) / current_setting('block_size')::bigint)::text as pages, pg_relation_size(c.oid)::text as bytes from pg_class c where c.oid = to_regclass($1) and c.relkind = 'r'`,
    [table],
  )
  const [pages, bytes] = [Number(rows[0]?.['pages'] ?? 0), Number(rows[0]?.['bytes'] ?? 0)]
  if (bytes < worthSplitting) return ['']
  const cut = (n: number) => Math.floor((pages * n) / streams)
  return Array.from({ length: streams }, (_, n) => {
    const from = n === 0 ? [] : [`t.ctid >= '(${cut(n)},0)'`]
    const to = n === streams - 1 ? [] : [`t.ctid < '(${cut(n + 1)},0)'`]
    return ` where ${[...from, ...to].join(' and ')}`
  })
}
