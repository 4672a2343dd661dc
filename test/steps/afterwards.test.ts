// After the cutover: what was written since is not lost by an undo, the old shape goes out of sight and comes back, and is dropped when its time is over.
import { describe, expect, test } from 'vitest'
import { keepExported, newWrites, plan, purge } from '../../src/api.ts'
import { bigint, command, into, mapping, migration, retire, table, text } from '../../src/index.ts'
import { logicalClock } from '../support/logical-clock.ts'
import { engines } from '../targets/engines.ts'
import { type Kind, type Opened, place } from '../targets/place.ts'

const setup = ({ word }: Kind) => `
  create table old_order (id bigint primary key, state ${word});
  create table orders (id bigint primary key, state ${word} not null);
  insert into old_order values (1, 'A'), (2, 'B'), (3, 'A');
  insert into orders values (100, 'own')`

const day = 24 * 60 * 60_000

function shop({ schema }: Kind, keep = '30 days') {
  const oldOrder = table(`${schema}.old_order`, { id: bigint().key(), state: text().null() })
  const orders = table(`${schema}.orders`, { id: bigint().key(), state: text() })
  const moved = mapping(oldOrder, (r) => into(orders, { id: r.id, state: r.state.required() }))
  return migration('shop', moved, {
    cutover: [command('switch', { run: ['true'], undo: ['true'] })],
    contract: [retire([oldOrder], { keep })],
  })
}

async function at(open: () => Promise<Opened>) {
  const clock = logicalClock()
  const p = await place(open, setup)
  const m = shop(p.kind)
  const planned = () => plan(m, p.db, { recorded: true })
  return {
    p,
    clock,
    run: (to?: 'cutover') => p.run(m, { clock, ...(to ? { to } : {}) }),
    undo: (loseChanges = false) => p.undo(m, { clock, loseChanges }),
    verify: () => p.verify(m),
    plan: planned,
    purge: async (options: Parameters<typeof purge>[2] = {}) => purge(await planned(), p.db, { clock, ...options }),
    [Symbol.asyncDispose]: () => p[Symbol.asyncDispose](),
  }
}

describe.each(engines)('%s', { timeout: 300_000 }, (_, open) => {
  test('the whole life: mapped, cut over, retired; taken back, and there once more', async () => {
    await using here = await at(open)
    const { p } = here
    const before = await p.rows('old_order', 'orders')
    expect((await here.run()).state).toBe('finished')
    await expect(p.app.sql('select * from old_order')).rejects.toThrow()
    await expect(here.verify()).rejects.toMatchObject({ code: 'GW_RETIRED', exit: 4 })
    await p.again()
    expect((await here.run()).state).toBe('finished')
    await p.again()
    const undone = await here.undo()
    expect(undone.digest.before).toBe(undone.digest.after)
    expect(await p.rows('old_order', 'orders')).toEqual(before)
    await here.run()
    expect(await p.rows('orders')).toHaveLength(4)
  })

  test('rows written since the cutover: refused, exported, and then taken back; written again, refused again', async () => {
    await using here = await at(open)
    const { p } = here
    await here.run('cutover')
    expect(await newWrites(await here.plan(), p.db)).toEqual([])
    await p.app.sql(`insert into orders values (200, 'new')`)
    await p.app.sql(`update orders set state = 'changed' where id = 2`)
    await p.again()
    const refused = {
      code: 'GW_UNDO_REFUSED',
      message: expect.stringMatching(/1 row of \S+orders came since[\s\S]*1 row of \S+orders of ours changed since/),
    }
    await expect(here.undo()).rejects.toMatchObject(refused)
    const writes = await newWrites(await here.plan(), p.db)
    expect(writes.map((w) => [w.what, w.rows])).toEqual([
      ['new', 1],
      ['changed', 1],
    ])
    const files = writes.map(({ table: name, what, rows, digest }) => ({
      table: name,
      what,
      rows,
      digest,
      file: `${what}.csv`,
      sha256: '0'.repeat(64),
    }))
    await keepExported(await here.plan(), p.db, files)
    await p.app.sql(`update orders set state = 'changed again' where id = 2`)
    await p.again()
    await expect(here.undo()).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.not.stringContaining('came since') })
    await p.app.sql(`update orders set state = 'changed' where id = 2`)
    await p.again()
    await here.undo()
    expect(await p.rows('orders')).toEqual(['orders 100 | own', 'orders 200 | new'])
  })

  test('purged when its time is over and not before, with a copy or a word why there is none; then there is no way back', async () => {
    await using here = await at(open)
    const { p } = here
    await here.run()
    const kept = { copies: [{ file: 'old.csv', bytes: 12, sha256: '0'.repeat(64) }] }
    here.clock.pass(30 * day - 1)
    await expect(here.purge(kept)).rejects.toMatchObject({ code: 'GW_PURGE_EARLY', exit: 3 })
    here.clock.pass(1)
    await expect(here.purge()).rejects.toMatchObject({ code: 'GW_NOT_KEPT', exit: 4 })
    expect((await here.purge(kept)).gone).toMatchObject([{ table: `${p.kind.schema}.old_order`, rows: '3' }])
    await p.again()
    await expect(here.purge(kept)).rejects.toMatchObject({ code: 'GW_NOTHING_RETIRED' })
    await expect(here.undo()).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED', message: expect.stringContaining('it was purged') })
    await expect(here.undo(true)).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED' })
    expect(await p.rows('orders')).toHaveLength(4)
  })
})
