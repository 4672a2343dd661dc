// Keys in pairs, documents, words and arrays, with an application at work from the first move to the last, there and back. It writes what
// points at a row before the row itself, as nothing keeps it from doing.
import pg from 'pg'
import { expect, test } from 'vitest'
import { byType, inArray, inJson, inText, migration, references, rekey } from '../../src/index.ts'
import { within } from './within.ts'

/** In each world it says keys as they are there; what it is about to write changes no places meanwhile. */
const setup = `
  create table person (id serial primary key, name text not null unique);
  create table paper (body jsonb not null);
  create table line (name text, words text not null, tags int[]);
  create table log (id serial primary key, name text, kind text, about int);
  create index line_words on line (words);
  insert into person (name) select 'p' || i from generate_series(1, 400) i;
  insert into paper select jsonb_build_object('owner', 1 + i % 400, 'name', 'p' || 1 + i % 400) from generate_series(1, 600) i;
  insert into line select 'p' || 1 + i % 400, 'user:' || 1 + i % 400, array[1 + i % 400] from generate_series(1, 600) i;
  insert into log (name, kind, about) select 'p' || 1 + i % 400, 'person', 1 + i % 400 from generate_series(1, 600) i;
  create function app(n int) returns void language plpgsql as $app$
  declare world text; key text; named text := 'app ' || n; has text; cast_to text;
  begin
    lock table person, paper, line, log in row exclusive mode;
    select case when exists (select from pg_attribute where attrelid = 'person'::regclass and attname = 'id' and atttypid = 'int'::regtype) then 'numbers'
      when exists (select from pg_attribute where attrelid = 'paper'::regclass and attname = '_retired_body' and not attisdropped) then 'keys' else 'between' end into world;
    key := case world when 'keys' then gen_random_uuid()::text else nextval('person_id_seq')::text end;
    cast_to := case world when 'keys' then 'uuid' else 'int' end;
    execute format('insert into paper (body) values (jsonb_build_object(''owner'', %s, ''name'', %L))', case world when 'keys' then quote_literal(key) else key end, named);
    execute format('insert into line (name, words, tags) values (%L, %L, array[%L::%s])', named, 'user:' || key, key, cast_to);
    execute format('insert into log (name, kind, about) values (%L, ''person'', %L::%s)', named, key, cast_to);
    execute format('insert into person (%I, name) values (%L, %L)', case world when 'between' then '_retired_id' else 'id' end, key, named);
    update paper set body = jsonb_set(body, '{seen}', to_jsonb(n)) where ctid in (select ctid from paper where (body ->> 'name') = 'p' || 1 + n % 400 limit 1);
    delete from log where id = n;
  end $app$`

/** Of each kind: references, and those that stand for another person than the one that is named beside them, or for none. */
const wrong = `select
  (select count(*) from paper left join person p on p.id::text = body ->> 'owner' where p.name is distinct from body ->> 'name'),
  (select count(*) from line l left join person p on l.words = 'user:' || p.id where p.name is distinct from l.name),
  (select count(*) from line l left join person p on l.tags[1] = p.id where p.name is distinct from l.name),
  (select count(*) from log l left join person p on l.about = p.id where p.name is distinct from l.name)`

test('an application at work beside every move, there and back', { timeout: 600_000 }, () =>
  within(setup, async (p) => {
    const app = new pg.Client({ connectionString: p.url })
    await app.connect()
    const failed: string[] = []
    const at = { work: true, done: 0, longest: 0 }
    const working = async () => {
      for (; at.work; at.done++) {
        const began = performance.now()
        await app.query('select app($1)', [at.done + 1]).catch((problem: Error) => failed.push(problem.message))
        at.longest = Math.max(at.longest, performance.now() - began)
        await new Promise((r) => setTimeout(r, 25))
      }
    }
    const work = working()
    const m = migration(
      'm',
      rekey('person', { looked: ['app(integer)'] }),
      references([
        inJson('paper.body', { '$.owner': 'person' }),
        inText('line.words', { '^user:(\\d+)$': 'person' }),
        inArray('line.tags', 'person', { dangling: 'null' }),
        byType('log.about', { type: 'kind', of: { person: 'person' }, dangling: 'null' }),
      ]),
    )
    const written: number[] = []
    try {
      await p.run(m, { to: 'verify' })
      written.push(at.done)
      await p.run(m)
      written.push(at.done)
      await expect.poll(() => at.done, { timeout: 60_000 }).toBeGreaterThan(written[1]! + 20)
      await p.undo(m)
      await expect.poll(() => at.done, { timeout: 60_000 }).toBeGreaterThan(written[1]! + 40)
    } finally {
      at.work = false
      await work
      await app.end()
    }
    expect([...new Set(failed)]).toEqual([])
    expect(written[0]).toBeGreaterThan(10)
    expect(await p.sql(wrong)).toEqual([['0', '0', '0', '0']])
    await p.run(m)
    expect(await p.sql(wrong)).toEqual([['0', '0', '0', '0']])
    expect(Number((await p.sql(`select count(*) from person where name like 'app %'`))[0]![0])).toBe(at.done)
    // the budget for a lock is half a second; a machine that does much else takes its time as well
    expect(at.longest).toBeLessThan(5_000)
  }),
)
