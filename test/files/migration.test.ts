// Whole migrations out of a folder of files: run, verify, a second run over changed files, quarantine, undo; and files that change when they must not.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { plan, quarantineRetry, run, undo } from '../../src/api.ts'
import { bigint, database, into, lookup, mapping, migration, numeric, table, text } from '../../src/index.ts'
import { generous, quickClock } from '../crash/process.ts'
import { difference, dumpOf } from '../crash/state.ts'
import { objections } from '../guarantees/engine.ts'
import { place } from './place.ts'

const exports_ = database('exports')
const customer = exports_.table('files.customer', {
  row: bigint().key(),
  nr: text().null(),
  name: text().null(),
  worth: text().null(),
  country: text().null(),
})
const country = exports_.table('files.country', { code: text().key(), title: text().null() })
const person = table('public.person', {
  id: bigint().key().default(),
  nr: bigint(),
  name: text(),
  worth: numeric(12, 2).null(),
  country: text(),
})

const people = migration(
  'people',
  mapping(customer, (r) =>
    into(person, {
      nr: r.nr.required().asInt(),
      name: r.name.trim().required(),
      worth: r.worth.asDecimal(),
      country: lookup(country, { code: r.country.required() }).title.required(),
    }),
  ),
)
const target = `create table person (id bigserial primary key, nr bigint not null, name text not null, worth numeric(12, 2), country text not null);
  insert into person (nr, name, country) values (-1, 'native', 'here')`
const tables = { customer: 'customer-*.csv*', country: { file: 'country.ndjson', key: ['code'] } }

const some = (from: number, to: number) =>
  `nr,name,worth,country\n${Array.from({ length: to - from }, (_, i) => `${from + i},"Name, ${from + i}",${from + i}.50,CH\n`).join('')}`
const files = {
  'customer-1.csv': some(1, 200),
  'customer-2.csv.gz': gzipSync(
    `${some(200, 300)}300,no country,1,XX\n301,text,lots,CH\n302,"ragged"\n303,5" pipe,1,CH\n304,last,0.01,FR\n`,
  ),
  'country.ndjson': '{"code":"CH","title":"Switzerland"}\n{"code":"FR","title":"France"}\n',
}

test('there and back, with what could not be read in quarantine', async () => {
  await using p = await place(files, tables, target)
  const before = await dumpOf(p.url)
  await p.run(people)
  expect(await p.sql('select read, migrated, quarantined from godwit.books')).toEqual([['304', '300', '4']])
  expect(await p.sql(`select nr, name, worth, country from person where nr in (1, 299, 304) order by nr`)).toEqual([
    ['1', 'Name, 1', '1.50', 'Switzerland'],
    ['299', 'Name, 299', '299.50', 'Switzerland'],
    ['304', 'last', '0.01', 'France'],
  ])
  expect((await p.quarantine(people)).map((q) => [q.key, q.code, q.raw['godwit place'] ?? null, q.raw['godwit row'] ?? null])).toEqual([
    ['300', 'LOOKUP_MISS', null, null],
    ['301', 'CAST_NUMERIC', null, null],
    ['302', 'CSV_RAGGED', 'customer-2.csv.gz:104', '302,"ragged"'],
    ['303', 'CSV_QUOTE', 'customer-2.csv.gz:105', '303,5" pipe,1,CH'],
  ])
  expect(objections(await p.verify(people))).toEqual([])
  await p.undo(people)
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
})

test('a second run over changed files brings what has changed; a mended row can be tried again', async () => {
  await using p = await place(files, tables, target)
  await p.run(people)
  p.folder.put('country.ndjson', `${files['country.ndjson']}{"code":"XX","title":"Nowhere"}\n`)
  expect(await quarantineRetry(await p.plan(people), p.db, { code: 'LOOKUP_MISS' })).toMatchObject({ tried: 1, migrated: 1 })
  p.folder.put('customer-1.csv', some(1, 200).replace('"Name, 7"', 'Other'))
  p.folder.put('customer-3.csv', some(305, 310))
  await p.run(people)
  expect(await p.sql(`select count(*), count(*) filter (where name = 'Other'), max(nr) from person where nr > 0`)).toEqual([
    ['306', '1', '309'],
  ])
  expect(objections(await p.verify(people))).toEqual([])
})

const changed = { code: 'GW_FILE_CHANGED', message: expect.stringContaining('customer-1.csv') }

test('a file that is changed after it was planned stops the run before anything is written', async () => {
  await using p = await place(files, tables, target)
  const planned = await p.plan(people)
  const other = some(1, 200).replace('Name, 7', 'Name, 8')
  p.folder.put('customer-1.csv', other)
  await expect(run(planned, p.db, { clock: quickClock })).rejects.toMatchObject(changed)
  p.folder.put('customer-1.csv', `${other}\n400,more,1,CH\n`)
  await expect(run(planned, p.db, { clock: quickClock })).rejects.toMatchObject(changed)
  expect(await p.sql('select count(*) from person')).toEqual([['1']])
})

test('a run that is not complete goes on only over the files that it began with', async () => {
  await using p = await place(files, tables, target)
  const before = await dumpOf(p.url)
  await p.run(people, { limit: 50 })
  p.folder.put('customer-1.csv', some(1, 200).replace('Name, 7', 'Name, 8'))
  await expect(p.run(people)).rejects.toMatchObject({ ...changed, hint: expect.stringContaining('godwit undo r1') })
  await expect(quarantineRetry(await p.plan(people), p.db)).rejects.toMatchObject(changed)
  p.folder.put('customer-1.csv', files['customer-1.csv'])
  p.folder.put('customer-0.csv', some(900, 901))
  await expect(p.run(people)).rejects.toMatchObject({ code: 'GW_FILE_CHANGED', message: expect.stringContaining('customer-0.csv') })
  await undo(await plan(people, p.db, { budget: generous, recorded: true }), p.db, { clock: quickClock })
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
  await p.run(people)
  expect(await p.sql('select read, migrated from godwit.books b where run = (select max(run) from godwit.books)')).toEqual([['305', '301']])
})

test('put back, the run goes on; without its files it can still be taken back', async () => {
  await using p = await place(files, tables, target)
  const before = await dumpOf(p.url)
  await p.run(people, { limit: 50 })
  await p.run(people)
  expect(await p.sql('select read, migrated, quarantined from godwit.books')).toEqual([['304', '300', '4']])
  p.folder[Symbol.dispose]()
  await expect(p.plan(people)).rejects.toMatchObject({ code: 'GW_SOURCE_FILE' })
  await undo(await plan(people, p.db, { recorded: true }), p.db, { clock: quickClock })
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
})

test('a dry run reads the files and leaves nothing', async () => {
  await using p = await place(files, tables, target)
  const before = await dumpOf(p.url)
  const view = await p.run(people, { dryRun: true })
  expect(view.steps.flatMap((s) => s.books).at(-1)?.totals).toMatchObject({ read: 304, migrated: 300, quarantined: 4 })
  expect(await difference(before, await dumpOf(p.url))).toBeUndefined()
})

test('the plan says which files it is about, and other files are another plan', async () => {
  await using p = await place(files, tables, target)
  const one = await p.plan(people)
  expect(one.facts.contents?.['@exports:files.customer']?.map((c) => [c.name, c.bytes, c.sha256.length])).toEqual([
    ['customer-1.csv', files['customer-1.csv'].length, 64],
    ['customer-2.csv.gz', files['customer-2.csv.gz'].length, 64],
  ])
  expect((await p.plan(people)).id).toBe(one.id)
  p.folder.put('customer-1.csv', some(1, 201))
  expect((await p.plan(people)).id).not.toBe(one.id)
})
