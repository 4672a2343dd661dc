// The hash that is reckoned here is the one that Postgres reckons, for texts of every length and kind.
import { expect, test } from 'vitest'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { quick, type RowHash, RowSum, rowHashOf, slow, sumAsked, textAdded, wholeAdded } from '../../src/databases/row-hash.ts'
import { freshDatabase, query } from '../support/postgres.ts'

const texts = [
  ...Array.from({ length: 40 }, (_, n) => 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEF'.slice(0, n)),
  'ä',
  '🐦'.repeat(99),
  'a\u001fb\u0001',
  '\u007f\u0080',
]

function sumOf(hash: RowHash, rows: readonly (readonly string[])[]): RowSum {
  const sum = new RowSum(hash)
  for (const row of rows) {
    for (const text of row) {
      // neither at the beginning nor at the end of its memory, as in a block
      const bytes = Buffer.from(`before ${text} and what follows`)
      sum.column(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 'before '.length, bytes.length - ' and what follows'.length)
    }
    sum.end()
  }
  return sum
}

const rowSumAsked = (hash: RowHash, texts: readonly string[], from: string): string =>
  sumAsked(
    texts.map((t) => textAdded(hash, t)),
    from,
  )

async function withDatabase<T>(encoding: string, work: (url: string) => Promise<T>): Promise<T> {
  await using fresh = await freshDatabase()
  const name = `${fresh.name}_${encoding.toLowerCase()}`
  await query(fresh.url, `create database ${name} template template0 encoding '${encoding}' locale 'C'`)
  const url = new URL(fresh.url)
  url.pathname = `/${name}`
  try {
    return await work(url.href)
  } finally {
    await query(fresh.url, `drop database ${name} with (force)`)
  }
}

test.each([
  ['quick', quick],
  ['slow', slow],
])('%s, text by text and as a sum', async (_, hash) => {
  await using fresh = await freshDatabase()
  await query(fresh.url, 'create table t (a text, b text)')
  const rows = texts.map((text, i) => [text, texts.at(i - 3)!])
  for (const [a, b] of rows as [string, string][]) {
    const [[there]] = (await query(fresh.url, `select (${hash.sql('$2::text', hash.sql('$1::text', '0'))})::text`, [a, b])) as [[string]]
    expect([a, sumOf(hash, [[a, b]]).total]).toEqual([a, there])
    await query(fresh.url, 'insert into t values ($1, $2)', [a, b])
  }
  const sum = sumOf(hash, rows)
  expect(await query(fresh.url, rowSumAsked(hash, ['t.a', 't.b'], 't'))).toEqual([[sum.rows, sum.total]])
  // the same values, of which two have changed places: within a row, and from row to row
  for (const update of ['set a = b, b = a where a = $1', `set a = case a when $1 then '' else $1 end where a in ('', $1)`]) {
    await query(fresh.url, `update t ${update}`, ['abc'])
    const [[, digest]] = (await query(fresh.url, rowSumAsked(hash, ['t.a', 't.b'], 't'))) as [[string, string]]
    expect(digest).not.toBe(sum.total)
    await query(fresh.url, 'truncate t')
    for (const row of rows) await query(fresh.url, 'insert into t values ($1, $2)', row)
  }
})

test.each([quick, slow])('a row of more columns than stand one in the other, %#', async (hash) => {
  await using fresh = await freshDatabase()
  for (const width of [1, 49, 50, 51, 100, 101, 1600]) {
    const row = Array.from({ length: width }, (_, i) => `value ${i % 7}`)
    const asked = rowSumAsked(
      hash,
      row.map((text) => `'${text}'`),
      '(select) as',
    )
    expect(await query(fresh.url, asked)).toEqual([['1', sumOf(hash, [row]).total]])
  }
})

test('a sum beyond 64 bits, one that is taken back, and a row that does not count', async () => {
  await using fresh = await freshDatabase()
  const sum = new RowSum(quick)
  const bytes = new DataView(new ArrayBuffer(20))
  // past where the halves are settled
  for (let i = 0; i < 1_100_000; i++) {
    sum.column(bytes, 0, 0)
    sum.end()
  }
  const before = sum.copy()
  for (let i = 0; i < 60; i++) sum.column(bytes, 0, 1)
  sum.drop()
  expect(sum.total).toBe(before.total)
  sum.column(bytes, 0, 1)
  sum.end()
  const asked = rowSumAsked(quick, [`''`], '(select generate_series(1, 1100000)) as')
  expect(await query(fresh.url, asked)).toEqual([[before.rows, before.total]])
  expect(sum.total).not.toBe(before.total)
})

test('whole numbers and null, whose halves are told apart', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, 'create table t (a int8, b text)')
  const bounds = [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 1n, 10n ** 14n, 10n ** 15n - 1n, 10n ** 15n, 2n ** 53n + 1n, 2n ** 63n - 1n]
  const all = [null, ...bounds.flatMap((n) => [n, -n]), -(2n ** 63n)].map((n) => n?.toString() ?? null)
  const seen = new Map<string, string | null>()
  for (const text of all) {
    const sum = new RowSum(quick)
    const bytes = Buffer.from(`before ${text ?? '\u0001'}b and what follows`)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const to = 7 + (text?.length ?? 1)
    sum.number(view, 7, to)
    sum.column(view, to, to + 1)
    sum.end()
    await query(fresh.url, 'truncate t')
    await query(fresh.url, `insert into t values ($1, 'b')`, [text])
    const [[, digest]] = (await query(fresh.url, sumAsked([wholeAdded('t.a'), textAdded(quick, 't.b')], 't'))) as [[string, string]]
    expect([text, sum.total]).toEqual([text, digest])
    expect(seen.get(digest) ?? text).toBe(text)
    seen.set(digest, text)
  }
})

test('a server is asked how it hashes', async () => {
  const asked = async (url: string) => {
    const db = await openPostgres({ url })
    const hash = await db.session(rowHashOf)
    await db.close()
    return hash
  }
  expect(await withDatabase('UTF8', asked)).toBe(quick)
  expect(await withDatabase('LATIN1', asked)).toBe(slow)
})
