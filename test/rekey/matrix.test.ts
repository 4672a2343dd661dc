// Every kind of key over every graph: there, there again, back, there, and back to what it was.

import pg from 'pg'
import { expect, test } from 'vitest'
import { type Migration, migration, type RekeyOptions, rekey, surrogate } from '../../src/index.ts'
import { enrolled, graphs, mixed, others } from './graphs.ts'
import { thereAndBack, within } from './within.ts'

const ways = ['online', 'offline'] as const
const narrow = [...Object.entries(graphs).filter(([name]) => !name.includes('two tables')), ['columns with room enough', mixed] as const]
const wider = (options: RekeyOptions) => migration('wider', rekey('person', { to: 'bigint', ...options }))
const keyed = (options: Parameters<typeof surrogate>[1]) => migration('keyed', surrogate('enrolment', options))

test.each(ways.flatMap((way) => narrow.map(([name, setup]) => [way, name, setup] as const)))(
  'whole numbers with more room, there and back, %s: %s',
  { timeout: 120_000 },
  (way, _, setup) => thereAndBack(setup, wider({ way })),
)

test.each(
  ways.flatMap((way) =>
    Object.entries(others).flatMap(([name, { setup, to, keep }]) =>
      to.map((type) => [type, way, name, setup, { way, to: type, ...(keep ? { keep } : {}) } as RekeyOptions] as const),
    ),
  ),
)('to %s, there and back, %s: %s', { timeout: 120_000 }, async (_type, _way, _name, setup, options) => {
  await thereAndBack(setup, migration('other', rekey('thing', options)))
})

test.each(ways.flatMap((way) => (['uuid', 'bigint'] as const).map((to) => [way, to] as const)))(
  'a key of one column, there and back, %s, %s',
  { timeout: 120_000 },
  (way, to) => thereAndBack(enrolled, keyed({ way, to })),
)

test.each(ways)('a key of one column where there was no primary one, there and back, %s', async (way) => {
  const setup = `create table seat (room text not null, place int not null, name text, unique (room, place)); insert into seat select 'r' || i % 5, i, 'n' from generate_series(1, 50) i;
    create table sitter (room text, place int, who text, constraint sitter_seat foreign key (room, place) references seat (room, place)); insert into sitter select room, place, 'w' from seat`
  await thereAndBack(setup, migration('seats', surrogate('seat', { way, to: 'bigint', key: 'seat_no' })))
})

/** An application that says what it means by words that stay: it works from the first move to the last, and back. */
async function beside(
  setup: string,
  m: Migration,
  acts: readonly ((n: number) => string)[],
  wrong: { readonly there: string; readonly back: string },
) {
  await within(setup, async (p) => {
    const app = new pg.Client({ connectionString: p.url })
    await app.connect()
    const at = { work: true, done: 0 }
    const work = async () => {
      for (let n = 0; at.work; n++, at.done++) await app.query(acts[n % acts.length]!(n))
    }
    const working = work()
    try {
      await Promise.race([p.run(m), working])
      const middle = at.done
      await new Promise((r) => setTimeout(r, 300))
      expect(middle).toBeGreaterThan(20)
      expect(at.done).toBeGreaterThan(middle)
      expect(await p.sql(wrong.there)).toEqual([['0']])
      await Promise.race([p.undo(m), working])
      at.work = false
      await working
      expect(await p.sql(wrong.back)).toEqual([['0']])
    } finally {
      at.work = false
      await working.catch(() => undefined)
      await app.end()
    }
  })
}

const more = (from: number) => `insert into person (name) select 'q' || i from generate_series(${from}, ${from + 3000}) i`

test('numbers get more room while an application writes', { timeout: 240_000 }, async () => {
  await beside(
    `${graphs['two foreign keys on one column, by different rules']!}; ${more(1)}`,
    wider({ way: 'online' }),
    [
      (n) => `insert into person (name, boss) select 'w${n}', id from person where name = 'q${1 + ((n * 7) % 3000)}'`,
      (n) => `insert into note (about, body) select id, 'w' from person where name = 'q${1 + ((n * 11) % 3000)}'`,
      (n) => `update note set about = coalesce((select id from person where name = 'q${1 + (n % 500)}'), about) where body = 'b${n % 900}'`,
      (n) => `delete from person where name = 'w${n - 400}'`,
    ],
    {
      there: `select (select count(*) from note x left join person p on p.id = x.about where p._retired_id is distinct from x._retired_about or x.about <> x._retired_about) + (select count(*) from person where id <> _retired_id or boss is distinct from _retired_boss)`,
      back: 'select count(*) from note x left join person p on p.id = x.about where p.id is null',
    },
  )
})

test.each(['uuid', 'bigint'] as const)(
  'a key of one column (%s) while an application writes the old ones',
  { timeout: 240_000 },
  async (to) => {
    await beside(
      `${enrolled}; insert into enrolment (student, course) select 1000 + i / 10, i % 10 from generate_series(1, 3000) i; insert into mark (student, course, mark) select student, course, 1 from enrolment where student >= 1000`,
      keyed({ way: 'online', to }),
      [
        (n) => `insert into enrolment (student, course) values (${5000 + n}, 1)`,
        (n) => `insert into mark (student, course, mark) values (${5000 + n - 1}, 1, 2)`,
        (n) => `update mark set student = 1100, course = 1 where student = ${1000 + (n % 90)} and course = 2`,
        (n) => `update enrolment set student = student + 10000 where student = ${1200 + (n % 90)} and course = 3`,
        (n) => `delete from enrolment where student = ${5000 + n - 44} and course = 1`,
      ],
      {
        there:
          'select count(*) from mark m left join enrolment e on e.id = m.enrolment_id where (e.student, e.course) is distinct from (m.student, m.course)',
        back: 'select count(*) from mark m left join enrolment e using (student, course) where e.student is null',
      },
    )
  },
)
