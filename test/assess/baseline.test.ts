// How things were, kept before the first write; and how they are held against it, at each limit and beside it.
import { describe, expect, test } from 'vitest'
import { connect, plan, run } from '../../src/api.ts'
import type { Migration } from '../../src/index.ts'
import { assessment, baseline, bigint, database, into, mapping, migration, since, type Table, table } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { step } from '../life/doors.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { engines } from '../targets/engines.ts'
import { type Kind, place } from '../targets/place.ts'

const setup = ({ name, decimal }: Kind): string => {
  const end = name === 'MariaDB' ? ' engine = innodb' : ''
  return `create table old_pay (id bigint primary key, paid ${decimal})${end}; create table pay (id bigint primary key, paid ${decimal})${end};
    insert into old_pay values (1, 60.10), (2, 39.90)`
}
const tables = ({ schema, paid }: Kind): { old: Table; made: Table } => ({
  old: table(`${schema}.old_pay`, { id: bigint().key(), paid: paid().null() }) as Table,
  made: table(`${schema}.pay`, { id: bigint().key(), paid: paid().null() }) as Table,
})
const pays = (kind: Kind, ...parts: Parameters<typeof migration>[1][]): Migration => {
  const { old, made } = tables(kind)
  return migration(
    'pays',
    mapping(old, (r) => into(made, { id: r['id'], paid: r['paid'] } as never), { name: 'pays' }),
    ...parts,
  )
}
const verdicts = ({ answers }: { answers: readonly { title: string; verdict: string }[] }, of: readonly string[]) =>
  answers.filter((a) => of.includes(a.title)).map((a) => `${a.title}: ${a.verdict}`)

describe.each(engines)('%s', (_, open) => {
  test('each limit, at it and on both sides of it', async () => {
    await using p = await place(open, setup)
    const { old, made } = tables(p.kind)
    const hundred = baseline('paid', (t) => `select sum(paid) from ${t(old)}`, { unit: 'GBP' })
    const nothing = baseline('paid by nobody', (t) => `select count(*) from ${t(old)} where id < 0`, { mayBeZero: 'ids begin at one' })
    const sum = (add: string) => (t: (of: Table) => string) => `select sum(paid) + ${add} from ${t(made)}`
    const few = (n: number) => (t: (of: Table) => string) => `select count(*) + ${n} from ${t(made)} where id < 0`
    const within = { within: '0.01', unit: 'GBP' }
    const cases: readonly (readonly [string, ReturnType<typeof since>])[] = [
      ['passed', since('the same', hundred, sum('0'))],
      ['failed', since('a hundredth of a penny more', hundred, sum('0.0001'))],
      ['passed', since('just below the limit', hundred, sum('0.9999'), within)],
      ['passed', since('at the limit', hundred, sum('1'), within)],
      ['failed', since('just above the limit', hundred, sum('1.0001'), within)],
      ['passed', since('at the limit downwards', hundred, sum('(-1)'), within)],
      ['failed', since('just beyond it downwards', hundred, sum('(-1.0001)'), within)],
      ['passed', since('strictly, just below', hundred, sum('0.9999'), { ...within, strict: true })],
      ['failed', since('strictly, at the limit', hundred, sum('1'), { ...within, strict: true })],
      ['failed', since('strictly, just above', hundred, sum('1.0001'), { ...within, strict: true })],
      ['passed', since('zero, below the floor', nothing, few(4), { within: 0.5, floor: 5 })],
      ['passed', since('zero, at the floor', nothing, few(5), { within: 0.5, floor: 5 })],
      ['failed', since('zero, above the floor', nothing, few(6), { within: 0.5, floor: 5 })],
      ['passed', since('zero, strictly below the floor', nothing, few(4), { within: 0.5, floor: 5, strict: true })],
      ['failed', since('zero, strictly at the floor', nothing, few(5), { within: 0.5, floor: 5, strict: true })],
      ['failed', since('zero, without a floor', nothing, few(1), { within: 0.5 })],
      ['passed', since('zero and zero', nothing, few(0))],
      ['not verified', since('nothing now', hundred, (t) => `select sum(paid) from ${t(made)} where id < 0`)],
      ['not verified', since('a constant now', hundred, 'select 100')],
      [
        'not verified',
        since(
          'never taken',
          baseline('never', (t) => `select max(id) from ${t(old)}`),
          sum('0'),
        ),
      ],
    ]
    const m = pays(p.kind, { assess: [hundred, nothing], verify: cases.map(([, check]) => check) })
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
    const asked = await p.verify(m)
    const titles = cases.map(([, check]) => check.title)
    expect(verdicts(asked, titles)).toEqual(cases.map(([verdict, check]) => `${check.title}: ${verdict}`))
    // what it is held against is shown, with its unit and its time
    const [row] = asked.answers.find((a) => a.title === 'just above the limit')!.sample
    expect(row).toMatchObject({ unit: 'GBP', taken: expect.stringMatching(/^20\d\d-/) })
    expect([row!['baseline'], row!['now'], row!['difference'], row!['limit']].map(Number)).toEqual([100, 101.0001, 1.0001, 1])
  })

  test('it is taken once, before anything is written, and kept by whoever comes later', async () => {
    await using p = await place(open, setup)
    const { old, made } = tables(p.kind)
    const before = baseline('paid', (t) => `select sum(paid) from ${t(old)}`, { unit: 'GBP' })
    const m = pays(p.kind, { assess: [before], verify: [since('paid as before', before, (t) => `select sum(paid) from ${t(made)}`)] })
    expect(await p.run(m, { to: 'assess' })).toMatchObject({ state: 'paused' })
    expect(await p.rows('pay')).toEqual([])
    // somebody writes meanwhile: what was taken stays what it was
    await p.app.sql('update old_pay set paid = 1 where id = 1')
    await p.again()
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
    await p.app.sql('update old_pay set paid = 60.10 where id = 1')
    await p.again()
    expect(await p.run(m, { to: 'verify' })).toMatchObject({ pass: 2 })
    expect(await p.run(m)).toMatchObject({ state: 'finished' })
    await p.undo(m)
    expect(await p.rows('pay')).toEqual([])
  })

  test.each([
    ['empty', 'it is empty', (t: Table) => (named: (of: Table) => string) => `select sum(paid) from ${named(t)} where id < 0`],
    ['zero', 'it is zero', (t: Table) => (named: (of: Table) => string) => `select count(*) from ${named(t)} where id < 0`],
    ['no number', 'it is no number', (t: Table) => (named: (of: Table) => string) => `select 'much' from ${named(t)} where id = 1`],
  ] as const)('one that is %s is refused, and nothing is written', async (_name, says, asking) => {
    await using p = await place(open, setup)
    const m = pays(p.kind, { assess: [baseline('paid', asking(tables(p.kind).old))] })
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_BASELINE_EMPTY', exit: 4, message: expect.stringContaining(says) })
    expect(await p.rows('pay')).toEqual([])
  })

  test('one that stands behind the rows is refused', async () => {
    await using p = await place(open, setup)
    const m = pays(p.kind, { backfill: [baseline('paid', (t) => `select sum(paid) from ${t(tables(p.kind).old)}`)] })
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_BASELINE_LATE', exit: 4, message: expect.stringContaining('phase backfill') })
  })

  test('the audit as the first step: kept with the run, and a no before anything is written', async () => {
    await using p = await place(open, setup)
    const m = pays(p.kind, { assess: [assessment()] })
    expect(await p.run(m)).toMatchObject({ state: 'finished' })
    await p.undo(m)
    await p.app.sql('delete from old_pay')
    await p.again()
    await expect(p.run(m)).rejects.toMatchObject({ code: 'GW_NOT_READY', exit: 4, message: expect.stringContaining('nothing to migrate') })
    expect(await p.rows('pay')).toEqual([])
  })
})

const t = table('t', { id: bigint().key() })
test.each([
  ['a constant', () => baseline('x', 'select 7'), /asks no table/],
  ['a constant with a function behind FROM', () => baseline('x', 'select count(*) from generate_series(1, 7)'), /asks no table/],
  ['values', () => baseline('x', 'select sum(v) from (values (1), (2)) x(v)'), /asks no table/],
  [
    'tables of two databases',
    () => baseline('x', (n) => `select count(*) from ${n(t)}, ${n(database('a').table('t', { id: bigint().key() }))}`),
    /several databases/,
  ],
  ['zero without a reason', () => baseline('x', 'select count(*) from t', { mayBeZero: ' ' }), /without a reason/],
  [
    'a part that is none',
    () => since('x', baseline('x', 'select count(*) from t'), 'select 1 from t', { within: '1 %' }),
    /within is a part/,
  ],
  [
    'a floor that is none',
    () => since('x', baseline('x', 'select count(*) from t'), 'select 1 from t', { floor: -1 }),
    /floor is a decimal/,
  ],
  [
    'strictly within nothing',
    () => since('x', baseline('x', 'select count(*) from t'), 'select 1 from t', { strict: true }),
    /strictly within nothing/,
  ],
  [
    'strictly within nothing of zero',
    () => since('x', baseline('x', 'select count(*) from t', { mayBeZero: 'why' }), 'select 1 from t', { strict: true, within: 0.1 }),
    /say floor/,
  ],
])('%s is refused where it is written', (_, make, why) => {
  expect(make).toThrow(why)
})

test('a baseline of another database is asked there', async () => {
  await using fresh = await freshDatabase()
  await using other = await freshDatabase()
  await query(fresh.url, 'create table pay (id bigint primary key)')
  await query(other.url, 'create table old_pay (id bigint primary key); insert into old_pay values (1), (2), (3)')
  const old = database('legacy').table('old_pay', { id: bigint().key() })
  const made = table('pay', { id: bigint().key() })
  const before = baseline('rows', (n) => `select count(*) from ${n(old)}`)
  const m = migration(
    'pays',
    mapping(old, (r) => into(made, { id: r.id })),
    { assess: [before], verify: [since('rows as before', before, (n) => `select count(*) from ${n(made)}`)] },
  )
  const db = await connect(fresh.url, { sources: { legacy: other.url } })
  try {
    expect(await run(await plan(m, db), db)).toMatchObject({ state: 'finished' })
    const [[kept]] = (await query(fresh.url, `select body ->> 'value' from godwit.memory where step = 'assess.1'`)) as [[string]]
    expect(kept).toBe('3')
  } finally {
    await db.close()
  }
})

test('two migrations that share a baseline are each held against their own', async () => {
  await using fresh = await freshDatabase()
  await query(
    fresh.url,
    'create table old_pay (id bigint primary key); create table a (id bigint primary key); create table b (id bigint primary key); insert into old_pay values (1), (2)',
  )
  const old = table('old_pay', { id: bigint().key() })
  const shared = baseline('rows', (n) => `select count(*) from ${n(old)}`)
  const into1 = (name: string) => {
    const to = table(name, { id: bigint().key() })
    return migration(
      name,
      mapping(old, (r) => into(to, { id: r.id })),
      { assess: [shared], verify: [since('rows as before', shared, (n) => `select count(*) from ${n(to)}`)] },
    )
  }
  const db = await connect(fresh.url)
  try {
    await run(await plan(into1('a'), db), db)
    await query(fresh.url, 'insert into old_pay values (3)')
    await run(await plan(into1('b'), db), db)
    const { verify } = await import('../../src/api.ts')
    await query(fresh.url, 'delete from old_pay where id = 3')
    const asked = await verify(await plan(into1('a'), db), db)
    expect(verdicts(asked, ['rows as before'])).toEqual(['rows as before: passed'])
  } finally {
    await db.close()
  }
})

const [oldPay, pay] = [table('old_pay', { id: bigint().key() }), table('pay', { id: bigint().key() })]
const counted = baseline('rows', (n) => `select count(*) from ${n(oldPay)}`)

/** Two payments, and where they go. */
async function twoPayments(...assess: readonly Step[]) {
  const fresh = await freshDatabase()
  await query(
    fresh.url,
    'create table old_pay (id bigint primary key); create table pay (id bigint primary key); insert into old_pay values (1), (2)',
  )
  const m = migration(
    'pays',
    mapping(oldPay, (r) => into(pay, { id: r.id })),
    { assess },
  )
  return { url: fresh.url, m, [Symbol.asyncDispose]: fresh.drop }
}

test('a run whose ledger has rows already takes no baseline any more', async () => {
  await using fresh = await twoPayments(counted, step('x', { says: [], gate: true, do: async () => ({ done: 'x' }) }))
  const { m } = fresh
  const db = await connect(fresh.url)
  try {
    await run(await plan(m, db), db)
    // as if somebody had taken the number out of the ledger
    await query(fresh.url, `delete from godwit.memory; delete from godwit.mark where step = 'assess.1'`)
    await expect(run(await plan(m, db), db, { to: 'verify' })).rejects.toMatchObject({
      code: 'GW_BASELINE_LATE',
      message: expect.stringContaining('written rows already'),
    })
  } finally {
    await db.close()
  }
})

test('whoever was killed before it was noted finds the number that was kept', async () => {
  await using fresh = await twoPayments(counted)
  const { m } = fresh
  const db = await connect(fresh.url)
  try {
    await run(await plan(m, db), db, { to: 'assess' })
    await query(fresh.url, `insert into old_pay values (3); delete from godwit.mark where step = 'assess.1'`)
    expect(await run(await plan(m, db), db)).toMatchObject({ state: 'finished' })
    expect(await query(fresh.url, `select body ->> 'value' from godwit.memory where step = 'assess.1'`)).toEqual([['2']])
  } finally {
    await db.close()
  }
})
