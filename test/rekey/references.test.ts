// Keys where no foreign key tells of them: in pairs of columns, documents, texts and arrays; there, while an application writes, and back.
import { expect, test } from 'vitest'
import { connect, plan, purge, run, undo, verify } from '../../src/api.ts'
import { byType, inArray, inJson, inText, type Migration, migration, references, rekey } from '../../src/index.ts'
import { differing, examined } from '../../src/steps/online/rekey/soft/compare.ts'
import { typedIn } from '../../src/steps/online/rekey/soft/typed.ts'
import type { Step } from '../../src/steps/step.ts'
import { dumpOf } from '../crash/state.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { all, setup, soft } from './papers.ts'

async function within(body: (p: Place) => Promise<void>, more = '') {
  await using fresh = await freshDatabase()
  await query(fresh.url, `${setup};${more}`)
  const db = await connect(fresh.url)
  try {
    await body({
      url: fresh.url,
      sql: (text) => query(fresh.url, text),
      run: async (m, options = {}) => run(await plan(m, db), db, options),
      undo: async (m) => undo(await plan(m, db, { recorded: true }), db),
      verify: async (m) => verify(await plan(m, db, { recorded: true }), db),
      purge: async (m, options) => purge(await plan(m, db, { recorded: true }), db, options),
    })
  } finally {
    await db.close()
  }
}
interface Place {
  readonly url: string
  sql(text: string): Promise<readonly (readonly (string | null)[])[]>
  run(m: Migration, options?: Parameters<typeof run>[2]): ReturnType<typeof run>
  undo(m: Migration): ReturnType<typeof undo>
  verify(m: Migration): ReturnType<typeof verify>
  purge(m: Migration, options: Parameters<typeof purge>[2]): ReturnType<typeof purge>
}

/** The new keys by the old ones, as the tables themselves have them. */
async function keysIn(p: Place) {
  const of = async (table: string) => new Map((await p.sql(`select _retired_id::text, id::text from ${table}`)) as [string, string][])
  const [person, team] = [await of('person'), await of('team')]
  return { u: (n: number) => person.get(String(n))!, t: (n: number) => team.get(String(n))! }
}

test('every shape: there, again, and back', { timeout: 120_000 }, async () => {
  await within(async (p) => {
    const before = await dumpOf(p.url)
    await p.run(all())
    const there = await dumpOf(p.url)
    const { u, t } = await keysIn(p)
    const one = { owner: u(7), rest: [1, 2, { a: null }], readers: [u(1), u(2), 999, null, 'x', { id: u(3) }, [4]] }
    expect((await p.sql('select body from paper order by k')).map(([b]) => JSON.parse(b!))).toEqual([
      one,
      one,
      { owner: u(8), readers: [] },
      { owner: '007', readers: { id: 3 }, k: 5 },
      [],
      { owner: u(-1), readers: [{ id: u(60) }, { id: 61 }] },
    ])
    expect((await p.sql('select raw from paper order by k')).map(([b]) => b && JSON.parse(b))).toEqual([
      ...[1, 1].map(() => ({ b: 1, who: { x: u(5), y: u(6) } })),
      { b: 2 },
      null,
      { who: { x: 1e20, y: 1.5 } },
      { who: [1] },
    ])
    expect(await p.sql('select raw::text from paper where k = 2')).toEqual([['{"b" : 2}']])
    expect((await p.sql('select twice from paper order by k')).flat().map((w) => (w === null ? w : w.replaceAll(' ', '')))).toEqual([
      ...[1, 1].map(() => `{"in":"{\\"n\\":12,\\"team\\":\\"${t(4)}\\"}"}`),
      '{"in":"nodocument","team":4}',
      'nodocument',
      null,
      `{"in":"{\\"team\\":\\"${t(9)}\\"}"}`,
    ])
    expect(await p.sql('select words, tags::text, names::text from line order by _retired_words, tags')).toEqual(
      [
        ['', `{${u(60)},NULL}`, `{${u(2)},NULL}`],
        [t(8), null, '{}'],
        [`see user:${u(8)}, user:${u(9)} and user:61; 10`, '{}', null],
        ['user:08', null, null],
        [`user:${u(7)}`, `{${[1, 2, 3].map(u).join(',')}}`, `{${u(1)},x,999}`],
        [`user:${u(7)}`, `{${[1, 2, 3].map(u).join(',')}}`, `{${u(1)},x,999}`],
      ].toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    )
    expect(
      await p.sql(
        `select count(*) from log l left join person p on p.id = l.about and l.kind = 'person' left join team t on t.id = l.about and l.kind = 'team'
          where case l.kind when 'person' then p._retired_id is distinct from nullif(legacy_about, 888) when 'team' then t._retired_id is distinct from nullif(legacy_about, 10) else l.about is not null end`,
      ),
    ).toEqual([['0']])
    expect(await p.sql('select count(about), count(*), count(legacy_about) from log')).toEqual([['36', '63', '57']])
    expect(await p.sql('select "column", place, target, value, rows from godwit.dangling order by 1, 2, 4')).toEqual([
      ['line.names', '[*]', 'public.person', '999', '2'],
      ['line.names', '[*]', 'public.person', 'x', '2'],
      ['line.words', '\\muser:(\\d+)', 'public.person', '08', '1'],
      ['line.words', '\\muser:(\\d+)', 'public.person', '61', '1'],
      ['log.about', '', '', '3', '1'],
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => ['log.about', 'cat', '', String(n), String(cats.filter((c) => c === n).length)]),
      ['log.about', 'person', 'public.person', '888', '1'],
      ['log.about', 'team', 'public.team', '10', '1'],
      ['paper.body', '$.owner', 'public.person', '007', '1'],
      ['paper.body', '$.readers[*]', 'public.person', '999', '2'],
      ['paper.body', '$.readers[*]', 'public.person', 'x', '2'],
      ['paper.body', '$.readers[*].id', 'public.person', '61', '1'],
      ['paper.raw', '$.who.*', 'public.person', '1.5', '1'],
      ['paper.raw', '$.who.*', 'public.person', '100000000000000000000', '1'],
    ])
    expect(await p.sql('select owner from owners where k = 1')).toEqual([[u(7)], [u(7)]])
    expect(
      await p.sql(
        `select indexdef from pg_indexes where indexname in ('paper_owner', 'log_about') union all select pg_get_constraintdef(oid) from pg_constraint where conname = 'paper_is' union all select col_description('paper'::regclass, attnum) from pg_attribute where attrelid = 'paper'::regclass and attname = 'body' order by 1`,
      ),
    ).toEqual([
      ["CHECK ((jsonb_typeof(body) <> 'number'::text))"],
      ['CREATE INDEX log_about ON public.log USING btree (kind, about)'],
      ["CREATE INDEX paper_owner ON public.paper USING btree (((body ->> 'owner'::text)))"],
      ['the paper'],
    ])
    await p.run(all())
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undo(all())
    expect(await dumpOf(p.url)).toEqual(before)
    await p.run(all())
    expect(await dumpOf(p.url)).toEqual(there)
  })
})

/** What the generator of `log` gives to cats. */
const cats = Array.from({ length: 60 }, (_, i) => i + 1)
  .filter((i) => i % 3 === 2 && i % 10 !== 0)
  .map((i) => 1 + (i % 8))

const wall = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((r) => setTimeout(r, ms)) }

test('written by the old application before, and by the new one in the soak', { timeout: 120_000 }, async () => {
  await within(async (p) => {
    await p.run(all(), { to: 'verify' })
    await p.sql(`insert into person (id, name) values (300, 'late');
      insert into paper (k, body, raw) values (10, '{"owner": 300, "readers": ["1"]}', '{"who": {"z": 301}}');
      insert into paper (k) values (11);
      update paper set body = jsonb_set(body, '{owner}', '9') where k = 2;
      insert into person (id, name) values (301, 'after its reader');
      insert into line (words, tags) values ('user:300', '{300}');
      insert into log (kind, about) values ('person', 300); update log set kind = 'team' where id = 1; delete from paper where k = 4`)
    await p.run(all())
    const { u } = await keysIn(p)
    const now = async (sql: string) => (await p.sql(sql)).map(([b]) => JSON.parse(b!))
    expect(await now('select body from paper where k >= 10 or k = 2 order by k')).toEqual([
      { owner: u(9), readers: [] },
      { owner: u(300), readers: [u(1)] },
      { owner: null },
    ])
    expect(await now('select raw from paper where k = 10')).toEqual([{ who: { z: u(301) } }])
    expect(await p.sql(`select words, tags::text from line where words like '%' || '${u(300)}'`)).toEqual([
      [`user:${u(300)}`, `{${u(300)}}`],
    ])
    expect(await p.sql(`select (about = (select id from team where _retired_id = legacy_about))::text from log where id = 1`)).toEqual([
      ['true'],
    ])
    // from here on by new keys
    await p.sql(`insert into person (name) values ('new');
      update paper set body = jsonb_set(body, '{more}', '1') where k = 1;
      insert into paper (k, body) select 20, jsonb_build_object('owner', id, 'readers', jsonb_build_array(id, '${u(5)}')) from person where name = 'new';
      insert into line (words, tags, names) select 'user:' || id, array[id, '${u(3)}'], array[id::text, 'x'] from person where name = 'new';
      insert into log (kind, about) select 'person', id from person where name = 'new';
      update log set note = 'seen' where legacy_about = 888;
      delete from person where _retired_id = 5`)
    await p.undo(all())
    const [[made]] = (await p.sql(`select id::text from person where name = 'new'`)) as [[string]]
    const n = Number(made)
    // what was a text is one again
    expect(await now('select body from paper where k = 1')).toEqual(
      [1, 1].map(() => ({ owner: 7, rest: [1, 2, { a: null }], readers: [1, '2', 999, null, 'x', { id: 3 }, [4]], more: 1 })),
    )
    expect(await now('select body from paper where k = 20')).toEqual([{ owner: n, readers: [n, 5] }])
    expect(await p.sql(`select words, tags::text, names::text from line where words = 'user:${n}'`)).toEqual([
      [`user:${n}`, `{${n},3}`, `{${n},x}`],
    ])
    expect(await p.sql(`select about::text, note from log where about in (888, ${n}) order by id`)).toEqual([
      ['888', 'seen'],
      [made, null],
    ])
  })
})

test('purged: the old columns are gone but those that are kept, and so are the triggers', async () => {
  await within(async (p) => {
    await p.run(all())
    await p.purge(all(), { clock: { ...wall, now: () => Date.now() + 8 * 86_400_000 }, withoutCopy: 'a test' })
    expect(
      await p.sql(
        `select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid where relnamespace = 'public'::regnamespace and relkind = 'r' and (attname ~ '^(_retired|godwit|legacy)') and not attisdropped`,
      ),
    ).toEqual([['legacy_about']])
    expect(await p.sql(`select count(*) from pg_trigger where not tgisinternal`)).toEqual([['0']])
    await p.sql(`insert into paper (k) values (1); update line set words = 'x'; insert into log (kind) values ('person')`)
  })
})

const damage: Readonly<Record<string, string>> = {
  'an old key left in a document': `update paper set godwit_body_new = jsonb_set(godwit_body_new, '{owner}', '7') where k = 1`,
  'the key of another row': `update paper set godwit_body_new = jsonb_set(godwit_body_new, '{owner}', to_jsonb(godwit.new_key_of_person(8))) where k = 1`,
  'a key that is lost': `update paper set godwit_body_new = godwit_body_new #- '{readers,0}' where k = 1`,
  'a key that no row has, made up': `update paper set godwit_body_new = jsonb_set(godwit_body_new, '{readers,2}', to_jsonb(gen_random_uuid())) where k = 1`,
  'what is no key changed': `update paper set godwit_body_new = jsonb_set(godwit_body_new, '{rest,1}', '3') where k = 1`,
  'a member lost': `update paper set godwit_body_new = godwit_body_new - 'rest' where k = 1`,
  'an empty list become nothing': `update paper set godwit_body_new = godwit_body_new - 'readers' where k = 2`,
  'a document within a document': `update paper set godwit_twice_new = replace(godwit_twice_new, godwit.new_key_of_team(4)::text, godwit.new_key_of_team(5)::text) where k = 1`,
  'words around a key': `update line set godwit_words_new = replace(godwit_words_new, 'see', 'saw')`,
  'one key of two in words': `update line set godwit_words_new = replace(godwit_words_new, godwit.new_key_of_person(9)::text, '9')`,
  'a place in a list': `update line set godwit_tags_new = godwit_tags_new[2:] where words = 'user:7'`,
  'the key of another table': `update log set godwit_about_new = godwit.new_key_of_team(about) where kind = 'person' and about = 2`,
  'a pair without its key': `update log set godwit_about_new = null where id = 3`,
}

/** The last word before places change, asked as often as one likes. */
const strictly = () => {
  const { expand } = references(soft)
  const last: Step = {
    kind: 'last word',
    title: 'the same references with new keys, and no old one left',
    at: undefined,
    params: {},
    ask({ schema }) {
      const all = soft.map((ref) => typedIn(schema, ref)!)
      return {
        title: this.title,
        at: undefined,
        examined: `select ${all.map(examined).join(' + ')}`,
        wrong: all.map((t) => `(${differing(t, false)})`).join(' union all '),
      }
    },
  }
  return migration('all', rekey('person'), rekey('team'), { expand, verify: [last] })
}

test('the comparison says no to each damage', { timeout: 120_000 }, async () => {
  await within(async (p) => {
    await p.run(strictly(), { to: 'verify' })
    // those who follow would mend some of it
    await p.sql('alter table paper disable trigger user; alter table line disable trigger user; alter table log disable trigger user')
    for (const [what, sql] of Object.entries(damage)) {
      const [table] = /(?<=update )\w+/.exec(sql)!
      await p.sql(`create table safe as table ${table}; ${sql}`)
      const { verdict, answers } = await p.verify(strictly())
      expect([what, verdict, answers.map((a) => a.wrong).some((n) => n > 0)]).toEqual([what, 'failed', true])
      await p.sql(`truncate ${table}; insert into ${table} table safe; drop table safe`)
    }
    expect((await p.verify(strictly())).verdict).toBe('passed')
  })
})

test('no reference to a row that is there: nothing is proved', async () => {
  await within(async (p) => {
    const dead = migration('dead', rekey('person'), references([inJson('paper.body', { '$.k': 'person' })]))
    await p.sql(`delete from person where id = 5`)
    await p.run(dead, { to: 'expand' })
    expect((await p.verify(dead)).verdict).toBe('not verified')
  })
})

const refused: Readonly<Record<string, readonly [Parameters<typeof references>[0], string, RegExp]>> = {
  'a path where nothing stands': [
    [inJson('paper.body', { '$.ownr': 'person' })],
    '',
    /nothing stands at \$\.ownr in any row of paper\.body/,
  ],
  'a pattern that nothing is like': [[inText('line.words', { 'usr:(\\d+)': 'person' })], '', /nothing stands at usr/],
  'no such column': [[inJson('paper.bodi', { '$.owner': 'person' })], '', /no column paper\.bodi/],
  'a table that keeps its keys': [[inArray('line.tags', 'line')], '', /line has the keys that it has always had/],
  'a column of another kind': [[inArray('paper.body', 'person')], '', /paper\.body is jsonb, and keys do not stand like that in it/],
  'keys that no row has, and nowhere to stay': [
    [byType('log.about', { type: 'kind', of: { person: 'person', team: 'team' } })],
    '',
    /log\.about has keys that no row has.*888 of person.*say keep: 'legacy_about'/,
  ],
  'words without room': [
    [inText('line.words', { 'user:(\\d+)': 'person' })],
    'alter table line alter words type varchar(60)',
    /would be up to \d+ characters long/,
  ],
  'a key of the table': [
    [inText('line.words', { 'user:(\\d+)': 'person' })],
    'alter table line add row serial; alter table line add primary key (row, words)',
    /line\.words is part of the primary key/,
  ],
  'a default': [[inArray('line.tags', 'person')], `alter table line alter tags set default '{1}'`, /line\.tags has a default of its own/],
}

test.each(Object.entries(refused))('not past %s', async (_, [refs, more, says]) => {
  await within(async (p) => {
    await expect(p.run(all(refs as typeof soft))).rejects.toMatchObject({ code: 'GW_ONLINE_REFUSED', message: expect.stringMatching(says) })
    expect(
      await p.sql(`select count(*) from pg_attribute where attname in ('godwit_body_new', 'godwit_tags_new', 'godwit_about_new')`),
    ).toEqual([['0']])
  }, more)
})

test.each([
  [() => inJson('a.b', { 'owner.id': 't' }), /GW_REFERENCE_PATH {2}owner\.id is no path/],
  [() => inJson('a.b', { '$.owner[0]': 't' }), /GW_REFERENCE_PATH/],
  [() => inText('a.b', { '\\d+': 't' }), /GW_REFERENCE_PATTERN {2}\\d\+ does not say where/],
  [() => inText('a.b', { 'u(\\d+)|v': 't' }), /GW_REFERENCE_PATTERN/],
  [() => inText('a.b', { '(?:u(\\d+))': 't' }), /GW_REFERENCE_PATTERN/],
  [() => inText('a.b', { '(\\d)+': 't' }), /GW_REFERENCE_PATTERN/],
])('said in a way that cannot be meant: %s', (say, says) => {
  expect(say).toThrow(says)
})
