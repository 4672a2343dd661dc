// Rounds: who stands on work of a later phase keeps his own phase, and comes in the round after.
import { expect, test } from 'vitest'
import { planObject } from '../../src/stage/object.ts'
import type { StagePlan } from '../../src/stage/phases.ts'
import { analysed, before, type Files, revision, staged } from './piles.ts'

/** Each one after the one before it. */
function line(works: Readonly<Record<string, string>>): Files {
  const ids = Object.keys(works)
  const files = ids.map((id, i) => revision(id, `op.execute("${works[id]}")`, { parent: ids[i - 1] ?? 'a1' }))
  return Object.assign({ ...before }, ...files)
}

const placesOf = ({ placed }: StagePlan) =>
  Object.fromEntries(placed.map((p) => [p.judged.migration.id, p.parts.map((x) => `${x.phase} ${x.round}`).join(', ')]))

const renamed = line({
  name: 'ALTER TABLE orders RENAME COLUMN note TO remark',
  more: 'ALTER TABLE orders ADD COLUMN x int',
  fix: `UPDATE orders SET remark = '' WHERE id = 3`,
  seen: 'CREATE VIEW v AS SELECT remark FROM orders',
})

test('what an old rename holds up is still what it is', async () => {
  expect(placesOf(await staged(renamed))).toMatchObject({
    name: 'contract 1',
    more: 'expand 1',
    fix: 'data-fixes 2',
    seen: 'expand 2',
  })
})

test('why it waits is told, beside where it belongs', async () => {
  const plan = await staged(renamed)
  const seen = plan.placed.find((p) => p.judged.migration.id === 'seen')!
  expect(seen.reasons).toContain('round 2: it comes after name because of column:orders.remark')
  expect(seen.parts[0]).not.toHaveProperty('moved')
})

test('phases are walked through once a round, and bear numbers', async () => {
  const { phases } = await staged(renamed)
  expect(phases.map((p) => [p.name, p.round, p.number, p.needs])).toEqual([
    ['expand', 1, 1, []],
    ['contract', 1, 1, ['expand']],
    ['expand', 2, 2, ['expand', 'contract']],
    ['data-fixes', 2, 1, ['expand', 'contract']],
  ])
})

test('programs are told both', async () => {
  const analysis = await analysed(renamed)
  const { migrations, phases } = planObject(analysis, await staged(renamed))
  expect(migrations.find((m) => m.id === 'fix')).toMatchObject({
    phase: 'data-fixes',
    round: 2,
    parts: [{ phase: 'data-fixes', round: 2 }],
  })
  expect(phases.at(-1)).toMatchObject({ name: 'data-fixes', round: 2, parts: [{ migration: 'fix', moved: null }] })
})

test('what is taken away goes after the last that is filled, where nobody needs it gone', async () => {
  const plan = await staged(
    line({
      gone: 'ALTER TABLE users DROP COLUMN email',
      name: 'ALTER TABLE orders RENAME COLUMN note TO remark',
      fill: 'UPDATE orders SET remark = total',
    }),
  )
  expect(placesOf(plan)).toMatchObject({ gone: 'contract 2', name: 'contract 1', fill: 'backfill 2' })
  expect(plan.placed.find((p) => p.judged.migration.id === 'gone')!.reasons).toContain(
    'round 2: what is taken away goes after everything that may still need it',
  )
})

test('what rows must fit comes with what makes them fit, and opens no round', async () => {
  const plan = await staged(
    line({
      fill: 'UPDATE orders SET note = total',
      hard: 'ALTER TABLE orders ALTER note SET NOT NULL',
      set: 'ALTER TABLE orders ALTER note SET DEFAULT 1',
    }), // prettier-ignore
  )
  expect(placesOf(plan)).toMatchObject({ fill: 'backfill 1', hard: 'backfill 1', set: 'expand 2' })
})

test('parts of one migration are not torn apart by rounds', async () => {
  const files = {
    ...line({ name: 'ALTER TABLE orders RENAME COLUMN note TO remark' }),
    ...revision(
      'both',
      `op.add_column('users', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET remark = total")\nop.drop_column('users', 'email')`,
      { parent: 'name' },
    ),
  }
  expect(placesOf(await staged(files)).both).toBe('expand 1, backfill 2, contract 2')
})

test('what stands between two that are wanted together comes with them', async () => {
  const files = line({
    fill: 'UPDATE orders SET note = total',
    seen: 'CREATE TABLE m AS SELECT note FROM orders',
    late: `UPDATE orders SET total = (SELECT count(*) FROM m)`,
  })
  expect(placesOf(await staged(files))).toMatchObject({ fill: 'backfill 1', seen: 'expand 2', late: 'backfill 2' })
  expect(placesOf(await staged(files, 'together: [[fill, late]]'))).toMatchObject({
    fill: 'backfill 1',
    seen: 'backfill 1',
    late: 'backfill 1',
  })
})

test('wishes that go round in a circle are refused', async () => {
  await expect(staged(renamed, 'before: [[seen, name]]')).rejects.toMatchObject({
    code: 'GW_STAGE_SETTINGS',
    message: expect.stringContaining('would each come before the other'),
  })
})

test('a phase that is asked for is not another round of its name', async () => {
  await expect(staged(renamed, 'pin: {fix: expand}')).rejects.toMatchObject({
    message: expect.stringContaining('fix cannot be in expand: it comes after name because of column:orders.remark, which is in contract'),
  })
  expect(placesOf(await staged(renamed, 'pin: {fix: data-fixes}'))).toMatchObject({ fix: 'data-fixes 2' })
})
