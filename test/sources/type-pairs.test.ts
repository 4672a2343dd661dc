// G6: a value of any type put into a column of any other arrives as it was, or its row waits in quarantine, or the plan says that it cannot be:
// every pair of types with values that are hard to keep, within one database and from another server.
import { expect, test } from 'vitest'
import { plan, quarantineList, run, verify } from '../../src/api.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { openPostgresSource } from '../../src/databases/postgres/source.ts'
import { withSources } from '../../src/databases/sources.ts'
import * as g from '../../src/index.ts'
import { quickClock } from '../crash/process.ts'
import { objections } from '../guarantees/engine.ts'
import { freshDatabase, query } from '../support/postgres.ts'

interface Kind {
  readonly sql: string
  readonly column: () => g.Column<any, any, any>
  readonly samples: readonly string[]
}

const kinds: Readonly<Record<string, Kind>> = {
  smallint: { sql: 'smallint', column: g.smallint, samples: ['-32768', '32767', '0'] },
  int: { sql: 'integer', column: g.int, samples: ['-2147483648', '2147483647', '7'] },
  bigint: { sql: 'bigint', column: g.bigint, samples: ['-9223372036854775808', '9223372036854775807', '9007199254740993'] },
  numeric: {
    sql: 'numeric',
    column: () => g.numeric(),
    samples: ['0.1', '-0.000000000000000000001', '123456789012345678901234567890', 'NaN', 'Infinity', '1.10'],
  },
  money: { sql: 'numeric(10,2)', column: () => g.numeric(10, 2), samples: ['99999999.99', '-0.01', '1.00'] },
  whole: { sql: 'numeric(20,0)', column: () => g.numeric(20), samples: ['99999999999999999999', '-5'] },
  real: { sql: 'real', column: g.real, samples: ['0.1', '16777217', '3.4028235e38', 'NaN', '-Infinity'] },
  double: {
    sql: 'double precision',
    column: g.double,
    samples: ['0.1', '9007199254740993', '1.7976931348623157e308', '5e-324', 'NaN', 'Infinity', '-0'],
  },
  bool: { sql: 'boolean', column: g.bool, samples: ['true', 'false'] },
  text: {
    sql: 'text',
    column: g.text,
    samples: [
      '',
      ' 7 ',
      '0x10',
      'äöü 🐦',
      'tab\there\nand \\ there',
      '2020-02-30',
      '00000000-0000-0000-0000-000000000001',
      '{"a": 1}',
      'null',
      '1e3',
      'NaN',
    ],
  },
  varchar: { sql: 'varchar(8)', column: () => g.varchar(8), samples: ['12345678', 'ééé     ', ''] },
  char: { sql: 'char(4)', column: () => g.char(4), samples: ['ab', 'abcd', '    '] },
  date: { sql: 'date', column: g.date, samples: ['0044-03-15 BC', '2020-02-29', 'infinity', '5874897-12-31'] },
  time: { sql: 'time', column: g.time, samples: ['00:00:00', '24:00:00', '23:59:59.999999'] },
  timestamp: {
    sql: 'timestamp',
    column: g.timestamp,
    samples: ['2020-01-01 00:00:00.000001', '4713-01-01 00:00:00 BC', 'infinity', '2024-03-31 02:30:00'],
  },
  timestamptz: {
    sql: 'timestamptz',
    column: g.timestamptz,
    samples: ['2020-01-01 00:00:00.123456+14', '-infinity', '0001-12-31 23:59:59+00 BC'],
  },
  interval: { sql: 'interval', column: g.interval, samples: ['1 mon -1 day', '00:00:00.000001', '-178000000 years'] },
  uuid: { sql: 'uuid', column: g.uuid, samples: ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'] },
  json: { sql: 'json', column: () => g.json(), samples: ['{"b":1,"a":2,"a":3}', '12345678901234567890.10', 'null', '"\\u0041"'] },
  jsonb: { sql: 'jsonb', column: g.jsonb, samples: ['{"b": 1.10}', '12345678901234567890', 'null'] },
  bytea: { sql: 'bytea', column: g.bytea, samples: ['\\x00ff5c', '\\x'] },
  ints: { sql: 'integer[]', column: () => g.array(g.int()), samples: ['{1,NULL,3}', '{}', '[0:1]={1,2}'] },
  texts: { sql: 'text[]', column: () => g.array(g.text()), samples: ['{"a,b","","NULL",NULL}'] },
  mood: { sql: 'mood', column: () => g.enumeration('public.mood', ['glad', 'sad']), samples: ['glad', 'sad'] },
  inet: { sql: 'inet', column: () => g.other('inet'), samples: ['::1', '10.0.0.1/8'] },
}

const number = /^(numeric|integer|bigint|smallint|real|double)(?!.*\[)/
const names = Object.keys(kinds)
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const mood = `create type mood as enum ('glad', 'sad');`
const sources = names
  .map(
    (n) =>
      `create table from_${n} (id int primary key, v ${kinds[n]!.sql}); insert into from_${n} select i, v::${kinds[n]!.sql} from unnest(array[${[...kinds[n]!.samples.map(quoted), 'null'].join(', ')}]) with ordinality x (v, i);`,
  )
  .join('\n')
const targets = names.flatMap((a) => names.map((b) => `create table ${a}_to_${b} (id int primary key, v ${kinds[b]!.sql});`)).join('\n')

/** One mapping for each pair; those that the plan refuses are told apart beforehand, one by one. */
function pairOf(from: g.Table, a: string, b: string): g.Migration {
  const to = g.table(`public.${a}_to_${b}`, { id: g.int().key(), v: kinds[b]!.column().null() })
  return g.migration(
    `${a} to ${b}`,
    g.mapping(from, (r) => g.into(to, { id: r['id'], v: r['v'] } as never), { name: `${a}_${b}` }),
  )
}

const sourceOf = (a: string, where: 'here' | 'there', type: Kind['column']) => {
  const columns = { id: g.int().key(), v: type().null() }
  return where === 'here' ? g.table(`public.from_${a}`, columns) : g.database('there').table(`public.from_${a}`, columns)
}

/** Types that a server has made for itself arrive as text from another. */
const carried = (a: string): Kind['column'] => (a === 'mood' || a === 'inet' ? g.text : kinds[a]!.column)

test.each(['here', 'there'] as const)('a value is kept, or it waits: its rows stand %s', { timeout: 240_000 }, async (where) => {
  await using there = await freshDatabase()
  await using target = await freshDatabase()
  await query(there.url, mood + sources)
  await query(target.url, `${mood + (where === 'here' ? sources : '')}\n${targets}`)
  const db = withSources(await openPostgres({ url: target.url }), new Map([['there', await openPostgresSource({ url: there.url })]]))
  const tally = { kept: 0, waits: 0, refused: 0 }
  const wrong: string[] = []
  try {
    const schema = await db.schema()
    const possible: { a: string; b: string; m: g.Migration }[] = []
    for (const a of names)
      for (const b of names) {
        const m = pairOf(sourceOf(a, where, where === 'here' ? kinds[a]!.column : carried(a)), a, b)
        if (await plans(m, schema)) possible.push({ a, b, m })
        else tally.refused++
      }
    const all = g.migration('pairs', ...possible.map(({ m }) => m.mappings[0]!))
    const planned = await plan(all, db, { budget: { rows: 10_000, percent: 100 }, workers: 1 })
    await run(planned, db, { clock: quickClock })
    expect(objections(await verify(planned, db))).toEqual([])
    const waiting = new Set((await quarantineList(planned, db)).map((q) => `${q.mapping} ${q.key}`))
    const arrivedAll = await query(
      target.url,
      possible.map(({ a, b }) => `select '${a}_${b} ' || id, v::text from ${a}_to_${b}`).join(' union all '),
    )
    const arrived = new Map(arrivedAll.map(([at, v]) => [at!, { v: v ?? null }]))
    const originals = new Map<string, string | null>()
    for (const a of names)
      for (const [id, v] of await query(where === 'here' ? target.url : there.url, `select id::text, v::text from from_${a}`))
        originals.set(`${a} ${id}`, v ?? null)
    await db.session(async (s) => {
      const says = async (sql: string, values: readonly string[]) => {
        try {
          return (await s.query(`select (${sql})::text as yes`, values)).rows[0]!['yes'] === 'true'
        } catch {
          return false
        }
      }
      for (const { a, b } of possible)
        for (let id = 1; originals.has(`${a} ${id}`); id++) {
          const at = `${a}_${b} ${id}`
          const [is, v] = [arrived.get(at), originals.get(`${a} ${id}`)!]
          if (is) tally.kept++
          else tally.waits++
          if (!is && !waiting.has(at)) wrong.push(`${at}: ${v} is nowhere`)
          if (!is || is.v === v) continue
          const [S, T] = [where === 'there' && carried(a) === g.text ? 'text' : kinds[a]!.sql, kinds[b]!.sql]
          const same =
            is.v !== null &&
            v !== null &&
            (number.test(S) && number.test(T)
              ? await says(S === 'real' && T.startsWith('double') ? '$1::real::float8 = $2::float8' : '$1::numeric = $2::numeric', [
                  v,
                  is.v,
                ])
              : // written otherwise: the target's spelling of it, from which the source's comes back
                (await says(`$1::text::${T}::text = $2::text`, [v, is.v])) &&
                (/^(text|varchar|char)/.test(S) || (await says(`$2::text::${S}::text = $1::text`, [v, is.v]))))
          if (!same) wrong.push(`${at}: ${v} became ${is.v}`)
        }
    })
  } finally {
    await db.close()
  }
  console.log(`${where}: ${JSON.stringify(tally)}`)
  expect(wrong).toEqual([])
  expect(tally.kept).toBeGreaterThan(200)
  expect(tally.waits).toBeGreaterThan(20)
})

async function plans(m: g.Migration, schema: Awaited<ReturnType<Awaited<ReturnType<typeof openPostgres>>['schema']>>): Promise<boolean> {
  const { plan: pure } = await import('../../src/plan/plan.ts')
  try {
    pure(m, schema, { dense: [], rows: {} })
    return true
  } catch (error) {
    expect((error as { code?: string }).code).toMatch(/^GW_/)
    return false
  }
}
