import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { column, foreignKeysTo, type LiveSchema, type LiveTable } from '../../src/schema/schema.ts'
import { nasty, nastySince15 } from './nasty.ts'
import { type Opened, opened, refusal } from './open.ts'

describe('a schema with everything in it', () => {
  let on: Opened
  let schema: LiveSchema
  const table = (id: string): LiveTable =>
    schema.tables.get(id) ?? expect.fail(`no table ${id} among ${[...schema.tables.keys()].join(', ')}`)
  const of = (id: string, name: string) => column(table(id), name)

  beforeAll(async () => {
    on = await opened(nasty)
    schema = await on.db.schema()
    if (schema.serverVersion >= 150_000) {
      await on.sql(nastySince15)
      schema = await on.db.schema()
    }
  })
  afterAll(() => on[Symbol.asyncDispose]())

  test("its tables, with neither the system's nor Godwit's own", () => {
    expect([...schema.tables.keys()]).toEqual([
      'Odd "schema".Mixed Case; drop table x; --',
      'other.parent',
      'public.about_measured',
      'public.child',
      'public.class',
      'public.counted',
      'public.happy',
      'public.inherits_parent',
      'public.left_one',
      'public.measured',
      'public.measured_2024',
      'public.measured_rest',
      'public.measured_rest_x',
      'public.no_columns',
      ...(schema.serverVersion >= 150_000 ? ['public.nulls'] : []),
      'public.parent',
      'public.right_one',
      'public.scratch',
    ])
    expect(schema.database).toBe(new URL(on.url).pathname.slice(1))
  })

  test('hostile names as they are', () => {
    expect(table('Odd "schema".Mixed Case; drop table x; --').columns.map((c) => c.name)).toEqual([
      'User',
      'quo"te',
      'back\\slash',
      'new\nline',
      '__proto__',
      'constructor',
      'select',
      "it's",
      'emoji 🐦',
      '1',
      '$x',
      'a.b',
      `\${x}`,
      '%s',
    ])
  })

  test('types', () => {
    const types = Object.fromEntries(table('public.child').columns.map((c) => [c.name, c.type]))
    const mood = { name: 'enum', sql: 'other.mood', labels: ['sad', "it's ok", 'a\\b', 'c'] }
    expect(types).toEqual({
      id: { name: 'int8' },
      serial_id: { name: 'int8' },
      shared: { name: 'int8' },
      app_key: { name: 'int8' },
      by_default: { name: 'int4' },
      parent_a: { name: 'int4' },
      parent_b: { name: 'text' },
      up: { name: 'int8' },
      twice: { name: 'int4' },
      mood,
      moods: { name: 'array', of: mood },
      price: { name: 'other', sql: 'other.positive' },
      span: { name: 'other', sql: 'other.span' },
      pair: { name: 'other', sql: 'other.pair' },
      texts: { name: 'array', of: { name: 'text' } },
      matrix: { name: 'array', of: { name: 'int4' } },
      codes: { name: 'array', of: { name: 'varchar', length: 3 } },
      code: { name: 'char', length: 3 },
      free: { name: 'char', length: 1 },
      tag: { name: 'varchar', length: 20 },
      any_tag: { name: 'varchar' },
      amount: { name: 'numeric', precision: 10, scale: 2 },
      whole: { name: 'numeric', precision: 12, scale: 0 },
      any_number: { name: 'numeric' },
      exact: { name: 'other', sql: 'timestamp(3) without time zone' },
      at_t: { name: 'timestamptz' },
      d: { name: 'date' },
      t: { name: 'time' },
      tz: { name: 'other', sql: 'time with time zone' },
      iv: { name: 'interval' },
      ivs: { name: 'other', sql: 'interval day to second(2)' },
      j: { name: 'json' },
      jb: { name: 'jsonb' },
      bytes: { name: 'bytea' },
      flag: { name: 'bool' },
      r: { name: 'float4' },
      dbl: { name: 'float8' },
      small: { name: 'int2' },
      inet: { name: 'other', sql: 'inet' },
      bits: { name: 'other', sql: 'bit(4)' },
      x: { name: 'other', sql: 'xml' },
      one: { name: 'other', sql: '"char"' },
      collated: { name: 'text' },
    })
  })

  test('what fills a column by itself', () => {
    expect(of('public.child', 'id')).toEqual({
      name: 'id',
      type: { name: 'int8' },
      nullable: false,
      identity: 'always',
      sequence: 'public.child_id_seq',
    })
    expect(of('public.child', 'by_default')).toMatchObject({
      identity: 'by default',
      nullable: false,
      sequence: 'public.child_by_default_seq',
    })
    expect(of('public.child', 'serial_id')).toMatchObject({
      sequence: 'public.child_serial_id_seq',
      default: "nextval('public.child_serial_id_seq'::regclass)",
    })
    expect(of('public.child', 'shared'), "of a sequence that is nobody's").toMatchObject({ sequence: 'other.shared_seq', nullable: true })
    expect(of('public.child', 'app_key'), 'owned, and asked only by the application').toMatchObject({ sequence: 'public.app_only' })
    expect(of('public.child', 'app_key')).not.toHaveProperty('default')
    expect(of('public.child', 'twice')).toEqual({ name: 'twice', type: { name: 'int4' }, nullable: true, generated: '(parent_a * 2)' })
    expect(of('public.child', 'mood')).toMatchObject({ default: "'it''s ok'::other.mood", nullable: false })
    expect(of('public.child', 'collated')).toMatchObject({ collation: 'other.plain' })
    expect(of('public.child', 'tag')).not.toHaveProperty('collation')
    expect(of('public.parent', 'b')?.comment).toBe('two\nlines')
    expect(table('public.parent').comment).toBe(`it's a "parent"`)
  })

  test('keys and what is unique, in the order of the index', () => {
    expect(table('public.parent').primaryKey).toEqual(['b', 'a'])
    expect(table('public.parent').uniques).toEqual([
      { name: 'parent_c_key', columns: ['c'], deferrable: true, nullsNotDistinct: false, primary: false },
      { name: 'parent_pk', columns: ['b', 'a'], deferrable: false, nullsNotDistinct: false, primary: true },
    ])
    expect(table('public.child').uniques.map(({ name, columns, where, expressions }) => ({ name, columns, where, expressions }))).toEqual([
      {
        name: 'child_expression',
        columns: [],
        expressions: 'CREATE UNIQUE INDEX child_expression ON public.child USING btree (lower((tag)::text), code)',
      },
      { name: 'child_mixed', columns: ['code'] },
      { name: 'child_partial', columns: ['tag'], where: 'flag' },
      { name: 'child_pkey', columns: ['id'] },
    ])
    expect(table('public.child').indexes?.find((i) => i.name === 'child_plain')).toMatchObject({
      columns: ['parent_b', 'parent_a'],
      unique: false,
      valid: true,
    })
    expect(table('public.no_columns')).toMatchObject({ columns: [], primaryKey: [], uniques: [] })
  })

  test('NULLS NOT DISTINCT, where the server knows it', () => {
    if (schema.serverVersion < 150_000) return
    expect(table('public.nulls').uniques).toMatchObject([
      { name: 'nulls_same', nullsNotDistinct: true },
      { name: 'nulls_unique', columns: ['b'], nullsNotDistinct: true },
    ])
  })

  test('checks, and no not-null among them', () => {
    expect(table('public.child').checks).toEqual([
      {
        name: 'child_amount_check',
        sql: "((amount > (0)::numeric) AND ((tag)::text <> 'x'::text))",
        columns: ['amount', 'tag'],
        validated: true,
      },
      { name: 'child_not_valid', sql: '(small > 0)', columns: ['small'], validated: false },
    ])
    expect(table('public.parent').checks).toEqual([])
    expect(table('public.child').exclusions).toEqual(['EXCLUDE USING gist (span WITH &&)'])
  })

  test('foreign keys: composite ones in order, cycles, two to one table', () => {
    expect(table('public.child').foreignKeys).toEqual([
      {
        name: 'child_parent_fk',
        table: 'public.child',
        columns: ['parent_b', 'parent_a'],
        to: 'public.parent',
        toColumns: ['b', 'a'],
        onDelete: 'restrict',
        onUpdate: 'cascade',
        match: 'full',
        deferrable: false,
        validated: true,
      },
      {
        name: 'child_up_fkey',
        table: 'public.child',
        columns: ['up'],
        to: 'public.child',
        toColumns: ['id'],
        onDelete: 'set null',
        onUpdate: 'no action',
        match: 'simple',
        deferrable: true,
        validated: true,
      },
    ])
    expect(foreignKeysTo(schema, 'public.left_one').map((f) => [f.table, f.columns, f.onDelete])).toEqual([
      ['public.right_one', ['left_id'], 'no action'],
      ['public.right_one', ['second_left'], 'set default'],
    ])
    expect(foreignKeysTo(schema, 'public.right_one')).toMatchObject([{ table: 'public.left_one', validated: false }])
  })

  test('a foreign key to a partitioned table is one, and not one a partition', () => {
    expect(table('public.about_measured').foreignKeys.map((f) => [f.to, f.columns])).toEqual([['public.measured', ['at_day', 'place']]])
  })

  test('partitions', () => {
    const kinds = ['measured', 'measured_2024', 'measured_rest', 'measured_rest_x'].map((name) => [
      table(`public.${name}`).kind,
      table(`public.${name}`).partition,
    ])
    expect(kinds).toEqual([
      ['partitioned table', undefined],
      ['partition', { of: 'public.measured', bound: "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')" }],
      ['partitioned table', { of: 'public.measured', bound: 'DEFAULT' }],
      ['partition', { of: 'public.measured_rest', bound: "FOR VALUES IN ('x')" }],
    ])
    expect(table('public.inherits_parent').kind, 'inheritance is no partition').toBe('table')
    expect(table('public.measured').bytes).toBe(table('public.measured_2024').bytes + table('public.measured_rest').bytes)
  })

  test('triggers, without those of the system', () => {
    expect(table('public.child').triggers).toEqual([
      {
        name: 'Touch It',
        enabled: 'origin',
        events: ['insert', 'update'],
        timing: 'before',
        perRow: true,
        sql: 'CREATE TRIGGER "Touch It" BEFORE INSERT OR UPDATE OF tag ON public.child FOR EACH ROW WHEN (new.flag) EXECUTE FUNCTION other.touch()',
      },
      {
        name: 'after_all',
        enabled: 'always',
        events: ['truncate'],
        timing: 'after',
        perRow: false,
        sql: expect.stringContaining('other.plain_touch()'),
      },
      { name: 'asleep', enabled: 'disabled', events: ['delete'], timing: 'after', perRow: true, sql: expect.any(String) },
    ])
    expect(table('public.parent').triggers).toEqual([])
  })

  test('views as sources, row security, owners', () => {
    expect(table('public.happy')).toMatchObject({
      kind: 'view',
      primaryKey: [],
      columns: [
        { name: 'id', type: { name: 'int8' }, nullable: true },
        { name: 'mood', type: { name: 'enum' } },
      ],
    })
    expect(table('public.counted').kind).toBe('materialized view')
    expect([table('public.right_one').rowSecurity, table('public.left_one').rowSecurity]).toEqual([true, false])
    expect(table('public.parent').owner).toBe(schema.user)
  })

  test('estimates: unknown until somebody has counted, partitions added up', async () => {
    expect(table('public.measured').estimate).toBe(-1)
    await on.sql(`insert into measured select '2024-01-01'::date + n, 'p', n from generate_series(0, 99) n; insert into measured select '2030-01-01'::date + n, 'x', n from generate_series(0, 49) n;
      analyze measured_2024; analyze measured_rest_x`)
    const now = await on.db.schema(['public.measured*'])
    expect([...now.tables.values()].map((t) => [t.name, t.estimate])).toEqual([
      ['measured', 150],
      ['measured_2024', 100],
      ['measured_rest', 50],
      ['measured_rest_x', 50],
    ])
  })

  test('only what is asked for: names and *, where _ and % mean themselves', async () => {
    const ids = async (...only: string[]) => [...(await on.db.schema(only)).tables.keys()]
    expect(await ids('public.parent')).toEqual(['public.parent'])
    expect(await ids('other.*', 'public.c*')).toEqual(['other.parent', 'public.child', 'public.class', 'public.counted'])
    expect(await ids('public.left%', 'publi_.child', 'PUBLIC.child')).toEqual([])
    expect(await ids('*__proto__*', 'Odd "schema".*')).toEqual(['Odd "schema".Mixed Case; drop table x; --'])
    expect(await ids()).toEqual([])
  })

  test('invalid indexes guarantee nothing', async () => {
    await on.sql(`insert into other.parent values (1), (1)`)
    await refusal(on.sql('create unique index concurrently broken on other.parent (id)'))
    const now = (await on.db.schema(['other.parent'])).tables.get('other.parent')!
    expect(now.uniques).toEqual([])
    expect(now.indexes).toMatchObject([{ name: 'broken', valid: false, unique: true }])
  })
})

test('the words of newer servers: WITHOUT OVERLAPS is no plain key, NOT ENFORCED is not validated, virtual columns are generated', async () => {
  await using on = await opened()
  if ((await on.db.schema()).serverVersion < 180_000) return
  await on.sql(`create table t (a int4range not null, during daterange not null, b int constraint soft check (b > 0) not enforced, c int generated always as (b + 1) virtual,
    constraint t_key primary key (a, during without overlaps))`)
  const table = (await on.db.schema()).tables.get('public.t')!
  expect(table).toMatchObject({
    primaryKey: ['a', 'during'],
    uniques: [],
    exclusions: ['PRIMARY KEY (a, during WITHOUT OVERLAPS)'],
    checks: [{ name: 'soft', validated: false }],
  })
  expect(column(table, 'c')).toMatchObject({ generated: '(b + 1)' })
})

test('a negative scale is one', async () => {
  await using on = await opened()
  if ((await on.db.schema()).serverVersion < 150_000) return
  await on.sql('create table t (a numeric(3, -2), b numeric(2, 5), c bpchar)')
  expect((await on.db.schema()).tables.get('public.t')!.columns.map((c) => c.type)).toEqual([
    { name: 'numeric', precision: 3, scale: -2 },
    { name: 'numeric', precision: 2, scale: 5 },
    { name: 'other', sql: 'bpchar' },
  ])
})

test('two tables that a dot makes one are refused', async () => {
  await using on = await opened('create schema "a.b"; create schema a; create table "a.b".c (i int); create table a."b.c" (i int)')
  expect(await refusal(on.db.schema())).toMatchObject({ code: 'GW_NAME_AMBIGUOUS', message: expect.stringContaining('a.b.c') })
})

test('300 tables are read in a few questions, however many there are', async () => {
  const columns = Array.from({ length: 25 }, (_, i) => `c${i} int not null default ${i}`).join(', ')
  await using on = await opened(`do $$ begin for n in 1..300 loop
    execute format('create table t%s (id bigserial primary key, up bigint references t%s, ${columns}, check (c1 > -1), unique (c2, c3))', n, greatest(n - 1, 1)); end loop; end $$`)
  await on.db.session(async (session) => {
    let asked = 0
    const counting = new Proxy(session, {
      get: (target, name) => {
        if (name === 'query') asked++
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const { readSchema } = await import('../../src/databases/postgres/introspect.ts')
    const start = performance.now()
    const schema = await readSchema(counting)
    console.log(`300 tables of 27 columns read in ${Math.round(performance.now() - start)} ms`)
    expect(schema.tables.size).toBe(300)
    expect(foreignKeysTo(schema, 'public.t7')).toHaveLength(1)
    expect(asked).toBeLessThan(10)
  })
})
