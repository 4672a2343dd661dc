// G19: names and values are never SQL. The parse trees of all statements of a plan are those of the same plan with harmless names.
import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Plan } from '../../src/api.ts'
import {
  any,
  bigint,
  bool,
  concat,
  countRows,
  decide,
  int,
  into,
  json,
  lookup,
  type Migration,
  mapping,
  migration,
  nth,
  table,
  text,
  uuid,
  when,
} from '../../src/index.ts'
import { parts, place } from './engine.ts'

beforeAll(loadModule)

interface Names {
  readonly [part: string]: string
}
const benign: Names = {
  schema: 'ns',
  source: 'src',
  target: 'tgt',
  child: 'kid',
  id: 'id',
  name: 'name',
  flag: 'flag',
  other: 'other',
  mapping: 'm',
  output: 'o',
  filter: 'f',
  migration: 'mig',
  value: 'v',
  ref: 'ref',
}

const hostile: readonly string[] = [
  'a"b',
  `it's`,
  'semi;colon',
  '--comment',
  '/*c*/',
  '$$',
  '$1',
  '$body$',
  'new\nline',
  'tab\t',
  '\\',
  `E'\\''`,
  '%s',
  '${x}',
  '{{x}}',
  'select',
  'user',
  'ORDER',
  'MixedCase',
  'with space',
  '1digit',
  '🐦 bird',
  'ünï',
  '\u202eright',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(63),
  'é'.repeat(31),
  '/*key*/',
  'godwit·0',
  'godwit source',
  'godwit_n',
  'k0',
  'o0k0',
  's',
  't',
  'u',
  'key',
  'rule',
  'raw',
  'source',
  'ctid2',
  'null',
  'true',
  ' as ',
  `'; drop table canary; --`,
  `"; drop table canary; --`,
  `$$; drop table canary; $$`,
]

const ident = (s: string) => `"${s.replaceAll('"', '""')}"`

/** A migration that uses every word that takes a name or a literal. */
function build(n: Names): { setup: string; migration: Migration } {
  const own = (part: string, ...rest: unknown[]) => Object.fromEntries([[n[part]!, rest[0]]])
  const id = (part: string) => `${n['schema']}.${n[part]}`
  const source = table(id('source'), {
    id: uuid().key(),
    ...own('name', text()),
    ...own('flag', bool().null()),
    ...own('other', int().null()),
  } as never) as never
  const reference = table(id('ref'), { ...own('name', text().key()), ...own('value', text()) } as never) as never
  const target = table(id('target'), {
    id: bigint().key().default(),
    ...own('name', text()),
    ...own('value', text()),
    ...own('other', int().null()),
    nr: bigint(),
    doc: text(),
  } as never) as never
  const group = table(id('child'), { id: int().key().default(), ...own('name', text()), rows: bigint() } as never) as never
  const m = mapping(
    source,
    (row) => {
      const r = row as Record<string, any>
      const v = n['value']!
      const found = lookup(reference, { [n['name']!]: r[n['name']!] } as never) as Record<string, any>
      const shared = into(group, { [n['name']!]: r[n['name']!], rows: countRows() } as never, { per: [n['name']!] as never })
      const made = into(target, {
        [n['name']!]: concat(r[n['name']!], v, ' ', found[v].replace(v, 'x')),
        [v]: decide(
          [r[n['name']!], r[n['flag']!]],
          [
            [[v, any], v],
            [[[v, 'y', null], true], concat(v, '!')],
          ],
          when(r[n['name']!].isIn(v, 'z'), v).otherwise(r[n['name']!].match({ [v]: v, b: 'c' }, v)),
        ),
        [n['other']!]: r[n['other']!],
        nr: nth({ by: [concat(r[n['name']!], v)], order: [r[n['other']!]] }),
        doc: json({ [v]: v, list: [v, r[n['name']!]] }).asText(),
      } as never)
      return { [n['output']!]: made, [`${n['output']}2`]: shared } as never
    },
    { name: n['mapping']!, only: { [n['filter']!]: (row: any) => row[n['name']!].isNot(n['value']!) }, ignore: {} },
  )
  const t = (part: string) => `${ident(n['schema']!)}.${ident(n[part]!)}`
  const c = (part: string) => ident(n[part]!)
  const literal = `'${n['value']!.replaceAll("'", "''")}'`
  return {
    migration: migration(n['migration']!, m as never),
    setup: `create table canary (id int); insert into canary values (1);
      create schema ${c('schema')}; create table ${t('source')} (id uuid primary key, ${c('name')} text not null, ${c('flag')} boolean, ${c('other')} integer);
      insert into ${t('source')} select md5('r' || i)::uuid, case when i % 9 = 0 then ${literal} else 'row ' || i % 5 end, i % 2 = 0, i from generate_series(1, 24) i;
      create table ${t('ref')} (${c('name')} text primary key, ${c('value')} text not null); insert into ${t('ref')} select 'row ' || i, ${literal} || i from generate_series(0, 3) i;
      create table ${t('target')} (id bigserial primary key, ${c('name')} text not null, ${c('value')} text not null, ${c('other')} integer unique, nr bigint not null, doc text not null);
      create table ${t('child')} (id serial primary key, ${c('name')} text not null unique, rows bigint not null)`,
  }
}

/** Every statement that a plan holds, wherever it stands in it. */
function statementsOf(plan: Plan): string[] {
  const found: string[] = []
  const visit = (value: unknown, key: string): void => {
    if (
      typeof value === 'string' &&
      /^\s*(select|insert|update|delete|create|truncate|analyze|with|drop)\b/i.test(value) &&
      value.length > 20
    )
      found.push(value)
    else if (
      typeof value === 'object' &&
      value !== null &&
      !['shape', 'facts', 'node', 'output', 'schema', 'key', 'lines', 'findings', 'shapes', 'table'].includes(key)
    )
      for (const [k, v] of Object.entries(value)) visit(v, k)
  }
  for (const step of plan.steps) visit(step.mapping, 'mapping')
  visit(plan.books, 'books')
  visit(plan.comparisons, 'comparisons')
  return found
}

const prints = (plan: Plan): string[] =>
  statementsOf(plan).map((sql) => {
    try {
      expect(parseSync(sql).stmts).toHaveLength(1)
    } catch (error) {
      throw new Error(`${(error as Error).message}: ${sql}`, { cause: error })
    }
    return treeOf(sql)
  })

const struckOut = new Set(['relname', 'schemaname', 'colname', 'name', 'aliasname'])
const places = /(^|_)(location|start|end|len)$/

/** The tree without names, literals and places in the text; what is left is what the statement does. */
const treeOf = (sql: string): string =>
  JSON.stringify(parseSync(sql), (key, value) => {
    if (places.test(key)) return undefined
    if (key === 'sval') return typeof value === 'string' ? '·' : {}
    return struckOut.has(key) && typeof value === 'string' ? '·' : value
  })

const oneHostile = (part: string, bad: string): Names => ({ ...benign, [part]: bad })

describe.each(Object.keys(benign))('in the place of %s', (part) => {
  test('G19: the parse trees are those of harmless names', async () => {
    const harmless = build(benign)
    await using p = await place(harmless.setup)
    const should = prints(await p.plan(harmless.migration))
    expect(should.length).toBeGreaterThan(20)
    const wrong: string[] = []
    for (const bad of hostile) {
      if (part === 'schema' && bad === ' as ') continue
      const { setup, migration: m } = build(oneHostile(part, bad))
      await p.sql(
        `drop schema if exists ns cascade; drop table if exists canary; do $$ declare s text; begin for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema') loop execute format('drop schema %I cascade', s); end loop; end $$; ${setup}`,
      )
      const is = await p
        .plan(m)
        .then(prints, (e: Error & { code?: string }) => [`${e.code ?? e.name}: ${e.message.split('\n').slice(0, 2).join(' ')}`])
      if (is.length === 1 && is[0]!.startsWith('GW_NAME')) continue
      const at = is.findIndex((tree, i) => tree !== should[i])
      if (at >= 0 || is.length !== should.length)
        wrong.push(`${JSON.stringify(bad)}: ${is.length === 1 ? is[0] : `statement ${at} of ${is.length}/${should.length}`}`)
    }
    expect(wrong).toEqual([])
  })
})

/** Each of them in every place at once, all the way: there, again, and back. */
test('G19: a run with such names and values everywhere does what one with harmless names does, and the canary lives', {
  timeout: 240_000,
}, async () => {
  const should = build(benign)
  await using plain = await place(should.setup)
  await plain.run(should.migration)
  const count = 'select count(*) from'
  const expected = [
    await plain.sql(`${count} ns.tgt`),
    await plain.sql(`${count} ns.kid`),
    (await plain.quarantine(should.migration)).length,
  ]
  const wrong: string[] = []
  for (const [i, bad] of hostile.entries()) {
    if (i % 4) continue
    const at = (n: number) => hostile[(i + n) % hostile.length]!
    // names that must differ from each other get a place each; 63 bytes leave no room for more
    const names: Names = {
      schema: at(0),
      source: at(1),
      target: at(2),
      child: at(3),
      ref: at(4),
      id: 'id',
      name: at(5),
      flag: at(6),
      other: at(7),
      value: at(8),
      mapping: at(9),
      output: at(10),
      filter: at(11),
      migration: at(12),
    }
    const { setup, migration: m } = build(names)
    await using p = await place(setup)
    const before = await p.dump()
    const problem = await (async () => {
      await p.run(m, { dryRun: true })
      await p.run(m, { chunk: 4, workers: 2 })
      const q = (part: string) => `${ident(names['schema']!)}.${ident(names[part]!)}`
      const is = [await p.sql(`${count} ${q('target')}`), await p.sql(`${count} ${q('child')}`), (await p.quarantine(m)).length]
      expect(is).toEqual(expected)
      await p.run(m)
      await p.retry(m)
      await p.undo(m)
      expect(await parts(before, await p.dump())).toBeUndefined()
      expect(await p.sql('select * from canary')).toEqual([['1']])
    })().then(
      () => undefined,
      (e: Error & { code?: string }) => `${e.code ?? e.name}: ${e.message.slice(0, 300)}`,
    )
    if (problem) wrong.push(`${i} ${JSON.stringify(bad)}: ${problem}`)
  }
  expect(wrong).toEqual([])
})

test('G19: a name longer than Postgres keeps is refused, and so is half of a character', async () => {
  for (const bad of ['x'.repeat(64), 'é'.repeat(32), 'nul\0', '\ud800', '']) {
    await using p = await place(build(benign).setup)
    await expect(p.plan(build(oneHostile('value', bad)).migration)).rejects.toMatchObject({
      code: expect.stringMatching(/^GW_(NAME|COLUMN|SPEC|DRIFT)/),
    })
  }
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('G6: a column called %s is not overlooked', async (name) => {
  const a = table('a', { id: bigint().key(), ...Object.fromEntries([[name, text()]]) } as never) as any
  const b = table('b', { id: bigint().key().default(), ...Object.fromEntries([[name, text()]]) } as never) as any
  await using p = await place(
    `create table a (id bigint primary key, ${ident(name)} text not null); create table b (id bigserial primary key, ${ident(name)} text not null)`,
  )
  const missing = migration(
    'm',
    mapping(a, () => into(b, {} as never)),
  )
  await expect(p.plan(missing)).rejects.toMatchObject({ code: 'GW_SPEC', message: expect.stringMatching(/GW_UNMAPPED[\s\S]*GW_REQUIRED/) })
})
