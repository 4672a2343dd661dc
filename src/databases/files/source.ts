// A folder of files as a source: each table is one file or several, read as they are, and refused where they are not what was planned.

import { statSync } from 'node:fs'
import { contentWords, fileHeader, fileRow, filesChanged } from '../../errors/files.ts'
import { tableMissing } from '../../errors/plan.ts'
import type { Content } from '../../schema/content.ts'
import type { LiveColumn, LiveSchema, LiveTable } from '../../schema/schema.ts'
import { ownPrefix, reasonKey, type Unread, unreadRows } from '../../schema/unread.ts'
import { didYouMean } from '../../text.ts'
import { bareTable } from '../bare.ts'
import { Lines } from '../lines.ts'
import type { Sending, Sent, Source } from '../source.ts'
import { Reading } from './bytes.ts'
import type { FileTables } from './declared.ts'
import { type Duckdb, openDuckdb } from './duckdb.ts'
import { type Declared, type Folder, filesOf, type Located, openFolder, tablesOf } from './folder.ts'
import type { FileColumn } from './form.ts'
import { forms } from './forms.ts'
import { lookingAtCopies } from './looking.ts'
import type { FileRow } from './row.ts'

const schemaName = 'files'
/** The number of a row, where nothing is declared that tells the rows apart. */
const rowKey = 'row'

export async function openFilesSource(folder: string, shown: string, declared?: FileTables): Promise<Source> {
  return new Files(openFolder(folder, shown), declared)
}

interface Survey {
  readonly rows: number
  readonly contents: readonly Content[]
}

class Files implements Source {
  readonly name: string
  private readonly folder: Folder
  private readonly tables: ReadonlyMap<string, Declared>
  private readonly surveys = new Map<string, { readonly state: string; readonly found: Promise<Survey> }>()
  private opened: Promise<Duckdb> | undefined
  private readonly copies: ReturnType<typeof lookingAtCopies>[] = []

  constructor(folder: Folder, declared: FileTables | undefined) {
    this.name = folder.shown
    this.folder = folder
    this.tables = tablesOf(folder, declared)
  }

  async schema(only?: readonly string[]): Promise<LiveSchema> {
    const tables = new Map<string, LiveTable>()
    for (const name of this.tables.keys()) {
      const id = `${schemaName}.${name}`
      if (!only || only.includes(id)) tables.set(id, await this.liveTable(name))
    }
    return { serverVersion: 0, database: this.name, user: '', tables }
  }

  async extent(table: string, key: string | undefined) {
    const { rows } = await this.survey(table)
    const numbered = key === rowKey && this.table(table).key === undefined && rows > 0
    return { rows: String(rows), lo: numbered ? '1' : null, hi: numbered ? String(rows) : null }
  }

  async contents(table: string): Promise<readonly Content[]> {
    return (await this.survey(table)).contents
  }

  async send(what: Sending, here: Parameters<Source['send']>[1]): Promise<Sent> {
    const lines = new Lines(what)
    await here((s) => s.copyIn(lines.into, this.lines(what, lines)))
    return lines.sent()
  }

  looking(tables: readonly string[]): ReturnType<typeof lookingAtCopies> {
    const copies = lookingAtCopies(this, tables)
    this.copies.push(copies)
    return copies
  }

  async close(): Promise<void> {
    for (const c of this.copies) await c.then((made) => made.close()).catch(() => undefined)
    await this.opened?.then((d) => d.close()).catch(() => undefined)
  }

  private readonly duckdb = (): Promise<Duckdb> => (this.opened ??= openDuckdb([this.folder.root]))

  private table(id: string): Declared {
    const found = this.tables.get(id.slice(schemaName.length + 1))
    if (!found)
      throw tableMissing({
        table: id,
        near: didYouMean(
          id,
          [...this.tables.keys()].map((t) => `${schemaName}.${t}`),
        ),
        at: undefined,
      })
    return found
  }

  private async columns(id: string, files: readonly Located[]): Promise<readonly FileColumn[]> {
    const as = this.table(id)
    const columns = await forms[as.format].columns(files, as, this.duckdb)
    refuseNames(files[0]!, columns, as)
    return columns
  }

  private async liveTable(name: string): Promise<LiveTable> {
    const id = `${schemaName}.${name}`
    const as = this.table(id)
    const columns = await this.columns(id, filesOf(this.folder, as))
    const row: LiveColumn = { name: rowKey, type: { name: 'int8' }, nullable: false }
    const primaryKey = as.key ?? [rowKey]
    return bareTable({
      id,
      schema: schemaName,
      name,
      kind: 'table',
      owner: this.name,
      columns: [...(as.key ? [] : [row]), ...columns.map((c) => ({ ...c, nullable: !primaryKey.includes(c.name) }))],
      primaryKey,
    })
  }

  /** Once for as long as the files look the same; that they are is known when they are read for good. */
  private survey(id: string): Promise<Survey> {
    const files = filesOf(this.folder, this.table(id))
    const state = JSON.stringify(files.map(({ path }) => stateOf(path)))
    const there = this.surveys.get(id)
    if (there?.state === state) return there.found
    const found = this.surveyed(id, files)
    this.surveys.set(id, { state, found })
    return found
  }

  private async surveyed(id: string, files: readonly Located[]): Promise<Survey> {
    const as = this.table(id)
    const columns = await this.columns(id, files)
    const contents: Content[] = []
    let rows = 0
    for (const file of files) {
      const reading = new Reading(file)
      rows += await forms[as.format].count({ file, as, columns, wanted: [], reading, duckdb: this.duckdb })
      contents.push(reading.content())
    }
    return { rows, contents }
  }

  private async *lines(what: Sending, lines: Lines): AsyncGenerator<string> {
    const as = this.table(what.table)
    const files = filesOf(this.folder, as)
    refuseOthers(what, files)
    const columns = await this.columns(what.table, files)
    const names = what.columns.map((c) => c.name)
    const at = as.key ? -1 : names.indexOf(rowKey)
    const wanted = names.filter((_, i) => i !== at)
    let before = 0
    for (const file of files) {
      const reading = new Reading(file)
      let here = 0
      for await (const rows of forms[as.format].rows({ file, as, columns, wanted, reading, duckdb: this.duckdb })) {
        if (rows.length) yield rows.map((row, i) => lineOf(row, before + (row.nth ?? here + i) + 1, at, what, file, lines)).join('')
        here += rows.length
      }
      before += here
      refuseOther(what, reading.content())
    }
  }
}

function lineOf(row: FileRow, number: number, at: number, what: Sending, file: Located, lines: Lines): string {
  const { texts, kept } = row
  if (at >= 0) texts.splice(at, 0, String(number))
  if (!kept) return lines.line(texts)
  const why = kept[reasonKey] as Unread | undefined
  const lost = what.key.filter((name) => texts[what.columns.findIndex((c) => c.name === name)] === null)
  if (lost.length && (why !== undefined || lost.some((name) => name in kept)))
    throw fileRow({ file: file.name, line: row.line, why: unreadRows[why ?? 'ENCODING'], key: lost })
  return lines.keeping(texts, Object.entries(kept))
}

function stateOf(path: string): string[] {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].map(String)
}

/** Postgres keeps 63 bytes of a name. */
const longestName = 63

function refuseNames(file: Located, columns: readonly FileColumn[], as: Declared): void {
  const names = columns.map((c) => c.name)
  const wrong = (why: string, hint: string) => fileHeader({ file: file.name, why, hint })
  const long = names.find((n) => Buffer.byteLength(n) > longestName || n.includes('\0') || n.startsWith(ownPrefix))
  if (long !== undefined)
    throw wrong(
      `has a column called '${long}', which Postgres or Godwit cannot`,
      `A name has at most ${longestName} bytes, no NUL, and does not begin with '${ownPrefix}'.`,
    )
  if (!as.key && names.includes(rowKey))
    throw wrong(
      `has a column called '${rowKey}', as Godwit calls the number of a row`,
      `Say what tells the rows apart: key: ['${rowKey}'], or other columns, for this table under sources in godwit.config.ts.`,
    )
  const missing = as.key?.find((k) => !names.includes(k))
  if (missing !== undefined) throw wrong(`has no column '${missing}', which is declared as its key`, `It has ${names.join(', ')}.`)
}

// ── what was planned ─────────────────────────────────────────────────────────────────────────

/** Before anything is read: files that have come or gone, or have another size. */
function refuseOthers({ contents }: Sending, files: readonly Located[]): void {
  if (!contents) return
  const size = (file: Located | undefined) => (file ? Number(statSync(file.path).size) : undefined)
  const names = new Set([...contents, ...files].map((f) => f.name))
  const changes = [...names].flatMap((name) => {
    const was = contents.find((c) => c.name === name)
    const is = size(files.find((f) => f.name === name))
    return was?.bytes === is ? [] : [{ file: name, was: contentWords(was), is: is === undefined ? 'not there' : `${is} bytes` }]
  })
  if (changes.length) throw filesChanged({ changes })
}

/** What was read, and not what is there now. */
function refuseOther({ contents }: Sending, read: Content): void {
  const was = contents?.find((c) => c.name === read.name)
  if (was && was.sha256 !== read.sha256)
    throw filesChanged({ changes: [{ file: read.name, was: contentWords(was), is: contentWords(read) }] })
}
