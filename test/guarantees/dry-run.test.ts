// A dry run says exactly what a run would do, because it does it; and then nothing of it is there.
import { describe, expect, test } from 'vitest'
import type { View } from '../../src/api.ts'
import { plans } from '../crash/plans.ts'
import { parts, place } from './engine.ts'

const books = (view: View) => Object.fromEntries(view.steps.flatMap((s) => s.books).map((b) => [b.mapping, b.totals]))

describe.each(plans)('$name', ({ setup, migration, change }) => {
  test('G1: a dry run changes nothing and gives the books of the run, at any size of units', async () => {
    await using p = await place(setup)
    const before = await p.dump()
    const dry = [await p.run(migration, { dryRun: true, chunk: 7 }), await p.run(migration, { dryRun: true, chunk: 100, workers: 2 })]
    expect(await parts(before, await p.dump())).toBeUndefined()
    const real = books(await p.run(migration))
    expect(dry.map(books)).toEqual([real, real])
  })

  test('G1: a dry run of a second run changes nothing, and gives its books', async () => {
    await using p = await place(setup)
    await p.run(migration)
    await p.sql(change)
    const before = await p.dump()
    const dry = await p.run(migration, { dryRun: true })
    expect(await parts(before, await p.dump())).toBeUndefined()
    expect(books(dry)).toEqual(books(await p.run(migration)))
  })

  test('G1: a dry run in the middle of a run changes nothing, and the run goes on', async () => {
    await using p = await place(setup)
    await p.run(migration, { limit: 9 })
    const before = await p.dump()
    await p.run(migration, { dryRun: true }).catch((e: { code?: string }) => expect(e.code).toMatch(/^GW_/))
    expect(await parts(before, await p.dump())).toBeUndefined()
    await using whole = await place(setup)
    expect(books(await p.run(migration))).toEqual(books(await whole.run(migration)))
    expect(await parts(await whole.dump(), await p.dump())).toBeUndefined()
  })
})
