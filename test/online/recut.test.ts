// Columns cut another way: both sides written, one statement at a time and all at once, while rows are brought over and afterwards.
import pg from 'pg'
import { expect, test } from 'vitest'
import { migration, online } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { within } from '../rekey/within.ts'
import { names, setup } from './person.ts'

const written: Readonly<Record<string, readonly [sql: string, comes: readonly [string, string | null, string | null]]>> = {
  'a row by the old side': [`insert into person (id, name) values (100, 'Ada Lovelace')`, ['Ada Lovelace', 'Ada', 'Lovelace']],
  'a row by the new side': [`insert into person (id, first, last) values (100, 'Ada', 'King')`, ['Ada King', 'Ada', 'King']],
  'a row with neither': [`insert into person (id) values (100)`, ['No Body', 'No', 'Body']],
  'a row with half of the new side': [`insert into person (id, first) values (100, 'Ada')`, ['Ada', 'Ada', null]],
  'a row by both sides': [`insert into person (id, name, first) values (100, 'Old One', 'New')`, ['New', 'New', null]],
  'the old side': [`update person set name = 'Old Word' where id = 1`, ['Old Word', 'Old', 'Word']],
  'the new side': [`update person set last = 'Word' where id = 1`, ['First1 Word', 'First1', 'Word']],
  'both sides': [`update person set name = 'Old Word', last = 'New' where id = 1`, ['First1 New', 'First1', 'New']],
  'the old side as it was, the new one anew': [`update person set name = name, first = 'F' where id = 1`, ['F Last1', 'F', 'Last1']],
  'something else': [`update person set note = 'other' where id = 1`, ['First1 Last1', 'First1', 'Last1']],
  'no value on the new side': [`update person set last = null where id = 1`, ['First1', 'First1', null]],
  'what the new side cannot say otherwise': [
    `update person set first = 'Two Words' where id = 1`,
    ['Two Words Last1', 'Two Words', 'Last1'],
  ],
  'a row that is replicated': [
    `set session_replication_role = replica; insert into person (id, name) values (100, 'Ada Lovelace')`,
    ['Ada Lovelace', 'Ada', 'Lovelace'],
  ],
  'an upsert by the old side': [
    `insert into person (id, name) values (1, 'Up Sert') on conflict (id) do update set name = excluded.name`,
    ['Up Sert', 'Up', 'Sert'],
  ],
  'an upsert by the new side': [
    `insert into person (id, first, last) values (1, 'Up', 'Sert') on conflict (id) do update set first = excluded.first, last = excluded.last`,
    ['Up Sert', 'Up', 'Sert'],
  ],
}

test('each side follows the other, whoever is written and however', () =>
  within(setup, async (p) => {
    await p.run(migration('m', names()), { to: 'expand' })
    const seen: Record<string, unknown> = {}
    for (const [what, [statement]] of Object.entries(written)) {
      ;[seen[what]] = await p.sql(`${statement} returning name, first, last`)
      await p.sql(`delete from person where id = 100; update person set name = 'First1 Last1' where id = 1`)
    }
    expect(seen).toEqual(Object.fromEntries(Object.entries(written).map(([what, [, comes]]) => [what, comes])))
  }))

test('what is equal and not the same follows too, and so does what has no equality', () =>
  within(setup, async (p) => {
    const parts = [
      online.split('person', 'weight', { into: { grams: { type: 'numeric', up: 'weight * 1000' } }, back: 'grams / 1000.0' }),
      online.split('person', 'size', {
        into: { measure: { type: 'json', up: `json_build_object('was', size)` } },
        back: `measure -> 'was'`,
      }),
    ]
    await p.run(migration('m', ...parts), { to: 'expand' })
    await p.sql(
      `update person set weight = 1.00 where id = 1; update person set size = '{"n":1}' where id = 1; update person set measure = '{"was": 5}' where id = 2`,
    )
    expect(await p.sql(`select id::text, grams::text, size::text, measure::text from person where id < 4 order by id`)).toEqual([
      ['1', '1000.00', '{"n":1}', '{"was" : {"n":1}}'],
      ['2', '1000.0', '5', '{"was": 5}'],
      ['3', '1000.0', '{"n": 1}', '{"was" : {"n": 1}}'],
    ])
  }))

/** Written on both sides by somebody else as soon as the first rows are brought over, when these have not been. */
const meanwhile = `
  insert into person select i, 'First' || i || ' Last' || i, 'n', null, null from generate_series(61, 20000) i;
  create table written (once boolean primary key);
  create function write_both() returns void language plpgsql as $$ begin
    update public.person set last = 'New' where id between 19001 and 19100;
    update public.person set name = 'Old Word' where id between 19101 and 19200;
    update public.person set note = 'touched' where id between 19201 and 19300;
    update public.person set name = 'Never', first = 'Said' where id between 19301 and 19400;
    update public.person set last = null, note = 'as it was' where id between 19401 and 19500;
    insert into public.person (id, first, last) select i, 'Came', 'Later' from generate_series(30001, 30100) i;
    insert into public.person (id, name) select i, 'Came Before' from generate_series(30101, 30200) i;
    delete from public.person where id between 18001 and 18100;
  end $$;
  create function meanwhile() returns trigger language plpgsql as $$ begin
    if pg_trigger_depth() = 1 then
      insert into public.written values (true) on conflict do nothing;
      if found then perform public.write_both(); end if;
    end if;
    return null;
  end $$;
  create trigger meanwhile after update on person for each statement execute function meanwhile()`

test('rows that are written before their turn, on either side', () =>
  within(`${setup};${meanwhile}`, async (p) => {
    await p.run(migration('m', names()), { to: 'expand' })
    const many = (where: string) =>
      p.sql(`select distinct name is not distinct from concat_ws(' ', first, last), count(*) from person where ${where} group by 1`)
    expect(await many('true')).toEqual([['t', '20100']])
    expect(
      await p.sql(
        `select first, last, name, count(*) from person where last = 'New' and first = 'First' || id group by 1, 2, 3 order by 1 limit 1`,
      ),
    ).toEqual([['First19001', 'New', 'First19001 New', '1']])
    expect(await many(`last = 'New' and first = 'First' || id`)).toEqual([['t', '100']])
    expect(await many(`first = 'Old' and last = 'Word'`)).toEqual([['t', '100']])
    expect(await many(`note = 'touched' and name = 'First' || id || ' Last' || id`)).toEqual([['t', '100']])
    expect(await many(`first = 'Said' and last = 'Last' || id`)).toEqual([['t', '100']])
    expect(await many(`note = 'as it was' and name = 'First' || id || ' Last' || id`)).toEqual([['t', '100']])
    expect(await many(`name = 'Came Later' and last = 'Later'`)).toEqual([['t', '100']])
    expect(await many(`name = 'Came Before' and last = 'Before'`)).toEqual([['t', '100']])
    expect(
      await p.sql(`select count(*) from pg_attribute where attrelid = 'person'::regclass and attname like 'godwit%' and not attisdropped`),
    ).toEqual([['0']])
  }))

test('two who write, one on each side, while rows are brought over', { timeout: 90_000 }, () =>
  within(`${setup}; insert into person select i, 'First' || i || ' Last' || i, 'n' from generate_series(61, 20000) i`, async (p) => {
    const over = new AbortController()
    const filling = Promise.withResolvers<void>()
    const said = new Map<string, string>()
    /** Each has rows of his own, so what he said last of a row is what it must be. */
    const writer = async (rest: number, words: (id: number, name: string) => string) => {
      await filling.promise
      const client = new pg.Client({ connectionString: p.url })
      await client.connect()
      try {
        for (let n = 0; !over.signal.aborted; n++) {
          const id = 2 * (1 + ((n * 7919) % 9990)) + rest
          const { rows } = await client.query(words(id, `Said${n} Of${id}`))
          expect(rows).toEqual([{ name: `Said${n} Of${id}` }])
          said.set(String(id), `Said${n} Of${id}`)
        }
      } finally {
        await client.end()
      }
    }
    const [first, last] = [(name: string) => name.split(' ')[0]!, (name: string) => name.split(' ')[1]!]
    const both = Promise.all([
      writer(
        0,
        (id, name) =>
          `insert into person (id, name) values (${id}, '${name}') on conflict (id) do update set name = excluded.name returning name`,
      ),
      writer(
        1,
        (id, name) =>
          `update person set first = '${first(name)}', last = '${last(name)}' where id = ${id} returning first || ' ' || last as name`,
      ),
    ])
    await p.run(migration('m', names()), { to: 'expand', observe: (e) => void (e.type === 'step.progress' && filling.resolve()) })
    over.abort()
    await both
    expect(said.size).toBeGreaterThan(10)
    const found = await p.sql(`select id, name, concat_ws(' ', first, last) from person where name like 'Said%' or first like 'Said%'`)
    expect(new Map(found.map(([id, name]) => [id, name]))).toEqual(said)
    expect(found.filter(([, name, made]) => name !== made)).toEqual([])
    expect(await p.sql(`select count(*) from person where name is distinct from concat_ws(' ', first, last)`)).toEqual([['0']])
  }),
)

test('a value that cannot be brought over is refused at once, or is null where that is said', () =>
  within(`create table t (id int primary key, size text, kind text); insert into t values (1, '5', 'x'), (2, null, '7')`, async (p) => {
    await p.run(
      migration(
        'm',
        online.split('t', 'size', { into: { metres: { type: 'int', up: 'size::int' } }, back: 'metres::text' }),
        online.split('t', 'kind', {
          into: { code: { type: 'int', up: 'kind::int', orNull: true } },
          back: { sql: `(100 / (code - 1))::text`, orNull: true },
        }),
      ),
      { to: 'expand' },
    )
    await expect(p.sql(`update t set size = 'large' where id = 1`)).rejects.toThrow(/invalid input syntax for type integer: "large"/)
    await p.sql(`update t set kind = 'y' where id = 2; insert into t (id, code) values (3, 1), (4, 11)`)
    expect(await p.sql('select size, metres, kind, code from t order by id')).toEqual([
      ['5', '5', 'x', null],
      [null, null, 'y', null],
      [null, null, null, '1'],
      [null, null, '10', '11'],
    ])
  }))

test('taken back with what was written since, after either phase', () =>
  within(setup, async (p) => {
    const m = migration('m', names())
    const before = await dumpOf(p.url)
    await p.run(m, { to: 'expand' })
    await p.sql(`insert into person (id, first, last) values (100, 'New', 'Row'); delete from person where id = 60`)
    await p.undo(m)
    expect(await p.sql(`select name from person where id = 100`)).toEqual([['New Row']])
    await p.sql(`delete from person where id = 100; insert into person select 60, 'First60 Last60', 'n', '{"n": 1}', 1.0`)
    expect(await dumpOf(p.url)).toEqual(before)
    await p.run(m)
    await p.sql(`insert into person (id, first, last) values (100, 'New', 'Row'); update person set last = 'Changed' where id = 1`)
    await p.undoCutover(m)
    // both shapes again
    await p.sql(`update person set name = 'By Old' where id = 2; update person set first = 'By', last = 'New' where id = 3`)
    expect(await p.sql('select name, first, last from person where id in (1, 2, 3, 100) order by id')).toEqual([
      ['First1 Changed', 'First1', 'Changed'],
      ['By Old', 'By', 'Old'],
      ['By New', 'By', 'New'],
      ['New Row', 'New', 'Row'],
    ])
    await p.run(m)
    await p.undo(m)
    expect(await p.sql('select name from person where id in (1, 2, 3, 100) order by id')).toEqual([
      ['First1 Changed'],
      ['By Old'],
      ['By New'],
      ['New Row'],
    ])
  }))

test('that the old column must have a value is called what it was called', () =>
  within(`create table t (id int primary key, a text constraint mine not null, b text not null)`, async (p) => {
    const m = migration('m', online.merge('t', ['a', 'b'], { into: { name: 'c', type: 'text', up: 'a' }, back: { a: 'c', b: 'c' } }))
    const named = () => p.sql(`select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 't'::regclass order by 1`)
    const before = await named()
    await p.run(m)
    await p.undo(m)
    expect(await named()).toEqual(before)
  }))

test('not taken back while rows have values that the old column cannot hold', () =>
  within(`create table t (id int primary key, n int not null, k int); insert into t values (1, 1, 1)`, async (p) => {
    const m = migration(
      'm',
      online.split('t', 'n', { into: { word: { type: 'text', up: 'n::text' } }, back: 'word::int' }),
      online.split('t', 'k', { into: { kind: { type: 'text', up: 'k::text' } }, back: 'kind::int' }),
    )
    await p.run(m)
    await p.sql(`update t set word = 'many', kind = 'none'`)
    expect(await p.sql('select _retired_n, _retired_k from t')).toEqual([[null, null]])
    await expect(p.undo(m)).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringMatching(/k: invalid input syntax.*"none"/),
    })
    await p.sql(`update t set kind = '4', word = null`)
    await expect(p.undo(m)).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringMatching(/1 row of t written without a n since, and it must have one/),
    })
    await p.sql(`update t set word = '3'`)
    await p.undo(m)
    expect(await p.sql('select * from t')).toEqual([['1', '3', '4']])
  }))

const inEightDays = { now: () => Date.now() + 8 * 86_400_000, sleep: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) }

test('the old column goes by a purge, and what followed with it', () =>
  within(setup, async (p) => {
    const m = migration('m', names())
    await p.run(m)
    await p.purge(m, { clock: inEightDays, withoutCopy: 'a test' })
    expect(
      await p.sql(
        `select string_agg(attname, ' ' order by attnum), (select count(*) from pg_trigger where tgrelid = 'person'::regclass), (select count(*) from pg_proc where pronamespace = 'public'::regnamespace) from pg_attribute where attrelid = 'person'::regclass and attnum > 0 and not attisdropped`,
      ),
    ).toEqual([['id note size weight first last', '0', '0']])
    await p.sql(`insert into person (id, first) values (100, 'Alone')`)
  }))

test('whoever may use the old columns may use the new ones', () =>
  within(
    `create table t (id int primary key, a text, b text); insert into t values (1, 'x', 'y');
     grant select (a, b), update (a) on t to pg_monitor; grant insert (a, b) on t to pg_read_all_stats with grant option`,
    async (p) => {
      await p.run(
        migration(
          'm',
          online.merge('t', ['a', 'b'], { into: { name: 'c', type: 'text', up: `a || b` }, back: { a: 'left(c, 1)', b: 'substr(c, 2)' } }),
        ),
      )
      expect(
        await p.sql(
          `select regexp_replace(attacl::text, '/[^,}]*', '', 'g') from pg_attribute where attrelid = 't'::regclass and attname = 'c'`,
        ),
      ).toEqual([['{pg_monitor=r,pg_read_all_stats=a*}']])
    },
  ))
