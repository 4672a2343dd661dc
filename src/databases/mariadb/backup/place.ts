// A database of MariaDB that a backup is brought back to.
import { text } from 'node:stream/consumers'
import { restoreFailed, restoreRefused } from '../../../errors/backup.ts'
import { count } from '../../../text.ts'
import type { Kept, Place, Restored, Restoring, Survey } from '../../backup.ts'
import { quote } from '../connection.ts'
import { begunOf, forget, type Progress, progressOf } from './progress.ts'
import { linesOf, rowsInto } from './rows.ts'
import { type Asking, mode, session, type Table, tablesOf } from './session.ts'
import { catalogueFile, type KeptCatalogue, type Statement, statementsOf } from './statements.ts'

export class MariadbPlace implements Place {
  readonly name: string
  private readonly url: string
  private open: Asking | undefined

  constructor(url: string, name: string) {
    this.url = url
    this.name = name
  }

  async survey(kept: Kept, { tables, sha256 }: Pick<Restoring, 'tables' | 'sha256'>): Promise<Survey> {
    const s = await this.there()
    if (!s) return { makes: true, empty: [], full: [], resumes: false }
    const { tables: found } = await tablesOf(s)
    const [empty, full]: [string[], string[]] = [[], []]
    for (const t of chosen(await read(kept), kept, tables).filter((x) => found.some((f) => f.name === x.name)))
      ((await hasRows(s, t.name)) ? full : empty).push(`${this.name}.${t.name}`)
    return { makes: false, empty, full, resumes: (await begunOf(s)) === sha256 }
  }

  async restore(kept: Kept, { tables, sha256, tell, signal }: Restoring): Promise<Restored> {
    const s = (await this.there()) ?? (await this.made())
    const catalogue = await read(kept)
    const wanted = chosen(catalogue, kept, tables)
    const progress = await progressOf(s, sha256)
    const now = (await tablesOf(s)).tables.map((t) => t.name)
    const before = new Set(progress.noted<string[]>('before') ?? now)
    await progress.note('before', [...before])
    const made = new Set(progress.resumes ? (await statementsOf(s, await theseIn(s, wanted), !tables)).map((x) => x.what) : [])
    const mine = catalogue.statements.filter((x) =>
      x.of === undefined ? !tables : wanted.some((t) => t.name === x.of) && !before.has(x.of),
    )
    for (const x of mine.filter((m) => m.section === 'tables' && !made.has(m.what))) await carriedOut(s, x)
    for (const [n, t] of wanted.entries()) {
      signal.throwIfAborted()
      await this.rowsOf(s, kept, t, progress)
      tell(`rows of ${n + 1} of ${wanted.length} tables`)
    }
    for (const x of mine.filter((m) => m.section === 'last' && !made.has(m.what))) await carriedOut(s, x)
    const rows = wanted.reduce((sum, t) => sum + keptOf(kept, t).rows, 0)
    return { tables: wanted.length, rows, there: wanted.filter((t) => before.has(t.name)).map((t) => `table ${t.name}`), left: [] }
  }

  /** All rows of a table, or none: a table that was there keeps its triggers, and one with triggers is filled without them. */
  private async rowsOf(s: Asking, kept: Kept, t: Table, progress: Progress): Promise<void> {
    const there = await triggersOf(s, t)
    const triggers = progress.noted<Statement[]>(`triggers ${t.name}`) ?? there
    if (triggers.length) await progress.note(`triggers ${t.name}`, triggers)
    try {
      if (!progress.noted(`rows ${t.name}`)) await filled(s, kept, t, there, progress)
    } finally {
      const left = (await triggersOf(s, t)).map((x) => x.what)
      for (const x of triggers) if (!left.includes(x.what)) await carriedOut(s, x)
    }
  }

  async difference(kept: Kept, { tables }: Pick<Restoring, 'tables'>, restored: Restored): Promise<string | undefined> {
    const s = (await this.there())!
    const catalogue = await read(kept)
    const wanted = chosen(catalogue, kept, tables)
    for (const t of wanted) {
      const lines = linesOf(s, t)
      // what is read is digested on the way
      for await (const _ of lines.stream);
      const [is, had] = [lines.said(), keptOf(kept, t)]
      if (is.rows !== had.rows) return `${t.name} has ${count(is.rows)} rows, and had ${count(had.rows)}`
      if (is.digest !== had.digest) return `${t.name}: of its ${count(is.rows)} rows some are not what they were`
    }
    if (!tables && !restored.there.length) {
      const is = new Map((await statementsOf(s, wanted, !kept.scope.tables)).map((x) => [x.what, x.sql]))
      const other = catalogue.statements.find((x) => is.get(x.what) !== x.sql)
      if (other) return `${other.what} is not what it was`
    }
    // not before it was compared: killed until here, a restore goes on, and is compared after all
    await forget(s)
    return undefined
  }

  async close(): Promise<void> {
    await this.open?.close()
  }

  private async there(): Promise<Asking | undefined> {
    if (this.open) return this.open
    const s = await session(serverOf(this.url), this.name)
    try {
      const [found] = await s.ask(`select 1 from information_schema.schemata where schema_name = '${this.name.replaceAll("'", "''")}'`)
      if (found) this.open = await session(this.url, this.name)
    } finally {
      await s.close()
    }
    return this.open
  }

  private async made(): Promise<Asking> {
    const s = await session(serverOf(this.url), this.name)
    await s.ask(`create database ${quote(this.name)} character set utf8mb4`)
    await s.close()
    this.open = await session(this.url, this.name)
    return this.open
  }
}

/** Rows, and the note that they are there, in one transaction. */
async function filled(s: Asking, kept: Kept, t: Table, triggers: readonly Statement[], progress: Progress): Promise<void> {
  if (await hasRows(s, t.name)) throw restoreRefused({ tables: [t.name] })
  for (const x of triggers) await s.ask(`drop trigger ${quote(x.what.slice('trigger '.length))}`)
  await s.ask('start transaction')
  try {
    const of = keptOf(kept, t)
    const columns = t.columns.filter((c) => !c.generated)
    const rows = await rowsInto(s, t.name, columns, kept.open(of.file))
    if (rows !== of.rows) throw new Error(`${of.rows} rows were sent and ${rows} arrived`)
    await progress.note(`rows ${t.name}`, { rows })
    await s.ask('commit')
  } catch (cause) {
    await s.ask('rollback').catch(() => undefined)
    throw failed(`the rows of ${t.name}`, cause)
  }
}

const triggersOf = async (s: Asking, t: Table): Promise<Statement[]> =>
  (await statementsOf(s, [t], false)).filter((x) => x.section === 'last')

const theseIn = async (s: Asking, wanted: readonly Table[]): Promise<Table[]> =>
  (await tablesOf(s)).tables.filter((t) => wanted.some((w) => w.name === t.name))

const read = async (kept: Kept): Promise<KeptCatalogue> => JSON.parse(await text(kept.open(catalogueFile))) as KeptCatalogue
const nameOf = (id: string): string => id.slice(id.indexOf('.') + 1)
const keptOf = (kept: Kept, t: Table) => kept.tables.find((k) => nameOf(k.id) === t.name)!
const chosen = (catalogue: KeptCatalogue, kept: Kept, tables: readonly string[] | undefined): readonly Table[] =>
  catalogue.tables.filter((t) => !tables || tables.includes(keptOf(kept, t).id) || tables.includes(`public.${t.name}`))
const hasRows = async (s: Asking, table: string): Promise<boolean> => (await s.ask(`select 1 from ${quote(table)} limit 1`)).length > 0

function serverOf(url: string): string {
  const server = new URL(url)
  server.pathname = '/'
  return server.href
}

async function carriedOut(s: Asking, x: Statement): Promise<void> {
  try {
    if (x.mode !== undefined) await s.ask(`set session sql_mode = '${x.mode}'`)
    await s.ask(x.sql)
  } catch (cause) {
    throw failed(x.what, cause)
  } finally {
    if (x.mode !== undefined) await s.ask(`set session sql_mode = '${mode}'`)
  }
}

const failed = (what: string, cause: unknown) => restoreFailed({ what, said: (cause as Error).message, sqlstate: '', cause })
