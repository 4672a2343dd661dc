// SQL run on a copy of the schema that is thrown away: what each statement really locks, reads and writes anew, and whether it is refused.
import pg from 'pg'
import { lintHistory } from '../../../errors/lint.ts'
import type { Asked } from '../../../lint/judge.ts'
import { read, type Statement } from '../../../lint/read.ts'
import { keepsOut, type Seen } from '../../../lint/seen.ts'
import { type Look, look, type There, whatIsThere } from './look.ts'
import { fillTables } from './rows.ts'

export interface Traced {
  readonly seen: readonly Seen[]
  /** Whether tables had rows: not where those that were made up stood in the way. */
  readonly filled: boolean
}

/** A database that is empty, and of which nothing is kept. */
export interface Copy {
  readonly url: string
  /** There is a session of ours on it. */
  taken?(): Promise<void>
  drop(): Promise<void>
}

export async function traceSql(fresh: () => Promise<Copy>, asked: Asked): Promise<Traced> {
  const seen = await onFresh(fresh, asked, true)
  return seen ? { seen, filled: true } : { seen: (await onFresh(fresh, asked, false)) ?? [], filled: false }
}

async function onFresh(fresh: () => Promise<Copy>, asked: Asked, filled: boolean): Promise<Seen[] | undefined> {
  const database = await fresh()
  const client = new pg.Client({ connectionString: database.url, application_name: 'godwit lint' })
  client.on('error', () => {})
  try {
    await client.connect()
    await database.taken?.()
    await replay(client, asked)
    if (filled) await fillTables(client)
    return await new Watched(client, await whatIsThere(client)).run(asked, filled)
  } finally {
    await client.end()
    await database.drop()
  }
}

const textOf = (sql: string, s: Statement): string => sql.slice(s.from, s.to)

/** It would wait for rows that nobody sends. */
const wantsRows = ({ kind, node }: Statement): boolean => kind === 'CopyStmt' && !node.filename && node.is_from === true

async function replay(client: pg.Client, { history, zone }: Asked): Promise<void> {
  for (const sql of history)
    for (const s of read(sql)) {
      if (wantsRows(s)) continue
      await client.query(textOf(sql, s)).catch((problem: Error) => {
        throw lintHistory({ statement: textOf(sql, s), why: problem.message, cause: problem })
      })
    }
  await client.query('reset all')
  if (zone !== undefined) await client.query(`select set_config('timezone', $1, false)`, [zone])
}

/** "cannot run inside a transaction block", and "invalid transaction termination". */
const alone = ['25001', '2D000']
/** What a value is wrong with, but for a NULL where there may be none: real rows may have others. */
const ofValues = (problem: pg.DatabaseError): boolean => /^2[23]/.test(problem.code ?? '') && problem.code !== '23502'

const changesRows = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'SelectStmt', 'CreateTableAsStmt']

/** Somebody waits while it is read: for this table, or for another that was closed before. Nobody writes a view. */
function waitedFor(table: string, s: Statement, before: Look, after: Look, { views }: There): boolean {
  const closed = changesRows.includes(s.kind) || views.has(table) ? (mode: string) => mode === 'ACCESS EXCLUSIVE' : keepsOut
  const already = before.locks.some((h) => h.mode === 'ACCESS EXCLUSIVE' && !views.has(h.table))
  return already || after.locks.some((h) => h.table === table && closed(h.mode))
}

class Watched {
  private readonly client: pg.Client
  private readonly known: There
  private within = false
  constructor(client: pg.Client, known: There) {
    this.client = client
    this.known = known
  }

  /** Undefined where a value that was made up is what it stumbled over. */
  async run({ sql, inTransaction }: Asked, filled: boolean): Promise<Seen[] | undefined> {
    if (inTransaction) await this.begin()
    const seen: Seen[] = []
    for (const s of read(sql)) {
      if (wantsRows(s)) continue
      const one = await this.one(s, textOf(sql, s))
      if (one instanceof pg.DatabaseError) {
        if (filled && ofValues(one)) return undefined
        seen.push({ from: s.from, to: s.to, refused: one.message, locks: undefined, rewritten: [], scanned: [] })
        // nobody knows what those behind it would have met
        break
      }
      seen.push(one)
    }
    return seen
  }

  private async begin(): Promise<void> {
    await this.client.query('begin')
    this.within = true
  }

  private async one(s: Statement, text: string): Promise<Seen | pg.DatabaseError> {
    if (s.kind === 'TransactionStmt') return this.ends(s, text)
    if (this.within) return this.watched(s, text)
    await this.client.query('begin')
    const found = await this.watched(s, text)
    if (!(found instanceof pg.DatabaseError)) {
      const ended = await this.tried('commit')
      return ended ?? found
    }
    await this.client.query('rollback')
    return alone.includes(found.code ?? '') ? this.unwatched(s, text) : found
  }

  private async ends(s: Statement, text: string): Promise<Seen | pg.DatabaseError> {
    const problem = await this.tried(text)
    if (problem) return problem
    if (/BEGIN|START/.test(s.node.kind)) this.within = true
    else if (/STMT_(COMMIT|ROLLBACK|PREPARE)$/.test(s.node.kind)) this.within = false
    return { from: s.from, to: s.to, refused: undefined, locks: [], rewritten: [], scanned: [] }
  }

  private async tried(text: string): Promise<pg.DatabaseError | undefined> {
    try {
      await this.client.query(text)
      return undefined
    } catch (problem) {
      if (problem instanceof pg.DatabaseError) return problem
      throw problem
    }
  }

  private async watched(s: Statement, text: string): Promise<Seen | pg.DatabaseError> {
    const before = await look(this.client, this.known)
    const problem = await this.tried(text)
    if (problem) return problem
    const after = await look(this.client, this.known)
    return {
      from: s.from,
      to: s.to,
      refused: undefined,
      locks: after.locks,
      rewritten: this.rewritten(s, before, after),
      scanned: this.scanned(before, after).filter((table) => waitedFor(table, s, before, after, this.known)),
    }
  }

  /** What runs in no transaction lets go of its locks before it answers. */
  private async unwatched(s: Statement, text: string): Promise<Seen | pg.DatabaseError> {
    const before = await look(this.client, this.known)
    const problem = await this.tried(text)
    if (problem) return problem
    const after = await look(this.client, this.known)
    return { from: s.from, to: s.to, refused: undefined, locks: undefined, rewritten: this.rewritten(s, before, after), scanned: [] }
  }

  /** TRUNCATE gives a table another file too, which nobody writes. */
  private rewritten({ kind }: Statement, before: Look, after: Look): string[] {
    if (kind === 'TruncateStmt') return []
    return [...after.files].flatMap(([oid, file]) =>
      before.files.get(oid) !== file && this.known.names.has(oid) ? [this.known.names.get(oid)!] : [],
    )
  }

  /** From one end to the other: not what stopped at the first row that it found. */
  private scanned(before: Look, after: Look): string[] {
    return [...after.reads].flatMap(([oid, { times, rows }]) => {
      const was = before.reads.get(oid) ?? { times: 0, rows: 0 }
      const all = times > was.times && rows - was.rows >= (this.known.rows.get(oid) ?? 0)
      return all && this.known.names.has(oid) ? [this.known.names.get(oid)!] : []
    })
  }
}
