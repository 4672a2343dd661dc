// Keys made anew over the whole graph in one transaction: the same as beside an application, and what hangs on the tables stays on them.
import { expect, test } from 'vitest'
import { migration, rekey } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { graphs } from './graphs.ts'
import { within } from './within.ts'

const people = (options: Parameters<typeof rekey>[1] = {}) => migration('people', rekey('person', { way: 'offline', ...options }))

test.each(Object.entries(graphs))('there and back: %s', { timeout: 120_000 }, async (_, setup) => {
  await within(setup, async (p) => {
    const before = await dumpOf(p.url)
    await p.run(people())
    const there = await dumpOf(p.url)
    expect(there).not.toEqual(before)
    await p.run(people())
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undoCutover(people())
    await p.run(people())
    expect(await dumpOf(p.url)).toEqual(there)
    await p.undo(people())
    expect(await dumpOf(p.url)).toEqual(before)
  })
})
