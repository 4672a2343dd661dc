// A reference that is written before the row that it means, in the moment between the last look and the lock: there, and on the way back.
import pg from 'pg'
import { expect, test } from 'vitest'
import { byType, inArray, inJson, inText, migration, references, rekey } from '../../src/index.ts'
import type { Hands } from '../../src/steps/hands.ts'
import type { Step } from '../../src/steps/step.ts'
import { type Place, within } from './within.ts'

const setup = `
  create table person (id serial primary key, name text);
  insert into person (name) select 'p' || i from generate_series(1, 40) i;
  create table paper (k int, body jsonb);
  insert into paper select i, jsonb_build_object('owner', i) from generate_series(1, 40) i;
  create table line (k int, words text, tags int[]);
  insert into line select i, 'user:' || i, array[i] from generate_series(1, 40) i;
  create table log (k int, kind text, about int);
  insert into log select i, 'person', i from generate_series(1, 40) i`

/** Before the statements that change places are sent, so often. */
const meanwhile = (step: Step, times: number, act: (n: number) => Promise<unknown>): Step => {
  const { doing } = step
  const undo = doing!.undo as (hands: Hands) => Promise<void>
  const lent = (hands: Hands): Hands => {
    let n = 0
    const reshape: Hands['schema']['reshape'] = async (sql) => {
      if (sql.some((s) => s.startsWith('lock table')) && n < times) await act(n++)
      return hands.schema.reshape(sql)
    }
    return { ...hands, schema: { ...hands.schema, reshape } }
  }
  return { ...step, doing: { ...doing!, do: (hands) => doing!.do(lent(hands)), undo: (hands) => undo(lent(hands)) } }
}

const made = (times: number, act: (n: number) => Promise<unknown>) => {
  const refs = references([
    inJson('paper.body', { '$.owner': 'person' }),
    inText('line.words', { '^user:(\\d+)$': 'person' }),
    inArray('line.tags', 'person', { dangling: 'null' }),
    byType('log.about', { type: 'kind', of: { person: 'person' }, dangling: 'null' }),
  ])
  return migration('m', rekey('person'), { ...refs, cutover: [refs.cutover[0], meanwhile(refs.cutover[1], times, act)] })
}

/** By each kind, as text. */
const said = (p: Place, k: number) =>
  p.sql(
    `select body ->> 'owner', substr(words, 6), tags[1]::text, about::text from paper join line using (k) join log using (k) where k = ${k}`,
  )
const write = (k: number, key: number | string, tags = 'int', about = 'int') =>
  `insert into paper (k, body) values (${k}, jsonb_build_object('owner', ${typeof key === 'number' ? key : `'${key}'`}));
   insert into line (k, words, tags) values (${k}, 'user:${key}', array['${key}'::${tags}]); insert into log (k, kind, about) values (${k}, 'person', '${key}'::${about})`

const person = (number: number) => `insert into person (name, _retired_id) values ('late', ${number})`

test('there: a row that one of long ago was waiting for, and one whose reference has just been written', () =>
  within(`${setup}; ${write(900, 900)}; ${write(901, 901)}`, async (p) => {
    // each time there is one more to look for
    const m = made(3, (n) => p.sql(n < 2 ? person(900 + n) : `${write(902, 902)}; ${person(902)}`))
    await p.run(m)
    for (const n of [900, 901, 902]) {
      const [[key]] = (await p.sql(`select id::text from person where _retired_id = ${n}`)) as [[string]]
      expect(await said(p, n)).toEqual([[key, key, key, key]])
    }
    expect(await p.sql('select count(*) from godwit.awaited')).toEqual([['0']])
    // and nobody is marked any more
    expect(await p.sql(`select count(*) from pg_attribute where attname like 'godwit%late' and not attisdropped`)).toEqual([['0']])
    await p.sql(`insert into paper (k, body) values (950, '{"owner": 950}')`)
  }))

test('there: by somebody who is not through when places are about to change', () =>
  within(setup, async (p) => {
    const app = new pg.Client({ connectionString: p.url })
    await app.connect()
    try {
      const m = made(1, async () => {
        await p.sql(write(900, 900))
        await app.query(`begin; insert into person (name, _retired_id) values ('late', 900)`)
        setTimeout(() => void app.query('commit'), 700)
      })
      await p.run(m)
      const [[key]] = (await p.sql(`select id::text from person where _retired_id = 900`)) as [[string]]
      expect(await said(p, 900)).toEqual([[key, key, key, key]])
    } finally {
      await app.end()
    }
  }))

test('back: each has its number', () =>
  within(setup, async (p) => {
    const key = 'deadbeef-0000-4000-8000-00000000beef'
    let forth = true
    const m = made(1, async () => {
      if (!forth) await p.sql(`${write(900, key, 'uuid', 'uuid')}; insert into person (id, name) values ('${key}', 'late')`)
    })
    await p.run(m)
    forth = false
    await p.undo(m)
    const [[number]] = (await p.sql(`select id::text from person where name = 'late'`)) as [[string]]
    expect(await said(p, 900)).toEqual([[number, number, number, number]])
  }))

test('there: rows that come without end are no reason to go round without end', () =>
  within(`${setup}; ${Array.from({ length: 12 }, (_, n) => write(900 + n, 900 + n)).join('; ')}`, async (p) => {
    const m = made(12, (n) => p.sql(person(900 + n)))
    await expect(p.run(m)).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringContaining('rows come after what points at them'),
    })
    const quiet = made(0, () => Promise.resolve())
    await p.undo(quiet)
    expect(await said(p, 905)).toEqual([['905', '905', '905', '905']])
    expect(
      await p.sql(
        `select (select count(*) from pg_trigger where not tgisinternal), (select count(*) from pg_attribute where attname like 'godwit%' and not attisdropped)`,
      ),
    ).toEqual([['0', '0']])
  }))
