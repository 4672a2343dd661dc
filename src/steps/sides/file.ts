// Files that appear: each that has not been in a pair yet is one output.
import { type Output, outputOfRows, outputOfText } from '../../shadow/output.ts'
import type { FileThere } from '../hands.ts'
import { type Asked, type NotYet, placed, type Read, ranBy, type Side } from './side.ts'

export interface FileSide {
  /** A file of the project, or a glob; .json, .ndjson, .csv and .parquet are read. */
  readonly file: string
}

export function fileSide({ file }: FileSide): Side {
  const by = `file ${file.replace(/^(\.\/)+/, '')}`
  return {
    says: `files ${file}`,
    by,
    params: { file },
    run: (asked) => ranBy(by, asked, () => newest(placed(file, asked), asked)),
  }
}

/** In the order of their names; where the sides tell what they were made from, the one that was made from the same. */
async function newest(pattern: string, asked: Asked): Promise<Read | NotYet> {
  const fresh = (await asked.hands.files.list(pattern)).filter((f) => !asked.used.has(f.mark))
  if (!fresh.length) return { notYet: `nothing new is in ${pattern}` }
  if (asked.wanted === undefined) return { output: await outputOf(fresh[0]!, asked), mark: fresh[0]!.mark }
  const all = await Promise.all(fresh.map(async (f) => ({ output: await outputOf(f, asked), mark: f.mark })))
  return all.find(({ output }) => output.input === asked.wanted) ?? all[0]!
}

async function outputOf(file: FileThere, { hands, told }: Asked): Promise<Output> {
  const read = await hands.files.read(file.name)
  return 'text' in read ? outputOfText(read.text, told) : outputOfRows(read.rows, told)
}
