// Files of a project that are read whole: small ones, that programs leave for one another.

import { isUtf8 } from 'node:buffer'
import { statSync } from 'node:fs'
import { fileBroken } from '../../errors/files.ts'
import { outputTooLong } from '../../errors/steps.ts'
import { reasonKey, type Unread, unreadRows } from '../../schema/unread.ts'
import { bytesOf, contentOf, Reading } from './bytes.ts'
import type { FileTable, Format } from './declared.ts'
import { type Duckdb, openDuckdb } from './duckdb.ts'
import { filesOf, type Located, openFolder, tablesOf } from './folder.ts'
import { forms } from './forms.ts'
import type { FileRow } from './row.ts'

const mostBytes = 16 * 1024 * 1024

export interface FoundFile {
  readonly name: string
  /** Another one wherever the file was written again. */
  readonly mark: string
}
export type FileText = Readonly<Record<string, string | null>>

/** In the order of their names; none where nothing is there. */
export function filesThere(root: string, pattern: string): FoundFile[] {
  return located(root, pattern).map(({ name, path }) => {
    const { mtimeNs, size } = statSync(path, { bigint: true })
    return { name, mark: `${name} ${mtimeNs} ${size}` }
  })
}

export const digestOfFile = async (root: string, name: string): Promise<string> => (await contentOf(one(root, name))).sha256

/** JSON as it is written, and of other forms the rows. */
export async function readWhole(root: string, name: string): Promise<{ text: string } | { rows: FileText[] }> {
  const file = one(root, name)
  const as = tablesOf(openFolder(root, '.'), { file: { file: name } }).get('file')!
  return as.format === 'json' ? { text: await textIn(file) } : { rows: await rowsIn(root, file, as) }
}

function located(root: string, pattern: string): readonly Located[] {
  try {
    return filesOf(openFolder(root, '.'), { file: pattern })
  } catch (error) {
    if ((error as { code?: string }).code === 'GW_SOURCE_FILE') return []
    throw error
  }
}

const one = (root: string, name: string): Located => filesOf(openFolder(root, '.'), { file: name })[0]!

async function textIn(file: Located): Promise<string> {
  const blocks: Buffer[] = []
  let bytes = 0
  for await (const block of bytesOf(file, new Reading(file))) {
    bytes += block.length
    if (bytes > mostBytes) throw tooLong(file)
    blocks.push(block)
  }
  const whole = Buffer.concat(blocks)
  if (!isUtf8(whole)) throw fileBroken({ file: file.name, why: 'is not UTF-8' })
  return whole.toString('utf8').replace(/^\ufeff/, '')
}

const tooLong = ({ name }: Located): Error => outputTooLong({ program: name, which: 'contents', most: mostBytes })

async function rowsIn(root: string, file: Located, as: FileTable & { readonly format: Format }): Promise<FileText[]> {
  let opened: Promise<Duckdb> | undefined
  const duckdb = () => (opened ??= openDuckdb([root]))
  try {
    const columns = await forms[as.format].columns([file], as, duckdb)
    const wanted = columns.map((c) => c.name)
    const rows: FileText[] = []
    let size = 0
    for await (const some of forms[as.format].rows({ file, as, columns, wanted, reading: new Reading(file), duckdb })) {
      for (const row of some) {
        rows.push(textsOf(file, row, wanted))
        size += row.texts.reduce((n, text) => n + (text?.length ?? 0), 0)
      }
      if (size > mostBytes) throw tooLong(file)
    }
    return rows
  } finally {
    await opened?.then((d) => d.close()).catch(() => undefined)
  }
}

function textsOf(file: Located, { line, texts, kept }: FileRow, names: readonly string[]): FileText {
  if (kept) throw fileBroken({ file: file.name, line, why: unreadRows[(kept[reasonKey] ?? 'ENCODING') as Unread] })
  return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? null]))
}
