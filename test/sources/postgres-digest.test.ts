// What goes from one Postgres to another is digested on both: any value that is another one there, however alike, makes another digest.
import { expect, test } from 'vitest'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { carried } from '../../src/databases/sources.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import { freshDatabase, query } from '../support/postgres.ts'

/** Of each type values that are near to each other, or equal for Postgres and not the same. */
const values: Readonly<Record<string, readonly string[]>> = {
  int2: ['null', '0', '1', '-1', '32767', '-32768'],
  int4: ['null', '0', '1', '-1', '65536', '-2147483648', '2147483647'],
  // of some of these the halves come to the same
  int8: ['null', '0', '1', '-1', '4294967296', '4294967297', '9223372036854775807', '-9223372036854775808', '-4294967296'],
  bool: ['null', 'true', 'false'],
  float4: ['null', '0', `'-0'`, '1', `'NaN'`, '0.1'],
  float8: ['null', '0', `'-0'`, '1', '-1', `'NaN'`, `'Infinity'`, `'-Infinity'`, '5e-324', '0.1', '0.30000000000000004', '0.3'],
  numeric: ['null', '0', '0.0', '1', '1.0', '1.00', `'NaN'`, '1e40'],
  text: ['null', `''`, `'a'`, `'A'`, `'a '`, `'ä'`, `e'a\\u0308'`, `e'\\x1f'`, `e'\\t'`],
  'varchar(9)': ['null', `''`, `'a'`, `'a '`],
  'char(3)': ['null', `'a'`, `'b'`],
  date: ['null', `'2000-01-01'`, `'infinity'`, `'-infinity'`, `'0044-03-15 BC'`],
  time: ['null', `'00:00'`, `'24:00'`],
  timestamp: ['null', `'epoch'`, `'2000-01-01'`, `'2000-01-01 00:00:00.000001'`, `'infinity'`, `'-infinity'`, `'0044-03-15 BC'`],
  timestamptz: ['null', `'1970-01-01 00:00:00+00'`, `'2000-01-01 00:00:00+00'`, `'2000-01-01 01:00:00+00'`, `'infinity'`, `'-infinity'`],
  uuid: ['null', `'00000000-0000-0000-0000-000000000000'`, `'00000000-0000-0000-0000-000000000001'`],
  json: ['null', `'{}'`, `'{"a":1}'`, `'{"a": 1}'`],
  jsonb: ['null', `'null'`, `'{}'`, `'{"a": 1}'`, `'{"a": 1.0}'`, `'[]'`],
  bytea: ['null', `''`, `'\\x00'`],
  interval: ['null', `'1 month'`, `'30 days'`, `'720 hours'`],
  'int4[]': ['null', `'{}'`, `'{1,null}'`, `'{{1},{2}}'`],
  mood: ['null', `'glad'`, `'sad'`],
}
const types = Object.keys(values)
const rows = Math.max(...Object.values(values).map((v) => v.length))
/** In step no two columns have the same in two rows next to each other. */
const rowAt = (i: number) => types.map((t) => `cast(${values[t]![i % values[t]!.length]!} as ${t})`).join(', ')

async function two(encoding?: string) {
  const [there, here] = [await freshDatabase(), await freshDatabase()]
  let url = here.url
  if (encoding !== undefined) {
    await query(here.url, `create database ${here.name}_e template template0 encoding '${encoding}' locale 'C'`)
    const other = new URL(here.url)
    other.pathname = `/${here.name}_e`
    url = other.href
  }
  const source = await openPostgresSource({ url: there.url })
  const target = await openPostgres({ url })
  const done = async () => {
    await source.close()
    await target.close()
    if (encoding !== undefined) await query(here.url, `drop database ${here.name}_e with (force)`)
    await there.drop()
    await here.drop()
  }
  return { there: there.url, here: url, source, target, [Symbol.asyncDispose]: done }
}
type Two = Awaited<ReturnType<typeof two>>

async function sent({ source, target, here }: Two, streams: number) {
  const found = [...(await source.schema()).tables.values()].find((t) => t.name === 'thing')!
  const columns = found.columns.map(({ name, type }) => ({ name, type: carried(type) }))
  await query(
    here,
    `drop table if exists copied; create table copied (${columns.map((c) => `${postgres.quote(c.name)} ${postgres.typeName(c.type)}`)})`,
  )
  const there = await source.send({ table: found.id, columns, key: [], copy: 'public.copied' }, (body) => target.session(body), streams)
  const arrived = async () => (await query(here, there.asked))[0] as [string, string]
  return { there, arrived, columns }
}

test.each([undefined, 'LATIN1'])('every value of every type, and any of them changed; the target in encoding %s', async (encoding) => {
  await using p = await two(encoding)
  await query(p.there, `create type mood as enum ('glad', 'sad')`)
  await query(p.there, `create table thing (${types.map((t, i) => `c${i} ${t}`).join(', ')})`)
  // an accent of its own has no place in LATIN1
  const row = (i: number) => (encoding === undefined ? rowAt(i) : rowAt(i).replace(`e'a\\u0308'`, `'x'`))
  for (let i = 0; i < rows; i++) await query(p.there, `insert into thing values (${row(i)})`)
  const { there, arrived, columns } = await sent(p, 1)
  expect(await arrived()).toEqual([there.rows, there.digest])
  expect(there.rows).toBe(String(rows))
  for (const [i, type] of types.entries()) {
    const name = `c${i}`
    const as = postgres.typeName(columns[i]!.type)
    const all = values[type]!.filter((v) => encoding === undefined || !v.includes('u0308'))
    for (const [n, value] of all.entries()) {
      const next = all[(n + 1) % all.length]!
      const one = `select ctid from copied where ${name}::text is not distinct from cast(${value} as ${type === 'mood' ? as : type})::text limit 1`
      const change = `update copied set ${name} = cast(${next} as ${as}) where ctid = (${one})`
      // rolled back with the connection
      const [[, digest]] = (await query(p.here, `begin; ${change}; ${there.asked}`)) as [[string, string]]
      expect([type, value, next, digest]).not.toEqual([type, value, next, there.digest])
    }
  }
})

test('two values that have changed places, in a row or among rows, and a row that stands twice', async () => {
  await using p = await two()
  await query(p.there, 'create table thing (a int8, b int8, f float8, g timestamp)')
  await query(
    p.there,
    `insert into thing values (1, 2, 0, null), (3, 4, null, 'epoch'), (5, 6, '-0', 'infinity'), (null, 0, 1, '2000-01-01')`,
  )
  const { there } = await sent(p, 2)
  for (const change of [
    'update copied set a = b, b = a where a = 1',
    'update copied set a = case a when 1 then 3 when 3 then 1 else a end',
    `update copied set f = case when f is null then 0 when f = 0 and f::text = '0' then null else f end`,
    `update copied set f = case f::text when '0' then '-0' when '-0' then 0 else f end`,
    `update copied set g = case when g is null then timestamp 'epoch' when g = 'epoch' then null else g end`,
    'update copied set a = 0, b = null where a is null',
    'delete from copied where a = 1; insert into copied select * from copied where a = 3',
  ]) {
    await query(p.here, 'create table kept as select * from copied')
    await query(p.here, change)
    const [[, digest]] = (await query(p.here, there.asked)) as [[string, string]]
    expect([change, digest]).not.toEqual([change, there.digest])
    await query(p.here, 'truncate copied; insert into copied select * from kept; drop table kept')
  }
})

test('a large table in two streams, its digest beside them, and one byte of a copy that is another one', async () => {
  await using p = await two()
  await query(
    p.there,
    `create table thing as select i as id, repeat('x', 400) || i as a, i / 8.0::float8 as f from generate_series(1, 100000) i`,
  )
  const { there, arrived } = await sent(p, 2)
  expect(await arrived()).toEqual(['100000', there.digest])
  await query(p.here, `update copied set a = overlay(a placing 'y' from 200 for 1) where id = 77777`)
  const [count, digest] = await arrived()
  expect(count).toBe('100000')
  expect(digest).not.toBe(there.digest)
})
