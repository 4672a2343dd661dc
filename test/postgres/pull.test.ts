import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AuthoredTable, diffSchemas, diffTables, fingerprint } from '../../src/schema/diff.ts'
import { pullSource } from '../../src/schema/pull.ts'
import type { LiveSchema, LiveTable } from '../../src/schema/schema.ts'
import { nasty } from './nasty.ts'
import { type Opened, opened } from './open.ts'

const root = path.resolve(import.meta.dirname, '../..')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gw-pull-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The words as src/schema has them: what `godwit` exports, from where they are. */
const words = `export * from ${JSON.stringify(path.join(root, 'src/schema/column.ts'))}\nexport * from ${JSON.stringify(path.join(root, 'src/schema/table.ts'))}\n`

async function written(source: string): Promise<string> {
  const file = path.join(folder, `schema-${written.count++}.ts`)
  await writeFile(path.join(folder, 'godwit.ts'), words)
  await writeFile(file, source.replace(`from 'godwit'`, `from './godwit.ts'`))
  return file
}
written.count = 0

async function load(source: string): Promise<Record<string, AuthoredTable>> {
  return (await import(/* @vite-ignore */ pathToFileURL(await written(source)).href)) as Record<string, AuthoredTable>
}

describe('a schema with everything in it', () => {
  let on: Opened
  let live: LiveSchema
  beforeAll(async () => {
    on = await opened(nasty)
    live = await on.db.schema()
  })
  afterAll(() => on[Symbol.asyncDispose]())

  test('pulled, loaded and compared, does not differ', async () => {
    const tables = Object.values(await load(pullSource(live)))
    expect(tables).toHaveLength([...live.tables.values()].filter((t) => !t.partition).length)
    expect(diffTables(tables, live)).toEqual([])
    for (const table of tables) {
      const there = live.tables.get(table.id)!
      // names that look like numbers come first in any object
      expect(Object.keys(table.columns).toSorted(), table.id).toEqual(there.columns.map((c) => c.name).toSorted())
      for (const column of there.columns) expect(table.columns[column.name]!.type, `${table.id}.${column.name}`).toEqual(column.type)
    }
    const hostile = tables.find((t) => t.id.startsWith('Odd'))!
    expect(Object.getPrototypeOf(hostile.columns)).toBe(Object.prototype)
    expect(Object.hasOwn(hostile.columns, '__proto__')).toBe(true)
  })

  test('is TypeScript that compiles', async () => {
    const program = ts.createProgram([await written(pullSource(live))], {
      target: ts.ScriptTarget.ES2024,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      types: [],
      noUnusedLocals: true,
    })
    const problems = ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'))
    expect(problems).toEqual([])
  })

  test('is the same text each time, and takes only what is asked for', async () => {
    expect(pullSource(await on.db.schema())).toBe(pullSource(live))
    expect(pullSource(live, { only: ['public.left_one', 'public.measured*'], header: '// mine' })).toMatchInlineSnapshot(`
      "// mine
      import { date, double, int, table, text } from 'godwit'

      export const leftOne = table('public.left_one', {
        id: int().key(),
        right_id: int().null().references('public.right_one.id'),
      })

      export const measured = table('public.measured', {
        at_day: date().key(),
        place: text().key(),
        value: double().null(),
      })
      "
    `)
    expect(pullSource(live, { only: ['public.left?one', 'ublic.left_one', 'public.left_on'] })).not.toContain('export')
  })
})

describe('names', () => {
  const column = { name: 'id', type: { name: 'int4' as const }, nullable: false }
  const schemaOf = (...ids: [schema: string, name: string][]): LiveSchema => ({
    serverVersion: 180_000,
    database: 'd',
    user: 'u',
    tables: new Map(ids.map(([schema, name]) => [`${schema}.${name}`, tableOf(schema, name)])),
  })
  const tableOf = (schema: string, name: string, over: Partial<LiveTable> = {}): LiveTable => ({
    id: `${schema}.${name}`,
    schema,
    name,
    kind: 'table',
    owner: 'o',
    columns: [column],
    primaryKey: [],
    uniques: [],
    checks: [],
    foreignKeys: [],
    exclusions: [],
    triggers: [],
    estimate: 1,
    bytes: 1,
    rowSecurity: false,
    ...over,
  })
  const exported = (source: string) => [...source.matchAll(/^export const (\S+) = table\('([^']*)'/gm)].map(([, name, id]) => [id, name])

  test('are made of tables, and collide with nothing', async () => {
    const source = pullSource(
      schemaOf(
        ['a', 'pad_request'],
        ['a', 'padRequest'],
        ['a', 'class'],
        ['a', 'await'],
        ['a', 'int'],
        ['a', 'table'],
        ['a', '2fast'],
        ['a', '🐦'],
        ['a', '---'],
        ['a', 'User'],
        ['b', 'user_'],
        ['a', 'straße'],
        ['a', 'x y;z'],
        ['b', 'only_here'],
        ['a', 'eval'],
      ),
    )
    const names = exported(source)
    expect(Object.fromEntries(names)).toEqual({
      'a.padRequest': 'aPadRequest',
      'a.pad_request': 'aPadRequest2',
      'a.class': 'classTable',
      'a.await': 'awaitTable',
      'a.int': 'intTable',
      'a.table': 'aTable2',
      'a.2fast': 't2fast',
      'a.🐦': 'aTable3',
      'a.---': 'aTable',
      'a.User': 'aUser',
      'b.user_': 'bUser',
      'a.straße': 'straße',
      'a.x y;z': 'xYZ',
      'b.only_here': 'onlyHere',
      'a.eval': 'evalTable',
    })
    expect(new Set(names.map(([, name]) => name)).size).toBe(15)
    expect(Object.keys(await load(source))).toHaveLength(15)
  })

  test('cannot be code, nor turn the line around', async () => {
    const evil = [
      `'); process.exit(1); ('`,
      '\\',
      `\\'`,
      `\${process.exit(1)}`,
      '`',
      '*/ x /*',
      '\u2028',
      '\u202e}',
      'a\r\nb',
      '__proto__',
      'toString',
      '</script>',
      '"',
      '\t',
    ]
    const columns = evil.map((name) => ({ name, type: { name: 'enum' as const, sql: name, labels: [name] }, nullable: false }))
    const schema: LiveSchema = { ...schemaOf(), tables: new Map(evil.map((name) => [`s.${name}`, tableOf('s', name, { columns })])) }
    const source = pullSource(schema)
    expect(source).not.toMatch(/[\u2028\u202e\r]/)
    const tables = Object.values(await load(source))
    expect(tables.map((t) => t.id).toSorted()).toEqual(evil.map((name) => `s.${name}`).toSorted())
    expect(diffTables(tables, schema)).toEqual([])
    for (const t of tables) expect(Object.keys(t.columns).toSorted()).toEqual(evil.toSorted())
  })

  test('of an empty schema are none', () =>
    expect(pullSource(schemaOf())).toBe('// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.\n\n\n'))
})

describe('differences', () => {
  test('between the file and the database, in words', async () => {
    const before = `create schema pad; create type pad.mood as enum ('a', 'b'); create table pad.other (id int primary key);
      create table pad.pad_request (id bigint primary key, status varchar(25) not null, note text, mood pad.mood, other_id int references pad.other, n int default 1 not null, gone int,
        twice int generated always as (n * 2) stored, always int generated always as identity, free text not null)`
    await using on = await opened(before)
    const file = Object.values(await load(pullSource(await on.db.schema())))
    expect(diffTables(file, await on.db.schema())).toEqual([])
    await on.sql(`create table pad.new (id int); create view pad.new_view as select 1 as one;
      alter table pad.pad_request drop column twice, alter status type varchar(20), alter note set not null, drop column gone, add column more int, drop constraint pad_request_pkey,
        alter n drop default, alter always drop identity, alter free set default 'x', drop constraint pad_request_other_id_fkey;
      alter table pad.pad_request add column twice int; alter type pad.mood add value 'c'; drop table pad.other`)
    expect(diffTables(file, await on.db.schema())).toEqual([
      'pad.new: in the database, but not in schema.ts',
      'pad.new_view: in the database, but not in schema.ts',
      'pad.other: in schema.ts, but not in the database',
      'pad.pad_request.always: no identity there, identity always in schema.ts',
      'pad.pad_request.free: a default there, no default in schema.ts',
      'pad.pad_request.gone: in schema.ts, but not there',
      'pad.pad_request.id: not in the key there, in the key in schema.ts',
      'pad.pad_request.mood: pad.mood (a, b, c) there, pad.mood (a, b) in schema.ts',
      'pad.pad_request.more: there, but not in schema.ts',
      'pad.pad_request.n: no default there, a default in schema.ts',
      'pad.pad_request.note: not null there, may be null in schema.ts',
      'pad.pad_request.other_id: no reference there, a reference to pad.other.id in schema.ts',
      'pad.pad_request.status: varchar(20) there, varchar(25) in schema.ts',
      'pad.pad_request.twice: written there, generated in schema.ts',
    ])
    expect(diffTables([], await on.db.schema(), { only: ['pad.new'], file: 'tables.ts' })).toEqual([
      'pad.new: in the database, but not in tables.ts',
    ])
  })

  const changes: [sql: string, said: string | RegExp][] = [
    ['alter table t add column extra int', 'public.t: new column extra: int4 null'],
    ['alter table t drop column plain', /^public\.t: column plain is gone: int4 null$/],
    ['alter table t alter plain type bigint', 'public.t: column plain was int4 null, is int8 null'],
    ['alter table t alter plain set not null', 'public.t: column plain was int4 null, is int4 not null'],
    ['alter table t alter name set default $$x$$', "public.t: column name was text null, is text null default 'x'::text"],
    ['alter table t alter name type text collate "C"', /^public\.t: column name was text null, is text null collate .*C/],
    ['alter type mood add value $$c$$', /column mood was public\.mood \(a, b\) null, is public\.mood \(a, b, c\)/],
    ['alter table t add constraint small check (plain > 0)', 'public.t: new check small: (plain > 0)'],
    ['alter table t validate constraint later', /check later was \(plain < 100\), not validated, is \(plain < 100\)/],
    ['alter table t drop constraint t_up_fkey', /^public\.t: foreign key t_up_fkey is gone/],
    ['alter table t alter constraint t_up_fkey deferrable', /is \(up\) to public\.t \(id\) deferrable/],
    ['alter table t disable trigger touch', /trigger touch was .*\(origin\), is .*\(disabled\)/],
    ['drop trigger touch on t', /trigger touch is gone/],
    ['create unique index one on t (name) where plain > 1', 'public.t: new unique one: (name) where (plain > 1)'],
    ['alter table t drop constraint t_pkey cascade', /^public\.t: primary key was id, is none$/],
    ['alter table t enable row level security', 'public.t: row security was off, is on'],
    ['create table fresh (id int)', 'public.fresh: new table'],
    ['drop table lonely', 'public.lonely: table is gone'],
    ['create table p1 partition of parted for values in (1)', 'public.p1: new partition'],
    ['alter table parted detach partition p0', /public\.p0: kind was partition, is table/],
  ]

  const base = `create type mood as enum ('a', 'b'); create table lonely (id int); create table parted (a int) partition by list (a); create table p0 partition of parted for values in (0);
    create table t (id int primary key, plain int, name text, mood mood, up int references t);
    alter table t add constraint later check (plain < 100) not valid;
    create function touch() returns trigger language plpgsql as $$ begin return new; end $$; create trigger touch before update on t for each row execute function touch()`

  test.each(changes)('a schema before and after: %s', async (sql, said) => {
    await using on = await opened(base)
    const before = await on.db.schema()
    expect(diffSchemas(before, await on.db.schema())).toEqual([])
    await on.sql(sql)
    const after = await on.db.schema()
    expect(diffSchemas(before, after)).toContainEqual(typeof said === 'string' ? said : expect.stringMatching(said))
    const changed = [...before.tables.keys()].filter(
      (id) => after.tables.has(id) && fingerprint(before.tables.get(id)!) !== fingerprint(after.tables.get(id)!),
    )
    const named = diffSchemas(before, after)
      .map((line) => line.split(': ')[0]!)
      .filter((id) => before.tables.has(id) && after.tables.has(id))
    expect(changed, 'the fingerprint sees what the words say').toEqual([...new Set(named)])
  })

  test('rows, statistics, comments and plain indexes leave the fingerprint as it is', async () => {
    await using on = await opened(base)
    const before = (await on.db.schema()).tables.get('public.t')!
    await on.sql(
      `insert into t select n, n from generate_series(1, 50) n; analyze t; comment on table t is 'x'; comment on column t.id is 'y'; create index plainly on t (name)`,
    )
    const after = (await on.db.schema()).tables.get('public.t')!
    expect([after.estimate, after.comment]).toEqual([50, 'x'])
    expect(fingerprint(after)).toBe(fingerprint(before))
    expect(fingerprint(after)).toMatch(/^[0-9a-f]{64}$/)
  })
})
