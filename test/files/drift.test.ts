// Files that change while they are read, and what the configuration may say of them.
import { appendFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/databases/database.ts'
import type { FileTables } from '../../src/databases/files/declared.ts'
import { openFilesSource } from '../../src/databases/files/source.ts'
import { errorOf, loaded } from '../config/project.ts'
import { folderOf } from './place.ts'

/** Longer than what is read at once. */
const rows = (n: number, of = 'value') => Array.from({ length: n }, (_, i) => `${i},${of} ${i}\n`)
const csv = (n = 20_000) => `id,v\n${rows(n).join('')}`

/** Reads all of a table, and does something as soon as the first rows are there. */
async function reading(dir: string, tables: FileTables, meanwhile: () => void): Promise<string[]> {
  const source = await openFilesSource(dir, 'exports', tables)
  try {
    const id = 'files.t'
    const live = (await source.schema([id])).tables.get(id)!
    const contents = await source.contents!(id)
    const lines: string[] = []
    const copyIn = async (_: string, given: AsyncIterable<string> | Iterable<string>) => {
      for await (const some of given) {
        if (!lines.length) meanwhile()
        lines.push(...some.split('\n').filter(Boolean))
      }
      return lines.length
    }
    await source.send(
      { table: id, columns: live.columns, key: ['row'], copy: 'copy', contents },
      (body) => body({ copyIn } as Partial<Session> as Session),
      1,
    )
    return lines
  } finally {
    await source.close()
  }
}

async function readAll(_: string, given: AsyncIterable<string> | Iterable<string>): Promise<number> {
  let n = 0
  for await (const some of given) n += some.length
  return n
}

const changed = (file: string) => ({
  code: 'GW_FILE_CHANGED',
  message: expect.stringMatching(new RegExp(`^${file} has changed: it was [\\d,]+ bytes with SHA-256 .* and is `)),
})

describe('while it is read', () => {
  test('a file that changes further on stops the reading', async () => {
    using folder = folderOf({ 't.csv': csv() })
    const file = path.join(folder.dir, 't.csv')
    await expect(
      reading(folder.dir, { t: 't.csv' }, () => writeFileSync(file, csv().replace('value 19999', 'VALUE 19999'))),
    ).rejects.toMatchObject(changed('t.csv'))
  })

  test('so does one that is added to, or cut off', async () => {
    using folder = folderOf({ 't.csv': csv() })
    const file = path.join(folder.dir, 't.csv')
    await expect(reading(folder.dir, { t: 't.csv' }, () => appendFileSync(file, '20000,more\n'))).rejects.toMatchObject(changed('t.csv'))
    writeFileSync(file, csv())
    await expect(reading(folder.dir, { t: 't.csv' }, () => writeFileSync(file, csv(15_000)))).rejects.toMatchObject({
      code: 'GW_FILE_CHANGED',
    })
  })

  test('the second of two files as well', async () => {
    using folder = folderOf({ 'a.csv': csv(), 'b.csv': csv() })
    await expect(
      reading(folder.dir, { t: '?.csv' }, () => writeFileSync(path.join(folder.dir, 'b.csv'), csv().replace('value 5', 'VALUE 5'))),
    ).rejects.toMatchObject(changed('b.csv'))
  })

  test('a file that comes or goes between plan and reading is told', async () => {
    using folder = folderOf({ 'a.csv': csv(), 'b.csv': csv() })
    const contents = [{ name: 'a.csv', bytes: csv().length, sha256: '' }]
    const source = await openFilesSource(folder.dir, 'exports', { t: '?.csv' })
    const send = (of: typeof contents) =>
      source.send(
        { table: 'files.t', columns: [], key: [], copy: 'copy', contents: of },
        (body) => body({ copyIn: readAll } as Partial<Session> as Session),
        1,
      )
    await expect(send(contents)).rejects.toMatchObject({
      code: 'GW_FILE_CHANGED',
      message: expect.stringMatching(/^b\.csv has changed: it was not there/),
    })
    const all = [...(await source.contents!('files.t'))!, { name: 'c.csv', bytes: 1, sha256: '' }]
    await expect(send(all)).rejects.toMatchObject({
      code: 'GW_FILE_CHANGED',
      message: expect.stringMatching(/^c\.csv has changed: .*and is not there/),
    })
    await source.close()
  })

  test('what was read already is what was planned', async () => {
    using folder = folderOf({ 't.csv': csv() })
    const lines = await reading(folder.dir, { t: 't.csv' }, () =>
      writeFileSync(path.join(folder.dir, 't.csv'), csv().replace('value 3', 'VALUE 3')),
    )
    expect(lines.slice(2, 5).map((l) => l.split('\t')[2])).toEqual(['value 2', 'value 3', 'value 4'])
  })

  test('Parquet', async () => {
    using folder = folderOf()
    const file = path.join(folder.dir, 't.parquet')
    const duckdb = await DuckDBInstance.create(':memory:')
    const connection = await duckdb.connect()
    const write = () => connection.run(`copy (select i, 'v' || i as v from range(50000) r(i)) to '${file}' (format parquet)`)
    await write()
    expect((await reading(folder.dir, { t: 't.parquet' }, () => {})).length).toBe(50_000)
    await expect(reading(folder.dir, { t: 't.parquet' }, () => appendFileSync(file, 'x'))).rejects.toMatchObject(changed('t.parquet'))
    connection.closeSync()
    duckdb.closeSync()
  })
})

describe('what the configuration says of files', () => {
  const exports_ = (text: string) => `{ sources: { exports: ${text} } }`
  const good = [
    "'files:exports'",
    "{ files: 'exports' }",
    "{ files: '${EXPORTS:-exports}', tables: { t: '*.csv', u: { file: 'u.txt', format: 'csv', delimiter: '\\t', quote: '', header: false, null: ['', 'NULL'], encoding: 'latin-1', key: ['column1'] } } }",
  ]
  test.each(good)('%s is taken', async (text) => {
    const config = await loaded(exports_(text))
    expect(config.sources).toMatchObject([{ name: 'exports', address: { engine: 'files', database: 'exports' } }])
  })

  test.each([
    ['{}', 'sources.exports must say either database or files: where its rows are.'],
    ["{ files: 'a', database: 'sqlite:b' }", 'sources.exports must say either database or files: where its rows are.'],
    ["{ database: 'embedded', tables: {} }", 'sources.exports.tables belongs to a folder of files: to files.'],
    ["{ files: 'a', load: ['x.sql'] }", 'sources.exports.load belongs to a database: to database.'],
    ["{ files: 'a', tabels: {} }", "sources.exports.tabels is not a key that Godwit knows. Did you mean 'tables'?"],
    [
      "{ files: 'a', tables: { t: { file: 't.csv', delimeter: ';' } } }",
      "sources.exports.tables.t.delimeter is not a key that Godwit knows. Did you mean 'delimiter'?",
    ],
    ["{ files: 'a', tables: { t: { format: 'csv' } } }", 'sources.exports.tables.t.file must be a file name or a glob'],
    [
      "{ files: 'a', tables: { t: { file: 't.csv', delimiter: ';;' } } }",
      'sources.exports.tables.t.delimiter must be one character of ASCII',
    ],
    [
      "{ files: 'a', tables: { t: { file: 't.csv', encoding: 'cp1252' } } }",
      'sources.exports.tables.t.encoding must be one of utf-8, utf-16',
    ],
    [
      "{ files: 'a', tables: { t: { file: 't.xls', format: 'excel' } } }",
      'sources.exports.tables.t.format must be one of csv, ndjson, json, parquet',
    ],
    ["{ files: 'a', tables: { t: { file: '${X}' } } }", 'cannot hold ${…}'],
  ])('%s is refused', async (text, message) => {
    expect((await errorOf(loaded(exports_(text)))).message).toContain(message)
  })
})
