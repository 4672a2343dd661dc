// Every change from one type to another that the server makes by itself: whether it writes or reads the rows or builds an index, and what lint says of it.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { judge } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'

let database: FreshDatabase
let client: pg.Client
beforeAll(async () => {
  await ready()
  database = await freshDatabase()
  client = new pg.Client(database.config)
  await client.connect()
  await client.query(made)
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const made =
  "CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN plain AS int; CREATE DOMAIN pos AS int CHECK (VALUE > 0); CREATE DOMAIN vtext AS text; CREATE DOMAIN v10 AS varchar(10);"

const types =
  `text|varchar|varchar(10)|varchar(20)|char(5)|char(10)|"char"|name|int2|int4|int8|float4|float8|numeric|numeric(10,2)|numeric(12,2)|
numeric(12,4)|money|bool|date|time|time(3)|timetz|timestamp|timestamp(3)|timestamptz|timestamptz(3)|interval|interval(3)|interval day to second|
uuid|json|jsonb|xml|inet|cidr|bit(4)|bit(8)|bit varying|varbit(8)|varbit(16)|oid|regclass|text[]|varchar(10)[]|varchar(20)[]|varchar[]|int4[]|
int8[]|mood|plain|pos|vtext|v10`
    .replaceAll('\n', '')
    .split('|')

const files = (
  indexed: boolean,
) => `select pg_relation_filenode('t')::text || '/' || ${indexed ? `pg_relation_filenode('i')` : '0'}::text as files,
  (select seq_scan from pg_stat_xact_user_tables where relid = 't'::regclass) as scans`

/** Undefined where the server refuses. */
async function seen(from: string, to: string, indexed: boolean): Promise<boolean | undefined> {
  await client.query('begin')
  try {
    await client.query(`create table t (a ${from}); ${indexed ? 'create index i on t (a)' : ''}`)
    const { rows: before } = await client.query(files(indexed))
    await client.query(`alter table t alter column a type ${to}`)
    const { rows: after } = await client.query(files(indexed))
    return JSON.stringify(before) !== JSON.stringify(after)
  } catch {
    return undefined
  } finally {
    await client.query('rollback')
  }
}

function told(from: string, to: string, indexed: boolean, zone: string): boolean {
  const history = [`${made} CREATE TABLE t (a ${from}); ${indexed ? 'CREATE INDEX i ON t (a);' : ''}`]
  const { findings } = judge({
    sql: `ALTER TABLE t ALTER COLUMN a TYPE ${to}`,
    pg: 18,
    inTransaction: undefined,
    zone,
    history,
    closed: true,
  })
  return findings.some((f) => f.categories.includes('lock-heavy'))
}

test.each([
  ['UTC', false],
  ['UTC', true],
  ['Europe/Berlin', false],
])('in %s, with an index: %s', async (zone, indexed) => {
  await client.query(`set timezone = '${zone}'`)
  const wrong: string[] = []
  let compared = 0
  for (const from of types)
    for (const to of types) {
      const real = await seen(from, to, indexed)
      if (real === undefined) continue
      compared++
      if (real !== told(from, to, indexed, zone)) wrong.push(`${from} to ${to}: ${real ? 'heavy' : 'free'}`)
    }
  expect(wrong).toEqual([])
  expect(compared).toBeGreaterThan(500)
})
