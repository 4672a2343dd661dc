// The staged order held against the original one, on real databases.
import { expect, test } from 'vitest'
import type { Staging } from '../../src/stage/staging.ts'
import { before, revision } from '../stage/piles.ts'
import { query, serverUrl } from '../support/postgres.ts'
import { mixed, proven } from './proving.ts'

test('the scratch databases are gone afterwards', async () => {
  await proven(mixed)
  expect(await query(serverUrl(), `select count(*) from pg_database where datname ~ '^godwit_prove_'`)).toEqual([['0']])
})

test('what the base application needs is missed by name, and in contract that is expected', async () => {
  const c = await proven(mixed, { smoke: 'SELECT note FROM orders' })
  expect(c.phases.map((p) => p.smoke.result)).toEqual(['proved', 'proved', 'refuted'])
  expect(c.phases[2]!.smoke.why).toEqual([
    'SELECT note FROM orders: column "note" does not exist',
    expect.stringContaining('this phase takes away'),
  ])
  expect(c.proved).toBe(true)
  const renamed = {
    ...before,
    ...revision('b2', `op.alter_column('orders', 'note', new_column_name='remark')`, { parent: 'a1' }),
    ...revision('c3', 'pass', { parent: 'b2' }),
  }
  const early = await proven(renamed, { only: ['b2', 'c3'], settings: 'pin: {b2: contract}', smoke: 'SELECT remark FROM orders' })
  expect([early.proved, early.claims[1]]).toEqual([
    false,
    expect.objectContaining({ result: 'refuted', why: [expect.stringContaining('remark')] }),
  ])
})

/** Without the operations of one phase: as a mistake in the cutting would lose them. */
const without =
  (phase: string) =>
  (staging: Staging): Staging => ({
    ...staging,
    migrations: staging.migrations.map((m) =>
      m.phase === phase && m.change === 'part' ? { ...m, group: { up: new Set<number>(), down: m.group.down } } : m,
    ),
  })

test.each([
  ['expand', 'the staged order fails at'],
  ['backfill', 'of the rows of public.orders some are not the same: cents'],
  ['contract', 'column public.orders.note is there, and was not'],
])('work of %s that is lost on the way is found', async (phase, why) => {
  const c = await proven(mixed, { spoil: without(phase) })
  expect([c.proved, c.claims[0]!.result, c.claims[0]!.why.join('\n')]).toEqual([false, 'refuted', expect.stringContaining(why)])
})

test('an order that makes a difference is found: rows that are read before they are changed', async () => {
  const files = {
    ...before,
    ...revision('b2', `op.add_column('orders', sa.Column('x', sa.Numeric()))\nop.execute("UPDATE orders SET x = total")`, { parent: 'a1' }),
    ...revision('c3', `op.execute("UPDATE orders SET total = 0 WHERE id > 3")`, { parent: 'b2' }),
  }
  expect((await proven(files)).proved).toBe(true)
  const swapped = (s: Staging): Staging => {
    const [fix, fill] = [s.migrations.find((m) => m.id === 'c3')!, s.migrations.find((m) => m.phase === 'backfill')!]
    const others = s.migrations.filter((m) => m !== fix && m !== fill)
    return { ...s, migrations: [...others, { ...fix, place: 8 }, { ...fill, place: 9 }] }
  }
  const c = await proven(files, { spoil: swapped })
  expect(c.claims[0]).toMatchObject({ result: 'refuted', why: ['of the rows of public.orders some are not the same: x'] })
})

test('nothing done, or no row compared, is no proof', async () => {
  const nothing = await proven({ ...before, ...revision('b2', 'pass', { parent: 'a1' }) }, { only: ['b2'] })
  expect([nothing.proved, nothing.claims[0]]).toEqual([
    false,
    expect.objectContaining({ result: 'not proved', why: ['no statement was carried out'] }),
  ])
  const noRows = await proven(
    { ...before, ...revision('b2', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'a1' }) },
    { only: ['b2'], sample: 'SELECT 1' },
  )
  expect([noRows.proved, noRows.claims[0]!.why]).toEqual([false, ['no row was compared: give some with --sample']])
})

test('what could not be read is not carried out: that is no proof, and the place is named', async () => {
  const c = await proven({ ...before, ...revision('b2', `op.execute(elsewhere())`, { parent: 'a1' }) })
  expect([c.proved, c.claims[0]!.why[0]]).toEqual([false, expect.stringMatching(/^b2 cannot be carried out: .*versions\/b2\.py:16/)])
})

test('times and random numbers differ by themselves, and are left out by name', async () => {
  const files = {
    ...before,
    ...revision(
      'b2',
      `op.add_column('orders', sa.Column('at', sa.DateTime(), server_default=sa.text('clock_timestamp()')))\nop.drop_column('orders', 'note')`,
      { parent: 'a1' },
    ),
  }
  const c = await proven(files)
  expect([c.proved, c.notes]).toEqual([true, [expect.stringContaining('not compared: public.orders: at (two runs')]])
})

test('where made-up rows stand in the way of the original order itself, that is said and milder ones are taken', async () => {
  const files = { ...before, ...revision('b2', `op.alter_column('orders', 'note', nullable=False)`, { parent: 'a1' }) }
  const c = await proven(files, { only: ['b2'] })
  expect([c.proved, c.rows.from, c.notes]).toEqual([
    true,
    expect.stringContaining('without NULLs'),
    [expect.stringContaining('the original order itself fails at b2: line 16: column "note"')],
  ])
})

test('rows, schema and columns that stand elsewhere', async () => {
  const files = {
    ...before,
    ...revision('b2', `op.drop_column('orders', 'note')\nop.add_column('orders', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
    ...revision('c3', `op.add_column('orders', sa.Column('y', sa.Integer()))`, { parent: 'b2' }),
  }
  const schema = 'CREATE TABLE orders (id bigint PRIMARY KEY, note text);'
  const c = await proven(files, {
    only: ['b2', 'c3'],
    settings: 'before: [[c3, b2]]',
    schema,
    sample: `INSERT INTO orders VALUES (1, 'a'), (2, NULL)`,
  })
  expect([c.proved, c.rows, c.notes]).toEqual([
    true,
    { from: 'from the file that was given', tables: 1, rows: 2 },
    [expect.stringContaining('columns of public.orders stand in another order')],
  ])
})
