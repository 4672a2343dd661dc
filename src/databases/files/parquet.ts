// Parquet, read by DuckDB: columns as they are typed there.
import { contentWords, fileBroken, fileHeader, filesChanged } from '../../errors/files.ts'
import { contentOf, packedBytes, type Reading } from './bytes.ts'
import { type Duckdb, ident, literal } from './duckdb.ts'
import type { Located } from './folder.ts'
import type { Asked, FileColumn, Form } from './form.ts'
import { type ParquetType, parquetType } from './parquet-values.ts'
import { RowMaker } from './row.ts'

export const parquet: Form = {
  async columns(files, _, duckdb) {
    let first: readonly Described[] | undefined
    for (const file of files) {
      const columns = await described(await duckdb(), file)
      if (first && JSON.stringify(first) !== JSON.stringify(columns)) throw otherColumns(file, files[0]!)
      first ??= columns
    }
    return first!.map(({ name, type }): FileColumn => ({ name, type: parquetType(type).type, nullable: true }))
  },

  async *rows(asked) {
    yield* unchanged(asked, rowsOf(asked))
  },

  async count(asked) {
    const { file, columns } = asked
    const duckdb = await asked.duckdb()
    // that a page cannot be read shows when somebody reads it
    const all = ['count(*)', ...columns.map((c) => `count(${ident(c.name)})`)].join(', ')
    let rows = 0
    for await (const n of unchanged(asked, counted(duckdb, file, all))) rows = n
    return rows
  },
}

interface Described {
  readonly name: string
  readonly type: string
}

/** Brackets and stars of a name are no pattern. Folders called a=b are no columns. */
const from = ({ path }: Located, more = ''): string =>
  `read_parquet(${literal(path.replace(/[*?[]/g, '[$&]'))}, hive_partitioning = false, union_by_name = false${more})`

async function described(duckdb: Duckdb, file: Located): Promise<Described[]> {
  const rows = await orBroken(file, () => duckdb.all(`select '.' || column_name, column_type from (describe select * from ${from(file)})`))
  const columns = rows.map(([name, type]) => ({ name: name!.slice(1), type: type! }))
  const names = columns.map((c) => c.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw fileHeader({ file: file.name, why: `has two columns called '${twice}'`, hint: 'Write it anew.' })
  return columns
}

const otherColumns = (file: Located, first: Located): Error =>
  fileHeader({
    file: file.name,
    why: `does not have the columns of ${first.name}, with the same types in the same order`,
    hint: 'Files that are one table have the same columns. Declare others as a table of their own.',
  })

async function* counted(duckdb: Duckdb, file: Located, all: string): AsyncGenerator<number> {
  yield Number((await orBroken(file, () => duckdb.all(`select ${all} from ${from(file)}`)))[0]![0])
}

const ordinal = 'godwit nth'

async function* rowsOf({ file, wanted, columns, duckdb }: Asked) {
  const duck = await duckdb()
  const types = new Map((await described(duck, file)).map(({ name, type }) => [name, parquetType(type)]))
  const chosen = wanted.map((name) => types.get(name)!)
  const values = wanted.map((name, i) => chosen[i]!.asked(ident(name)))
  const numbered = columns.some((c) => c.name === 'file_row_number')
  if (numbered)
    throw fileHeader({
      file: file.name,
      why: "has a column called 'file_row_number', which DuckDB keeps for itself",
      hint: 'Write it anew under another name.',
    })
  const sql = `select ${['file_row_number', ...values].map((v, i) => `${v} as ${i ? `c${i}` : ident(ordinal)}`).join(', ')} from ${from(file, ', file_row_number = true')}`
  const maker = new RowMaker(file.name, wanted)
  const blocks = duck.blocks(sql)
  for (;;) {
    const block = await orBroken(file, () => blocks.next())
    if (block.done) return
    yield block.value.map(([n, ...given]) => {
      const nth = Number(n)
      const texts = given.map((v, i) => (v === null ? null : (chosen[i] as ParquetType).text(v)))
      const why = texts.includes(undefined) ? chosen[texts.indexOf(undefined)]!.reason : undefined
      return { ...maker.row(nth + 1, texts, (i) => Buffer.from((chosen[i]!.kept ?? String)(given[i]!)), why), nth }
    })
  }
}

/** DuckDB opens the file by its name, more than once: what it has read is what was there before and after. */
async function* unchanged<T>({ file, reading }: Pick<Asked, 'file' | 'reading'>, body: AsyncIterable<T>): AsyncGenerator<T> {
  await readBy(reading, file)
  yield* body
  const before = reading.content()
  const after = await contentOf(file)
  if (before.sha256 !== after.sha256)
    throw filesChanged({ changes: [{ file: file.name, was: contentWords(before), is: contentWords(after) }] })
}

async function readBy(reading: Reading, file: Located): Promise<void> {
  for await (const _ of packedBytes(file, reading));
}

async function orBroken<T>(file: Located, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (cause) {
    const said = (cause as Error).message.split('\n')[0]!
    throw fileBroken({ file: file.name, why: `cannot be read as Parquet: ${said.replaceAll(file.path, file.name)}`, cause })
  }
}
