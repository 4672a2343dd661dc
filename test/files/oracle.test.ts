// CSV as Postgres itself reads it, and the same however it is cut into blocks.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect } from '../../src/api.ts'
import { CsvRecords } from '../../src/databases/files/csv-records.ts'
import { JsonArray, JsonLines } from '../../src/databases/files/json-items.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { arrived } from './place.ts'

const character = fc.constantFrom('a', ' ', ',', '"', '\n', '\r\n', '\\', '\\N', 'é', '🐦', "'", '\t', ';', '')
const field = fc.array(character, { maxLength: 6 }).map((c) => c.join(''))
/** Quoted where it must be, and at times where it need not. */
const written = fc
  .tuple(field, fc.boolean())
  .map(([text, quoted]) => (quoted || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
/** As it is, and with an end to its last line, which the copy wants. */
const csvFile = fc
  .tuple(fc.array(fc.tuple(written, written, written), { minLength: 1, maxLength: 200 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([rows, end, closed]) => {
    const text = rows.map((r) => r.join(',')).join(end)
    return { text: closed ? text + end : text, whole: text + end }
  })
const seeded = { seed: 20261121 }

test('what Postgres reads of a CSV file, and as many rows', async () => {
  await using fresh = await freshDatabase()
  await query(fresh.url, 'create table t (n bigint generated always as identity, a text, b text, c text)')
  const db = await connect(fresh.url)
  await fc.assert(
    fc.asyncProperty(csvFile, async ({ text, whole }) => {
      const got = await arrived({ 't.csv': text }, { t: { file: 't.csv', header: false } })
      await query(fresh.url, 'truncate t restart identity')
      await db.session((s) => s.copyIn('copy public.t (a, b, c) from stdin (format csv)', [whole]))
      expect(got.rows).toEqual(await query(fresh.url, 'select * from t order by n'))
      expect(got.kept.every((k) => k === null)).toBe(true)
    }),
    { ...seeded, numRuns: 25 },
  )
  await db.close()
})

const anyText = fc
  .array(fc.constantFrom('a', ',', '"', '""', '\n', '\r\n', '\\"', '{', '}', '[', ']', '1', ' '), { maxLength: 60 })
  .map((c) => c.join(''))

/** What comes of it in these pieces; also where it is refused. */
function cutUp<T>(make: () => { take(block: string): T[]; end(): T[] }, text: string, cuts: readonly number[]): T[] | string {
  const places = [0, ...cuts.map((c) => c % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  const all: T[] = []
  try {
    const reader = make()
    for (const [i, from] of places.slice(0, -1).entries()) all.push(...reader.take(text.slice(from, places[i + 1])))
    return [...all, ...reader.end()]
  } catch (error) {
    return (error as Error).message
  }
}

test.each<[string, () => { take(block: string): unknown[]; end(): unknown[] }]>([
  ['CSV', () => new CsvRecords('t', { delimiter: ',', quote: '"', escapedBy: '"' })],
  ['CSV with another escape', () => new CsvRecords('t', { delimiter: ',', quote: '"', escapedBy: '\\' })],
  ['NDJSON', () => new JsonLines('t')],
  ['JSON', () => new JsonArray('t')],
])('%s is the same however it is cut, also where nothing can be made of it', (_, make) => {
  fc.assert(
    fc.property(anyText, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
      expect(cutUp(make, text, cuts)).toEqual(cutUp(make, text, []))
    }),
    { ...seeded, numRuns: 3000 },
  )
})

test('nothing of a CSV file is lost: the records are the file', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const records = cutUp(() => new CsvRecords('t', { delimiter: ',', quote: '"', escapedBy: '"' }), text, [])
      if (typeof records === 'string') return
      expect(
        records
          .map((r) => r.raw)
          .join('\n')
          .replaceAll('\r', ''),
      ).toBe(text.replaceAll('\r', '').replace(/\n$/, ''))
    }),
    { ...seeded, numRuns: 3000 },
  )
})
