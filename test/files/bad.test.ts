// Files that are not as they should be: each row that cannot be read is in quarantine with its line, or the file is refused by name and line.
// What was read is counted here by other means than those that read it.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { FileTable } from '../../src/databases/files/declared.ts'
import { openFilesSource } from '../../src/databases/files/source.ts'
import { arrived, type Files, folderOf } from './place.ts'

const t = (file: string, more: Partial<FileTable> = {}) => ({ t: { file, ...more } })
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('a row that cannot be read is kept whole, and the others go', () => {
  const kept = (reason: string, place: string, row: string) => ({ 'godwit reason': reason, 'godwit place': place, 'godwit row': row })

  test.each<[string, string | Uint8Array, Partial<FileTable>, object]>([
    ['too few fields', 'a,b\n1,x\n2\n3,z\n', {}, kept('CSV_RAGGED', 't.csv:3', '2')],
    ['too many fields', 'a,b\n1,x\n2,y,"z\nz"\n3,z\n', {}, kept('CSV_RAGGED', 't.csv:3', '2,y,"z\nz"')],
    ['too many fields, all empty', 'a,b\n1,x\n2,y,\n3,z\n', {}, kept('CSV_RAGGED', 't.csv:3', '2,y,')],
    ['a quote within a field', 'a,b\n1,x\n2,5" pipe\n3,z\n', {}, kept('CSV_QUOTE', 't.csv:3', '2,5" pipe')],
    ['text behind a closing quote', 'a,b\n1,x\n"2"x,y\r\n3,z\n', {}, kept('CSV_QUOTE', 't.csv:3', '"2"x,y')],
    ['a blank before a quote', 'a,b\n1,x\n2, "y"\n3,z\n', {}, kept('CSV_QUOTE', 't.csv:3', '2, "y"')],
    ['a ragged row that is no text', latin1('a,b\n1,x\n\xff\n3,z\n'), {}, kept('CSV_RAGGED', 't.csv:3', '\\xff')],
    ['a ragged row with NUL', 'a,b\n1,x\n\0\n3,z\n', {}, kept('CSV_RAGGED', 't.csv:3', '\\x00')],
    ['bytes that are no UTF-8', latin1('a,b\n1,x\n2,caf\xe9\n3,z\n'), {}, { b: '\\x636166e9', 'godwit place': 't.csv:3' }],
    ['half of a UTF-8 character', latin1('a,b\n1,x\n2,"\xf0\x9f"\n3,z\n'), {}, { b: '\\xf09f', 'godwit place': 't.csv:3' }],
    [
      'a byte that the encoding leaves open',
      latin1('a,b\n1,x\n2,\x81\n3,z\n'),
      { encoding: 'windows-1252' },
      { b: '\\x81', 'godwit place': 't.csv:3' },
    ],
    [
      'half a pair of UTF-16',
      Buffer.from('a,b\n1,x\n2,\ud800\n3,z\n', 'utf16le'),
      { encoding: 'utf-16' },
      { b: '\\xeda080', 'godwit place': 't.csv:3' },
    ],
    ['NUL', 'a,b\n1,x\n2,y\0y\n3,z\n', {}, { b: '\\x790079' }],
  ])('CSV: %s', async (_, content, more, why) => {
    const got = await arrived({ 't.csv': content }, t('t.csv', more))
    expect(got.rows.map((r) => r[0])).toEqual(['1', '2', '3'])
    expect([got.rows[0], got.rows[2]]).toEqual([
      ['1', '1', 'x'],
      ['3', '3', 'z'],
    ])
    expect(got.kept).toEqual([null, why, null])
  })

  test.each<[string, string | Uint8Array, object]>([
    ['a line that is no JSON', '{"a":1}\n{"a":\n{"a":3}\n', kept('JSON_INVALID', 't.ndjson:2', '{"a":')],
    ['a line that is no object', '{"a":1}\n\n[2]\n{"a":3}\n', kept('JSON_INVALID', 't.ndjson:3', '[2]')],
    ['NaN, which JSON has not', '{"a":1}\n{"a":NaN}\n{"a":3}\n', kept('JSON_INVALID', 't.ndjson:2', '{"a":NaN}')],
    ['a key that stands twice', '{"a":1}\n{"a":2,"\\u0061":3}\n{"a":3}\n', kept('JSON_KEY_TWICE', 't.ndjson:2', '{"a":2,"\\u0061":3}')],
    ['bytes that are no UTF-8', latin1('{"a":1}\n{"a":"\xff"}\n{"a":3}\n'), kept('ENCODING', 't.ndjson:2', '\\x7b2261223a22ff227d')],
    [
      'half a pair, written out',
      '{"a":1}\n{"a":"\\udc00"}\n{"a":3}\n',
      { a: `\\x${Buffer.from('"\\udc00"').toString('hex')}`, 'godwit place': 't.ndjson:2' },
    ],
    ['NUL, written out', '{"a":1}\n{"a":"x\\u0000"}\n{"a":3}\n', { a: '\\x7800' }],
  ])('JSON: %s', async (_, content, why) => {
    const got = await arrived({ 't.ndjson': content }, t('t.ndjson'))
    expect([got.rows[0], got.rows[2]]).toEqual([
      ['1', '1'],
      ['3', '3'],
    ])
    expect(got.kept).toEqual([null, why, null])
  })

  test('JSON in an array: an element that is no object', async () => {
    const got = await arrived({ 't.json': '[{"a":1},\n 7, {"a":x}, {"a":3}]' }, t('t.json'))
    expect(got.rows).toEqual([
      ['1', '1'],
      ['2', null],
      ['3', null],
      ['4', '3'],
    ])
    expect(got.kept).toEqual([null, kept('JSON_INVALID', 't.json:2', '7'), kept('JSON_INVALID', 't.json:2', '{"a":x}'), null])
  })
})

describe('a file whose rows could only be guessed is refused', () => {
  const gz = gzipSync(`a,b\n${'1,some text\n'.repeat(50_000)}`)
  const zst = zstdCompressSync(`a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},some text\n`).join('')}`)
  const spoilt = (bytes: Buffer, at: number) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from([bytes[at]! ^ 0xff]), bytes.subarray(at + 1)])

  test.each<[string, Files, FileTable, string, RegExp]>([
    [
      'a quote that is never closed',
      { 't.csv': 'a,b\n1,x\n2,"y\n3,z\n' },
      { file: 't.csv' },
      'GW_FILE_BROKEN',
      /^t\.csv:3 opens a quote that is never closed/,
    ],
    ['such a quote behind other lines of its row', { 't.csv': 'a,b\n"1\n1","x\n' }, { file: 't.csv' }, 'GW_FILE_BROKEN', /^t\.csv:3 opens/],
    [
      'a quote that swallows lines',
      { 't.csv': 'a,b\n1,"x\n2,y\n3,"z\n' },
      { file: 't.csv' },
      'GW_FILE_BROKEN',
      /^t\.csv:2 has a quote where none may be/,
    ],
    [
      'a row that is too long',
      { 't.csv': `a,b\n1,"${'x'.repeat(65 * 1024 * 1024)}` },
      { file: 't.csv' },
      'GW_FILE_BROKEN',
      /^t\.csv:2 begins a row of more than/,
    ],
    [
      'gzip that is cut off',
      { 't.csv.gz': gz.subarray(0, gz.length - 12) },
      { file: 't.csv.gz' },
      'GW_FILE_BROKEN',
      /^t\.csv\.gz cannot be unpacked: unexpected end/,
    ],
    [
      'gzip whose checksum is gone',
      { 't.csv.gz': gz.subarray(0, gz.length - 3) },
      { file: 't.csv.gz' },
      'GW_FILE_BROKEN',
      /cannot be unpacked/,
    ],
    [
      'gzip whose checksum does not hold',
      { 't.csv.gz': spoilt(gz, gz.length - 6) },
      { file: 't.csv.gz' },
      'GW_FILE_BROKEN',
      /cannot be unpacked: incorrect data check/,
    ],
    [
      'gzip with something behind it',
      { 't.csv.gz': Buffer.concat([gz, Buffer.from('2,y\n')]) },
      { file: 't.csv.gz' },
      'GW_FILE_BROKEN',
      /^t\.csv\.gz /,
    ],
    [
      'zstd that is cut off',
      { 't.csv.zst': zst.subarray(0, zst.length - 12) },
      { file: 't.csv.zst' },
      'GW_FILE_BROKEN',
      /cannot be unpacked/,
    ],
    [
      'zstd with something behind it',
      { 't.csv.zst': Buffer.concat([zst, Buffer.from('2,y\n')]) },
      { file: 't.csv.zst' },
      'GW_FILE_BROKEN',
      /goes on behind the end/,
    ],
    ['gzip by name only', { 't.csv.gz': 'a,b\n1,x\n' }, { file: 't.csv.gz' }, 'GW_FILE_BROKEN', /^t\.csv\.gz is named \.gz/],
    [
      'UTF-16 with half a character',
      { 't.csv': Buffer.concat([Buffer.from('\ufeffa\nx', 'utf16le'), Buffer.from([65])]) },
      { file: 't.csv' },
      'GW_FILE_BROKEN',
      /ends in the middle of a character/,
    ],
    [
      'a JSON array that is cut off',
      { 't.json': '[{"a":1},\n{"a":2}' },
      { file: 't.json' },
      'GW_FILE_BROKEN',
      /^t\.json:2 ends in the middle/,
    ],
    [
      'a JSON array cut off in a string',
      { 't.json': '[{"a":1},\n{"a":"2]' },
      { file: 't.json' },
      'GW_FILE_BROKEN',
      /^t\.json:2 ends in the middle/,
    ],
    [
      'a JSON array with other brackets',
      { 't.json': '[{"a":1},\n{"a":2],{"a":3}]' },
      { file: 't.json' },
      'GW_FILE_BROKEN',
      /^t\.json:2 has \] where none is due/,
    ],
    [
      'a JSON array with a comma too many',
      { 't.json': '[{"a":1},\n]' },
      { file: 't.json' },
      'GW_FILE_BROKEN',
      /^t\.json:2 has a comma too many/,
    ],
    [
      'a JSON array with more behind it',
      { 't.json': '[{"a":1}]\n{"a":2}' },
      { file: 't.json' },
      'GW_FILE_BROKEN',
      /^t\.json:2 goes on behind/,
    ],
    [
      'objects one a line that are called JSON',
      { 't.json': '{"a":1}\n{"a":2}' },
      { file: 't.json' },
      'GW_FILE_BROKEN',
      /^t\.json:1 does not begin with \[/,
    ],
    ['an empty CSV', { 't.csv': '' }, { file: 't.csv' }, 'GW_FILE_HEADER', /^t\.csv is empty/],
    ['an empty CSV among others', { 'a.csv': 'a\n1\n', 'b.csv': '' }, { file: '?.csv' }, 'GW_FILE_HEADER', /^b\.csv is empty/],
    ['NDJSON without an object', { 't.ndjson': '\n\n' }, { file: 't.ndjson' }, 'GW_FILE_HEADER', /^t\.ndjson has no object in it/],
    ['two columns of one name', { 't.csv': 'a,b,a\n1,2,3\n' }, { file: 't.csv' }, 'GW_FILE_HEADER', /^t\.csv has two columns called 'a'/],
    ['a column without a name', { 't.csv': 'a,,c\n1,2,3\n' }, { file: 't.csv' }, 'GW_FILE_HEADER', /column without a name \(the 2nd\)/],
    ['a name that is no text', { 't.csv': latin1('a,\xff\n1,2\n') }, { file: 't.csv' }, 'GW_FILE_HEADER', /not in its encoding/],
    [
      'a name that Postgres would cut',
      { 't.csv': `${'é'.repeat(32)}\n1\n` },
      { file: 't.csv' },
      'GW_FILE_HEADER',
      /which Postgres or Godwit cannot/,
    ],
    ['lines that end in CR alone', { 't.csv': 'a,b\r1,2\r3,4\r' }, { file: 't.csv' }, 'GW_FILE_HEADER', /carriage return alone/],
    ['a column called as the number of a row', { 't.csv': 'row,b\n1,2\n' }, { file: 't.csv' }, 'GW_FILE_HEADER', /column called 'row'/],
    ['a key that is no column', { 't.csv': 'a,b\n1,2\n' }, { file: 't.csv', key: ['id'] }, 'GW_FILE_HEADER', /no column 'id'/],
    [
      'files of one table with other columns',
      { 'a.csv': 'a,b\n', 'b.csv': 'a,c\n' },
      { file: '?.csv' },
      'GW_FILE_HEADER',
      /^b\.csv does not have the columns of a\.csv: it has no 'b', has 'c' as well/,
    ],
    [
      'files without header of other width',
      { 'a.csv': '1,2\n', 'b.csv': '1,2,3\n' },
      { file: '?.csv', header: false },
      'GW_FILE_HEADER',
      /^b\.csv /,
    ],
    ['no such file', {}, { file: 't.csv' }, 'GW_SOURCE_FILE', /There is no file exports\/t\.csv/],
    ['a glob that no file fits', {}, { file: '*.csv' }, 'GW_SOURCE_FILE', /There is no file exports\/\*\.csv/],
    ['an ending that says nothing', { 't.dat': 'a\n1\n' }, { file: 't.dat' }, 'GW_FILE_UNCLEAR', /does not tell how it is written/],
    [
      'a ragged row where rows have a key',
      { 't.csv': 'id,b\n1,x\n2\n' },
      { file: 't.csv', key: ['id'] },
      'GW_FILE_ROW',
      /^t\.csv:3 has more or fewer fields/,
    ],
    [
      'a key that is no text',
      { 't.csv': latin1('id,b\n1,x\n\xff,y\n') },
      { file: 't.csv', key: ['id'] },
      'GW_FILE_ROW',
      /^t\.csv:3 holds a text that Postgres cannot/,
    ],
  ])('%s', async (_, files, table, code, message) => {
    await expect(arrived(files, { t: table })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    })
  })

  test('two files that would be one table, if nobody says which', async () => {
    using folder = folderOf({ 't.csv': 'a\n1\n', 't.json': '[]', 'readme.txt': '' })
    await expect(openFilesSource(folder.dir, 'exports')).rejects.toMatchObject({
      code: 'GW_FILE_UNCLEAR',
      message: expect.stringContaining('t.json'),
    })
  })
})

test('a header and no rows is a table without rows', async () => {
  expect(await arrived({ 't.csv': 'a,b\n' }, t('t.csv'))).toMatchObject({ columns: ['row', 'a', 'b'], rows: [] })
})

test('every file whose name tells its format is a table, if nobody says which', async () => {
  using folder = folderOf({ 'a.csv': 'a\n1\n', 'b.tsv.gz': gzipSync('x\ty\n'), 'c.d.jsonl': '{"z":1}\n', 'readme.txt': '', '.hidden': '' })
  const source = await openFilesSource(folder.dir, 'exports')
  expect([...(await source.schema()).tables.keys()]).toEqual(['files.a', 'files.b', 'files.c.d'])
  await source.close()
})

describe('nothing outside of the folder is read', () => {
  test.each([
    ['..', '../secret.csv'],
    ['.. further in', 'a/../../secret.csv'],
    ['.. with a backslash', 'a\\..\\secret.csv'],
    ['an absolute path', '/etc/passwd'],
    ['a link to a file outside', 'link.csv'],
    ['a file in a folder that is a link', 'away/secret.csv'],
    ['a glob that finds such a link', 'l*.csv'],
    ['a folder', 'folder.csv'],
    ['a device', 'null.csv'],
  ])('%s', async (_, file) => {
    using folder = folderOf({ 'a.csv': 'a\n1\n' })
    using other = folderOf({ 'secret.csv': 'a\nsecret\n' })
    mkdirSync(path.join(folder.dir, 'a'))
    mkdirSync(path.join(folder.dir, 'folder.csv'))
    symlinkSync(path.join(other.dir, 'secret.csv'), path.join(folder.dir, 'link.csv'))
    symlinkSync(other.dir, path.join(folder.dir, 'away'))
    symlinkSync('/dev/null', path.join(folder.dir, 'null.csv'))
    const source = await openFilesSource(folder.dir, 'exports', { t: { file, format: 'csv' } })
    await expect(source.schema()).rejects.toMatchObject({ code: 'GW_FILE_OUTSIDE' })
    await source.close()
  })

  test('a link that stays inside is a file like others, and so is a folder below', async () => {
    using folder = folderOf({ 'a.csv': 'a\n1\n' })
    symlinkSync('a.csv', path.join(folder.dir, 'b.csv'))
    mkdirSync(path.join(folder.dir, 'deep'))
    writeFileSync(path.join(folder.dir, 'deep', 'c.csv'), 'a\n2\n')
    const source = await openFilesSource(folder.dir, 'exports', { t: '?.csv', u: 'deep/*.csv' })
    expect(await source.extent('files.t', 'row')).toEqual({ rows: '2', lo: '1', hi: '2' })
    expect(await source.contents!('files.u')).toMatchObject([{ name: 'deep/c.csv', bytes: 4 }])
    await source.close()
  })
})
