// Values of files arrive as they are written: each form, packed or not, in each encoding.
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { FileTable } from '../../src/databases/files/declared.ts'
import { arrived } from './place.ts'

const t = (file: string, more: Partial<FileTable> = {}) => ({ t: { file, ...more } })
const values = async (content: string | Uint8Array, more: Partial<FileTable> = {}, file = 't.csv') =>
  (await arrived({ [file]: content }, t(file, more))).rows.map((r) => r.slice(1))

const hard = [
  '',
  ' ',
  'a,b',
  '"',
  '""',
  "it's",
  'two\nlines',
  'CR\r\nLF',
  '\\N',
  '\\.',
  '\\',
  'tab\there',
  '🐦 e\u0301',
  '\u2028',
  '\u202e',
  '٣',
  '0x10',
  '1e3',
  '00012',
  '18446744073709551616',
  '1.10',
  'NaN',
  '\ufeffx',
  '\ufffd',
  'NULL',
  ' padded ',
  '\u0001\u001f',
  '\u0001',
]
const quotedCsv = (texts: readonly (string | null)[]) => texts.map((v) => (v === null ? '' : `"${v.replaceAll('"', '""')}"`)).join(',')

describe('CSV', () => {
  test('hard values, quoted', async () => {
    const rows = hard.map((v, i) => [String(i), v, null])
    expect(await values(`nr,v,n\n${rows.map(quotedCsv).join('\r\n')}\r\n`)).toEqual(rows)
  })

  test('unquoted values are as they are written, blanks and all', async () => {
    expect(await values('a,b\n x , 1e3 \n0x10,٣\n,\n')).toEqual([
      [' x ', ' 1e3 '],
      ['0x10', '٣'],
      [null, null],
    ])
  })

  test('null is a text that is not quoted; which one is declared', async () => {
    const csv = 'a,b\n,""\n\\N,"\\N"\nNULL,x\n'
    expect(await values(csv)).toEqual([
      [null, ''],
      ['\\N', '\\N'],
      ['NULL', 'x'],
    ])
    expect(await values(csv, { null: '\\N' })).toEqual([
      ['', ''],
      [null, '\\N'],
      ['NULL', 'x'],
    ])
    expect(await values(csv, { null: ['\\N', 'NULL', ''] })).toEqual([
      [null, ''],
      [null, '\\N'],
      [null, 'x'],
    ])
  })

  test('delimiters, quotes, escapes', async () => {
    expect(await values('a;b\n"x;y";\'z\n', { delimiter: ';' })).toEqual([['x;y', "'z"]])
    expect(await values("a|b\n'x|''y'|z\n", { delimiter: '|', quote: "'" })).toEqual([["x|'y", 'z']])
    expect(await values('a,b\n"x \\"y\\" \\\\ \\n",z\n', { escape: '\\' })).toEqual([['x "y" \\ \\n', 'z']])
    expect(await values('a\tb\n5" pipe\t"x\n', { quote: '' }, 't.tsv')).toEqual([['5" pipe', '"x']])
  })

  test('without a header columns are numbered; the last line needs no end; a blank line is no row', async () => {
    const got = await arrived({ 't.csv': '1,a\n\n2,b\r\n\r\n3,c' }, t('t.csv', { header: false }))
    expect(got.columns).toEqual(['row', 'column1', 'column2'])
    expect(got.rows).toEqual([
      ['1', '1', 'a'],
      ['2', '2', 'b'],
      ['3', '3', 'c'],
    ])
  })

  test('in a file of one column a blank line is a row', async () => {
    expect(await values('a\nx\n\n""\ny')).toEqual([['x'], [null], [''], ['y']])
  })

  test('rows that are cut by the blocks in which they are read', async () => {
    const rows = Array.from({ length: 4000 }, (_, i) => [String(i), `${'"\n,'.repeat(i % 90)}x${'é'.repeat(i % 7)}`, i % 3 ? 'a' : null])
    const big = ['big', '€"'.repeat(700_000), null]
    const all = [...rows, big, ...rows]
    expect(await values(`nr,v,n\n${all.map(quotedCsv).join('\n')}\n`)).toEqual(all)
  })

  test('names of columns are as they are written', async () => {
    const got = await arrived({ 't.csv': '"a ""b""",Ä ,Name,name,__proto__,select\n1,2,3,4,5,6\n' }, t('t.csv'))
    expect(got.columns).toEqual(['row', 'a "b"', 'Ä ', 'Name', 'name', '__proto__', 'select'])
    expect(got.rows).toEqual([['1', '1', '2', '3', '4', '5', '6']])
  })
})

describe('encodings', () => {
  const text = 'a,b\nÄ€œ,x\n'
  const big = (s: string) => Buffer.from(s, 'utf16le').swap16()

  test.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`), {}],
    ['UTF-16 with one, little end first', Buffer.from(`\ufeff${text}`, 'utf16le'), {}],
    ['UTF-16 with one, big end first', big(`\ufeff${text}`), {}],
    ['UTF-16 by name, with one', big(`\ufeff${text}`), { encoding: 'utf-16' }],
    ['UTF-16 by name, without', Buffer.from(text, 'utf16le'), { encoding: 'utf-16' }],
    ['UTF-16BE by name', big(text), { encoding: 'utf-16be' }],
    ['windows-1252', Buffer.from('a,b\n\xc4\x80\x9c,x\n', 'latin1'), { encoding: 'windows-1252' }],
  ] as const)('%s', async (_, bytes, more) => {
    expect(await values(bytes, more)).toEqual([['Ä€œ', 'x']])
  })

  test.each([
    ['latin-1', '\x80\xe9\xff', '\u0080éÿ'],
    ['iso-8859-15', '\xa4\xe9', '€é'],
    ['windows-1250', '\xb9\x9c', 'ąś'],
    ['windows-1251', '\xcf\xf0', 'Пр'],
  ] as const)('%s', async (encoding, bytes, said) => {
    expect(await values(Buffer.from(`a\n${bytes}\n`, 'latin1'), { encoding })).toEqual([[said]])
  })

  test('a mark that is not at the beginning belongs to the value', async () => {
    expect(await values('a\n\ufeffx\n')).toEqual([['\ufeffx']])
  })

  test('pairs of UTF-16 are not torn by blocks', async () => {
    const birds = '🐦'.repeat(200_000)
    expect(await values(Buffer.from(`\ufeffa,b\nx,${birds}\n`, 'utf16le'))).toEqual([['x', birds]])
    expect(await values(Buffer.from(`\ufeffab,b\nx,${birds}\n`, 'utf16le'))).toEqual([['x', birds]])
  })
})

describe('JSON', () => {
  const objects = [
    '{"n": 1.10, "big": 12345678901234567890.123, "s": "a\\u00e9\\n\\"", "list": [1, {"x": 1.50, "x": 2}], "o": {}, "t": true, "z": null}',
    '{"s":"","n":1e400,"extra":-0}',
  ]
  const expected = [
    ['1.10', '12345678901234567890.123', 'aé\n"', '[1, {"x": 1.50, "x": 2}]', '{}', 'true', null, null],
    ['1e400', null, '', null, null, null, null, '-0'],
  ]
  const columns = ['row', 'n', 'big', 's', 'list', 'o', 't', 'z', 'extra']

  test.each([
    ['one a line', 't.ndjson', `${objects.join('\n')}\n`],
    ['one a line, with blank ones and CR LF', 't.jsonl', `\r\n${objects.join('\r\n\r\n')}`],
    ['in an array', 't.json', `\ufeff [${objects.join(' ,\n')}\n ] \n`],
    ['in an array that is all of one line', 't.json', `[${objects.join(',')}]`],
  ])('%s', async (_, file, text) => {
    const got = await arrived({ [file]: text }, t(file))
    expect(got.columns).toEqual(columns)
    expect(got.rows.map((r) => r.slice(1))).toEqual(expected)
  })

  test('hard values', async () => {
    const rows = hard.filter((v) => v !== null)
    expect(await values(rows.map((v) => JSON.stringify({ v })).join('\n'), {}, 't.ndjson')).toEqual(rows.map((v) => [v]))
    expect(
      await values(
        JSON.stringify(
          rows.map((v) => ({ v })),
          null,
          2,
        ),
        {},
        't.json',
      ),
    ).toEqual(rows.map((v) => [v]))
  })

  test('an empty array has no columns; with a second file it needs none', async () => {
    expect((await arrived({ 'a.json': '[]', 'b.json': '[{"a":1}]' }, t('*.json'))).rows).toEqual([['1', '1']])
  })

  test('objects that are cut by the blocks in which they are read', async () => {
    const objects = Array.from({ length: 20_000 }, (_, i) => ({ i, s: `${'}],{"\\'.repeat(i % 40)}é` }))
    const want = objects.map(({ i, s }) => [String(i), s])
    expect(await values(objects.map((o) => JSON.stringify(o)).join('\n'), {}, 't.ndjson')).toEqual(want)
    expect(await values(JSON.stringify(objects), {}, 't.json')).toEqual(want)
  })
})

describe('packed', () => {
  const csv = `a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},${'x'.repeat(i % 20)}\n`).join('')}`
  const half = csv.indexOf('\n', csv.length / 2) + 1
  const pieces = [csv.slice(0, half), csv.slice(half)]
  const all = csv
    .split('\n')
    .slice(1, -1)
    .map((l) => l.split(',').map((v) => v || null))

  test.each([
    ['gzip', 't.csv.gz', gzipSync(csv)],
    ['gzip in two pieces', 't.csv.gz', Buffer.concat(pieces.map((p) => gzipSync(p)))],
    ['gzip with zeros behind it', 't.csv.gz', Buffer.concat([gzipSync(csv), Buffer.alloc(700)])],
    ['zstd', 't.csv.zst', zstdCompressSync(csv)],
    [
      'zstd in many pieces',
      't.csv.zst',
      Buffer.concat(Array.from({ length: 3 }, () => zstdCompressSync('')).concat(pieces.map((p) => zstdCompressSync(p)))),
    ],
    ['gzip that is not named so', 't.csv', gzipSync(csv)],
  ])('%s', async (_, file, bytes) => {
    expect(await values(bytes, {}, file)).toEqual(all)
  })
})

test('several files are one table, in the order of their names; columns may stand in another order', async () => {
  const got = await arrived({ 'b.csv': 'y,x\n3,4\n', 'a.csv': 'x,y\n1,2\n', 'c.csv.gz': gzipSync('x,y\n') }, t('?.csv*'))
  expect(got.rows).toEqual([
    ['1', '1', '2'],
    ['2', '4', '3'],
  ])
})

test('with a key there is no number; with none there is one', async () => {
  expect((await arrived({ 't.csv': 'id,row\nb,1\na,2\n' }, t('t.csv', { key: ['id'] }))).rows).toEqual([
    ['a', '2'],
    ['b', '1'],
  ])
})
