// Documents that restate their rows, as version chains: chains walked, changes found, JSON lists as rows, and a run over all of it.
import { expect, test } from 'vitest'
import {
  query as asQuery,
  bigint,
  chains,
  int,
  into,
  json,
  jsonRows,
  lookupOrNull,
  mapping,
  migration,
  numeric,
  replay,
  restated,
  table,
  text,
  uuid,
  uuidOf,
} from '../../src/index.ts'
import { objections, parts, place } from '../guarantees/engine.ts'

const report = table('src.report', { id: int().key(), after: int().null(), trav: int(), state: text(), snapshot: json().null() })
const line = table('src.line', { id: int().key(), report: int().null(), partner: text().null(), kind: int(), amount: numeric(20, 2) })
const doc = table('tgt.doc', { id: int().key(), chain: int(), version: int() })
const item = table('tgt.item', {
  id: bigint().key().default(),
  doc: int(),
  grp: uuid(),
  version: int(),
  action: text(),
  partner: text().null(),
  kind: int(),
  amount: numeric(20, 2),
})

const chained = chains('reports', report, { before: 'after', order: (r) => [r.trav], counts: (r) => r.state.isNot('Deleted') })
const docs = mapping(chained, (r) => into(doc, { id: r.id, chain: r.root.required(), version: r.version.required() }), {
  name: 'docs',
  only: { 'not deleted': (r) => r.state.isNot('Deleted') },
  ignore: { after: 'walked', trav: 'is the version', trouble: 'is in the quarantine', snapshot: 'elsewhere' },
})
const changes = restated('lines', {
  documents: chained,
  chain: 'root',
  order: 'version',
  silent: (d) => docs.keyOf(d.id).isNull(),
  rows: line,
  of: { report: 'id' },
  same: (r) => ({ who: r.partner.trim().lower().orElse('') }),
  changed: (r) => [r.amount],
})
const items = mapping(
  changes,
  (r) =>
    into(item, {
      doc: docs.keyOf(r.document.required()),
      grp: uuidOf('line', r.chain.required(), r.who.required(), r.ordinal.required()),
      version: r.version.required(),
      action: r.action.required(),
      partner: r.partner,
      kind: r.kind,
      amount: r.amount,
    }),
  { name: 'items', only: { unchanged: (r) => r.action.orElse('').isNot('UNCHANGED') }, ignore: { report: 'is the document' } },
)
const rebuilt = replay('every report is rebuilt', changes, items.out, {
  group: 'grp',
  version: 'version',
  action: 'action',
  document: 'doc',
  compare: (r) => ({ partner: r.partner.trim().lower(), kind: r.kind, amount: r.amount }),
})
const whole = migration('reports', docs, items, { verify: [rebuilt] })

const setup = `create schema src; create schema tgt;
  create table src.report (id int primary key, after int, trav int not null, state text not null, snapshot json);
  create table src.line (id int primary key, report int, partner text, kind int not null, amount numeric(20, 2) not null);
  create table tgt.doc (id int primary key, chain int not null, version int not null check (version < 50));
  create table tgt.item (id bigserial primary key, doc int not null references tgt.doc, grp uuid not null, version int not null, action text not null, partner text, kind int not null, amount numeric(20, 2) not null, unique (grp, version));
  insert into src.report values (1, null, 0, 'ok', null), (2, 1, 1, 'ok', null), (3, 2, 2, 'ok', null), (4, 3, 3, 'ok', null),
    (10, null, 0, 'ok', null), (11, 10, 1, 'Deleted', null), (12, 11, 2, 'ok', null),
    (20, 21, 0, 'ok', null), (21, 20, 1, 'ok', null), (30, 999, 1, 'ok', null), (31, 30, 2, 'ok', null);
  insert into src.line values (100, 1, 'A', 1, 5), (101, 1, 'B', 1, 6), (102, 1, 'Twin', 1, 7), (103, 1, 'Twin', 1, 7),
    (200, 2, ' a ', 1, 5), (201, 2, 'B', 1, 6.5), (202, 2, 'Twin', 1, 7),
    (400, 4, 'A', 1, 5), (401, 4, 'B', 1, 6.5), (402, 4, 'Twin', 1, 8), (403, 4, 'New', 2, 1),
    (1000, 10, 'X', 1, 1), (1100, 11, 'X', 1, 99), (1200, 12, 'X', 1, 1), (2000, 20, 'Loop', 1, 1), (3000, null, 'Nobody', 1, 1)`

test('what is restated becomes what changed: created, changed, gone, and come again', async () => {
  await using p = await place(setup)
  const before = await p.dump()
  await p.run(whole)
  expect(await p.sql(`select id::text, chain::text, version::text from tgt.doc order by doc.id`)).toEqual([
    ['1', '1', '0'],
    ['2', '1', '1'],
    ['3', '1', '2'],
    ['4', '1', '3'],
    ['10', '10', '0'],
    ['12', '10', '1'],
  ])
  expect(
    await p.sql(
      `select doc::text, partner, version::text, action, amount::text from tgt.item order by item.doc, partner, item.amount, item.version`,
    ),
  ).toEqual([
    ['1', 'A', '0', 'CREATE', '5.00'],
    ['1', 'B', '0', 'CREATE', '6.00'],
    ['1', 'Twin', '0', 'CREATE', '7.00'],
    ['1', 'Twin', '0', 'CREATE', '7.00'],
    ['2', 'B', '1', 'UPDATE', '6.50'],
    ['2', 'Twin', '1', 'DELETE', '7.00'],
    ['3', ' a ', '1', 'DELETE', '5.00'],
    ['3', 'B', '2', 'DELETE', '6.50'],
    ['3', 'Twin', '1', 'DELETE', '7.00'],
    ['4', 'A', '2', 'CREATE', '5.00'],
    ['4', 'B', '3', 'CREATE', '6.50'],
    ['4', 'New', '0', 'CREATE', '1.00'],
    ['4', 'Twin', '2', 'CREATE', '8.00'],
    ['10', 'X', '0', 'CREATE', '1.00'],
  ])
  expect(await p.quarantine(whole)).toEqual([
    'docs 20 NULL_NOT_ALLOWED',
    'docs 21 NULL_NOT_ALLOWED',
    'docs 30 NULL_NOT_ALLOWED',
    'docs 31 NULL_NOT_ALLOWED',
    'items ["1100", "false"] PARENT_MISSING',
    'items ["2000", "false"] PARENT_QUARANTINED',
    'items ["3000", "false"] NULL_NOT_ALLOWED',
  ])
  expect(objections(await p.verify(whole))).toEqual([])
  await p.undo(whole)
  expect(await parts(before, await p.dump())).toBeUndefined()
})

test('a replay finds what a comparison row by row cannot: a version that is not there, or says something else', async () => {
  await using p = await place(setup)
  await p.run(whole)
  for (const [harm, says] of [
    [`update tgt.item set action = 'UPDATE' where action = 'DELETE' and partner = 'Twin' and doc = 2`, 'only in the target'],
    [`delete from tgt.item where partner = 'New'`, 'not in the target'],
    [`update tgt.item set amount = 2 where partner = 'X'`, 'not in the target'],
  ] as const) {
    await p.sql(`create table keep as table tgt.item`)
    await p.sql(harm)
    const found = (await p.verify(whole)).answers.find((a) => a.title === 'every report is rebuilt')!
    expect(found.verdict).toBe('failed')
    expect(JSON.stringify(found.sample)).toContain(says)
    await p.sql('truncate tgt.item; insert into tgt.item table keep; drop table keep')
  }
})

test('a document that did not go is passed over, and taken in when it does', async () => {
  await using p = await place(`${setup}; alter table tgt.doc add constraint no_two check (id <> 2)`)
  await p.run(whole)
  expect(await p.sql(`select item.doc::text, action from tgt.item where partner ilike '%b%' order by doc, item.version`)).toEqual([
    ['1', 'CREATE'],
    ['3', 'DELETE'],
    ['4', 'CREATE'],
  ])
  expect(objections(await p.verify(whole))).toEqual([])
  await p.sql('alter table tgt.doc drop constraint no_two')
  await p.run(whole)
  expect(await p.sql(`select item.doc::text, action from tgt.item where partner ilike '%b%' order by doc, item.version`)).toEqual([
    ['1', 'CREATE'],
    ['2', 'UPDATE'],
    ['3', 'DELETE'],
    ['4', 'CREATE'],
  ])
  expect(objections(await p.verify(whole))).toEqual([])
})

test('a second run over changed documents comes to what a first one would have', async () => {
  const change = `insert into src.report values (5, 4, 4, 'ok', null), (40, null, 0, 'ok', null); update src.report set state = 'ok' where id = 11;
    insert into src.line values (500, 5, 'A', 1, 9), (4000, 40, 'Z', 1, 1); update src.line set amount = 6 where id = 201; delete from src.line where id = 1200`
  await using p = await place(setup)
  await p.run(whole)
  await p.sql(change)
  await p.run(whole)
  await using q = await place(`${setup}; ${change}`)
  await q.run(whole)
  const items = `select item.doc::text, grp::text, item.version::text, action, partner, amount::text from tgt.item order by item.doc, grp, item.version`
  expect(await p.sql(items)).toEqual(await q.sql(items))
  expect(objections(await p.verify(whole))).toEqual([])
})

const lists = jsonRows('lists', report, {
  column: 'snapshot',
  path: ['b', 'rows'],
  columns: { partner: ['partner', 'who'], amount: 'amount' },
})
const held = table('tgt.held', { report: int().key(), item: int().key(), partner: text().null(), amount: numeric(20, 2) })
const fromJson = migration(
  'json',
  mapping(
    lists,
    (r) => into(held, { report: r.id, item: r.item, partner: r.partner, amount: r.amount.required().asDecimal({ thousands: ',' }) }),
    { name: 'rows' },
  ),
)

test('lists in JSON are rows, however they were put there; null, nothing and something else are no list', async () => {
  await using p =
    await place(`${setup}; create table tgt.held (report int, item int, partner text, amount numeric(20, 2) not null, primary key (report, item));
    update src.report set snapshot = '{"b":{"rows":[{"partner":"a","amount":"1,234.50"},{"who":"b","amount":"12345678901234567.25"},{"partner":null,"who":"c","amount":"x"}]}}' where id = 1;
    update src.report set snapshot = to_json('{"b":{"rows":[{"who":"twice","amount":"2"}]}}'::text) where id = 2;
    update src.report set snapshot = 'null' where id = 3; update src.report set snapshot = '{"b":{"rows":{"0":1}}}' where id = 4; update src.report set snapshot = '{"b":{"rows":[]}}' where id = 10;
    update src.report set snapshot = '"{not json"' where id = 11`)
  await p.run(fromJson)
  expect(await p.sql('select report::text, item::text, partner, amount::text from tgt.held order by held.report, held.item')).toEqual([
    ['1', '1', 'a', '1234.50'],
    ['1', '2', 'b', '12345678901234567.25'],
    ['2', '1', 'twice', '2.00'],
  ])
  expect(await p.quarantine(fromJson)).toEqual(['rows ["1", "3"] CAST_NUMERIC'])
  expect(objections(await p.verify(fromJson))).toEqual([])
})

test('what a query reads is named by what it is given, and looked into by its key', async () => {
  const per = asQuery(
    'totals',
    { chain: int().key(), lines: bigint() },
    (t) =>
      `select d.root as chain, count(*) as lines from ${t(line)} l join ${t(chained)} d on d.id = l.report where d.root is not null group by d.root`,
  )
  const totals = table('tgt.total', { id: int().key(), lines: bigint().null() })
  const counted = migration(
    'counted',
    mapping(report, (r) => into(totals, { id: r.id, lines: lookupOrNull(per, { chain: r.id }).lines }), {
      ignore: { after: 'x', trav: 'x', state: 'x', snapshot: 'x' },
    }),
  )
  await using p = await place(`${setup}; create table tgt.total (id int primary key, lines bigint)`)
  expect((await p.plan(counted)).reads).toEqual(expect.arrayContaining(['src.report', 'src.line']))
  await p.run(counted)
  expect(await p.sql('select id::text, lines::text from tgt.total where lines is not null order by total.id')).toEqual([
    ['1', '11'],
    ['10', '3'],
  ])
  expect(objections(await p.verify(counted))).toEqual([])
  await p.undo(counted)
  expect(await p.sql(`select count(*)::text from pg_tables where schemaname = 'godwit' and tablename like 'made%'`)).toEqual([['0']])
})
