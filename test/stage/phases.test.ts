// Phases: by what each part does, then by what it depends on, then by what people want.
import { expect, test } from 'vitest'
import type { StagePlan } from '../../src/stage/phases.ts'
import { before, type Files, revision, staged } from './piles.ts'

const pile: Files = {
  ...before,
  ...revision('room', `op.add_column('orders', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
  ...revision('gone', `op.drop_column('orders', 'note')`, { parent: 'room' }),
  ...revision('seed', `op.execute("INSERT INTO users (email) VALUES ('a')")`, { parent: 'gone' }),
  ...revision('table', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'seed' }),
  ...revision('fix', `op.execute("UPDATE orders SET total = 0 WHERE id = 3")`, { parent: 'table' }),
  ...revision('fill', `op.execute("UPDATE orders SET x = total")`, { parent: 'fix' }),
}

const phaseOf = (plan: StagePlan, id: string) => plan.placed.find((p) => p.judged.migration.id === id)!
const roundOf = (plan: StagePlan, id: string) => `${phaseOf(plan, id).phase} ${phaseOf(plan, id).round}`
const phases = (plan: StagePlan) => Object.fromEntries(plan.placed.map((p) => [p.judged.migration.id, p.phase]))

test('each goes where its work belongs', async () => {
  expect(phases(await staged(pile))).toEqual({
    a1: 'expand',
    room: 'expand',
    gone: 'contract',
    seed: 'reference-data',
    table: 'expand',
    fix: 'data-fixes',
    fill: 'backfill',
  })
})

test('a parent that ships after its child is told', async () => {
  const { inversions } = await staged(pile)
  expect(inversions.map((e) => [e.from, e.to])).toEqual([
    ['seed', 'gone'],
    ['table', 'seed'],
  ])
})

test('a mixed one is cut into its parts', async () => {
  const up = `op.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET x = total")\nop.drop_column('orders', 'note')`
  const { parts, phase, reasons } = phaseOf(await staged({ ...before, ...revision('b2', up, { parent: 'a1' }) }), 'b2')
  expect([phase, parts.map((p) => [p.phase, p.operations.length])]).toEqual([
    'contract',
    [
      ['expand', 1],
      ['backfill', 1],
      ['contract', 1],
    ],
  ])
  expect(reasons).toEqual(expect.arrayContaining(['to be split: expand (1), backfill (1), contract (1)']))
})

test('what asks the database on its way is not cut', async () => {
  const up = `b = op.get_bind()\nop.add_column('orders', sa.Column('x', sa.Integer()))\nfor r in b.execute(sa.text("SELECT id FROM orders")):\n    b.execute(sa.text("UPDATE orders SET x = 1 WHERE id = :i"), {})`
  expect(phaseOf(await staged({ ...before, ...revision('b2', up, { parent: 'a1' }) }), 'b2').parts.map((p) => p.phase)).toEqual([
    'backfill',
  ])
})

test('nor is what asks once, and goes on by the answer', async () => {
  const up = `n = op.get_bind().execute(sa.text("SELECT max(id) FROM orders")).scalar()\nop.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute(f"UPDATE orders SET x = id + {n}")`
  expect(phaseOf(await staged({ ...before, ...revision('b2', up, { parent: 'a1' }) }), 'b2').parts.map((p) => p.phase)).toEqual([
    'backfill',
  ])
})

test('parts of one migration keep the order of its lines where they share something', async () => {
  const up = `op.execute("DELETE FROM orders WHERE id = 3")\nop.execute("CREATE TABLE t AS SELECT id FROM orders")\nop.create_table('u', sa.Column('x', sa.Integer()))`
  const { parts } = phaseOf(await staged({ ...before, ...revision('b2', up, { parent: 'a1' }) }), 'b2')
  expect(parts.map((p) => [p.phase, p.operations.map((o) => o.operation.line)])).toEqual([
    ['expand', [18]],
    ['data-fixes', [16, 17]],
  ])
  const apart = `op.drop_column('orders', 'note')\nop.add_column('users', sa.Column('x', sa.Integer()))\nop.drop_column('users', 'x')`
  const cut = phaseOf(await staged({ ...before, ...revision('b2', apart, { parent: 'a1' }) }), 'b2').parts
  expect(cut.map((p) => p.phase)).toEqual(['expand', 'contract'])
})

test('who uses a column is before whoever takes it away', async () => {
  const { graph } = await staged({
    ...before,
    ...revision('use', `op.create_index('i', 'orders', ['note'])`, { parent: 'a1' }),
    ...revision('drop', `op.drop_column('orders', 'note')`, { parent: 'use' }),
  })
  const edge = graph.objects.find((e) => e.from === 'drop' && e.to === 'use')
  expect(edge?.objects).toEqual(['column:orders.note'])
})

test('what stands on rows that are filled comes with them', async () => {
  const plan = await staged({
    ...before,
    ...revision('fill', `op.execute("UPDATE orders SET note = 'x' WHERE note IS NULL")`, { parent: 'a1' }),
    ...revision('hard', `op.alter_column('orders', 'note', nullable=False)`, { parent: 'fill' }),
  })
  expect([phaseOf(plan, 'hard').phase, phaseOf(plan, 'hard').reasons]).toEqual([
    'backfill',
    expect.arrayContaining([expect.stringContaining('it comes after fill because of rows:orders')]),
  ])
})

test('who reads a column goes before it is dropped, and whoever makes it anew after', async () => {
  const plan = await staged({
    ...before,
    ...revision('drop', `op.drop_column('orders', 'note')`, { parent: 'a1' }),
    ...revision('again', `op.add_column('orders', sa.Column('note', sa.Integer()))`, { parent: 'drop' }),
  })
  expect([roundOf(plan, 'drop'), roundOf(plan, 'again')]).toEqual(['contract 1', 'expand 2'])
})

/** What the second must not overtake, though its own work would be in an earlier phase: it comes in the next round, or with what its rows must fit. */
test.each([
  [
    'what reads a column of another type',
    'ALTER TABLE orders ALTER note TYPE integer USING 1',
    'UPDATE users SET email = (SELECT max(note) FROM orders) WHERE id = 1',
    'backfill 2',
  ],
  [
    'a trigger on rows that are filled',
    'UPDATE orders SET total = user_id',
    'CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f()',
    'expand 2',
  ],
  ['a view of all columns', 'ALTER TABLE orders DROP COLUMN note', 'CREATE VIEW v AS SELECT * FROM orders', 'expand 2'],
  [
    'a view of all columns, one of which has become narrower',
    'ALTER TABLE orders ALTER COLUMN note TYPE varchar(2)',
    'CREATE VIEW v AS SELECT * FROM orders',
    'expand 2',
  ],
  [
    'a key to rows that are filled',
    `INSERT INTO users (email) SELECT note FROM orders`,
    'ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES users (id)',
    'backfill 1',
  ],
  [
    'a row that points at one that is filled',
    'INSERT INTO users (email) SELECT note FROM orders',
    'INSERT INTO orders (user_id) VALUES (7)',
    'reference-data 2',
  ],
  [
    'rows that were pointed at',
    'UPDATE orders SET user_id = NULL FROM users WHERE user_id = users.id',
    'DELETE FROM users WHERE id = 7',
    'data-fixes 2',
  ],
  [
    'a function of SQL over a table that is filled as it is made',
    'INSERT INTO users (email) SELECT note FROM orders; CREATE TABLE t AS SELECT * FROM users',
    `CREATE FUNCTION g() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t'`,
    'expand 2',
  ],
  [
    'a function that was called otherwise',
    'UPDATE orders SET total = abs(total)',
    `CREATE OR REPLACE FUNCTION abs(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0'`,
    'expand 2',
  ],
  [
    'a column of a type that is made late',
    'UPDATE orders SET total = user_id; CREATE TYPE mood AS ENUM (); ALTER TABLE orders ADD CHECK (total > 0)',
    'ALTER TABLE users ADD COLUMN m mood',
    'expand 2',
  ],
  ['rows that a column pointed at', 'ALTER TABLE orders DROP COLUMN user_id', 'DELETE FROM users WHERE id = 7', 'data-fixes 2'],
  [
    'a row that gets its number after others',
    'INSERT INTO users (email) SELECT note FROM orders',
    `INSERT INTO users (email) VALUES ('a')`,
    'reference-data 2',
  ],
])('%s comes after it', async (_, first, second, place) => {
  const files = {
    ...before,
    ...revision('b2', `op.execute("${first}")`, { parent: 'a1' }),
    ...revision('c3', `op.execute("${second}")`, { parent: 'b2' }),
  }
  expect(phaseOf(await staged(files), 'c3').parts.map((p) => `${p.phase} ${p.round}`)).toEqual([place])
})

test('a column that a view held is changed after the view is gone', async () => {
  const files = {
    ...before,
    ...revision('b2', `op.execute("CREATE VIEW v AS SELECT note FROM orders")`, { parent: 'a1' }),
    ...revision('c3', `op.execute("DROP VIEW v")`, { parent: 'b2' }),
    ...revision('d4', `op.alter_column('orders', 'note', type_=sa.String(500))`, { parent: 'c3' }),
  }
  const plan = await staged(files)
  expect(['b2', 'c3', 'd4'].map((id) => roundOf(plan, id))).toEqual(['expand 1', 'contract 1', 'expand 2'])
})

test('branches that need one another, and do not say so', async () => {
  const { graph } = await staged({
    ...before,
    ...revision('left', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
    ...revision('right', `op.add_column('t', sa.Column('y', sa.Integer()))`, { parent: 'a1' }),
  })
  expect(graph.hidden).toEqual([{ from: 'right', to: 'left', objects: ['table:t'] }])
})

test('a table that is used before it is made', async () => {
  const { graph } = await staged({
    ...before,
    ...revision('a2', `op.add_column('t', sa.Column('y', sa.Integer()))`, { parent: 'a1' }),
    ...revision('b2', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'a2' }),
  })
  expect(graph.backwards).toEqual([{ from: 'a2', to: 'b2', objects: ['table:t'] }])
})

test('what people want', async () => {
  expect(phases(await staged(pile, 'pin: {seed: backfill}'))).toMatchObject({ seed: 'backfill' })
  expect(phases(await staged(pile, 'together: [[room, fix]]'))).toMatchObject({ room: 'data-fixes', fix: 'data-fixes' })
  expect(roundOf(await staged(pile, 'before: [[fill, seed]]'), 'seed')).toBe('reference-data 2')
  expect(phases(await staged(pile, 'exclude: [gone]'))).not.toHaveProperty('gone')
  const { phases: cut } = await staged(pile, 'max: 2')
  expect(cut.map((p) => [p.name, p.number, p.parts.length])).toEqual([
    ['expand', 1, 2],
    ['expand', 2, 1],
    ['reference-data', 1, 1],
    ['data-fixes', 1, 1],
    ['backfill', 1, 1],
    ['contract', 1, 1],
  ])
})

test.each([
  ['pin: {fill: expand}', 'fill cannot be in expand: it comes after fix because of rows:orders, which is in data-fixes'],
  ['exclude: [a1]', 'a1 cannot be left out'],
  ['pin: {tabel: backfill}', 'there is no migration tabel; did you mean table?'],
  ['pin: {fill: later}', 'stage.yaml: pin: fill'],
  ['pinned: {}', 'Unrecognized key'],
  ['max: [', 'stage.yaml'],
])('%s is refused', async (settings, why) => {
  await expect(staged(pile, settings)).rejects.toMatchObject({ code: 'GW_STAGE_SETTINGS', message: expect.stringContaining(why) })
})

test('no part ships before what it needs, and no operation is lost', async () => {
  const plan = await staged(pile)
  const rank = new Map(plan.phases.flatMap((p, i) => p.parts.flatMap((part) => part.units.map((u) => [u, i] as const))))
  expect(plan.placed.flatMap((p) => p.parts.flatMap((x) => x.operations)).length).toBe(
    plan.placed.flatMap((p) => p.judged.operations).length,
  )
  for (const edge of plan.graph.objects)
    if (rank.has(edge.from) && rank.has(edge.to)) expect(rank.get(edge.from)).toBeGreaterThanOrEqual(rank.get(edge.to)!)
})
