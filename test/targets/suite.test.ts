// What every engine that can be a target must do, asked of each of them in the same words; and they must come to the same.
import { beforeAll, describe, expect, test } from 'vitest'
import { plan, quarantineCauses, quarantineWaive, run, trace, undo } from '../../src/api.ts'
import { quickClock } from '../crash/process.ts'
import { objections } from '../guarantees/engine.ts'
import { engines } from './engines.ts'
import { people, setup, tables } from './people.ts'
import { openPostgresPlace, type Place, place } from './place.ts'

const books = (view: { steps: readonly { books: readonly unknown[] }[] }) => view.steps.flatMap((s) => s.books)

/** What Postgres itself makes of it, with nothing in between. */
let expected: { first: string[]; second: string[]; quarantine: string[]; books: unknown }
beforeAll(async () => {
  await using p = await place(openPostgresPlace, setup)
  const m = people(p.kind)
  const view = await p.run(m)
  const first = await p.rows(...tables)
  const quarantine = await p.quarantine(m)
  await change(p)
  await p.run(m)
  expected = { first, second: await p.rows(...tables), quarantine, books: books(view) }
})

/** As an application would, between two runs. */
async function change({ app }: Place): Promise<void> {
  await app.sql(`update old_person set state = 'A' where id = 3`)
  await app.sql(`update old_person set name = 'Somebody else', mail = null where id = 13`)
  await app.sql(`update old_person set mail = 'person15@example.com' where id = 16`)
  await app.sql(`update old_person set mail = 'new15@example.com' where id = 15`)
  await app.sql(`delete from old_person where id = 17`)
  await app.sql(`insert into old_person values (99, 'Late', 'I', '01/02/2003', 'late@example.com', 'Oslo', null, '0.10')`)
}

describe.each(engines)('%s', (_, open) => {
  test('split, shared, looked up, quarantined, counted: the rows that Postgres has', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    const view = await p.run(m)
    expect(view.state).toBe('finished')
    expect(await p.rows(...tables)).toEqual(expected.first)
    expect(await p.quarantine(m)).toEqual(expected.quarantine)
    expect(books(view)).toEqual(expected.books)
    expect(objections(await p.verify(m))).toEqual([])
    await p.again()
    expect(objections(await p.verify(m))).toEqual([])
    expect(await p.quarantine(m)).toEqual(expected.quarantine)
  })

  test('a second run by another process follows what has come, changed and gone; a third writes nothing', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    await p.run(m)
    await change(p)
    await p.again()
    await p.run(m)
    expect(await p.rows(...tables)).toEqual(expected.second)
    await p.again()
    await p.run(m)
    expect(await p.rows(...tables)).toEqual(expected.second)
    expect(objections(await p.verify(m))).toEqual([])
  })

  test('undo by another process: rows of others stay as they were, to the byte', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    const before = await p.rows(...tables, 'old_person', 'city')
    await p.run(m)
    await p.app.sql(`insert into town (name) values ('Came later')`)
    await p.again()
    const done = await p.undo(m)
    expect(done.digest.before).toBe(done.digest.after)
    expect(done.removed[`${p.kind.schema}.person`]).toBeGreaterThan(30)
    const after = await p.rows(...tables, 'old_person', 'city')
    expect(after.filter((r) => !r.includes('Came later'))).toEqual(before)
    await p.again()
    await p.run(m)
    expect(await p.quarantine(m)).toEqual(expected.quarantine)
  })

  test('undo is refused where somebody would lose work', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    await p.run(m)
    await p.app.sql(`update person set name = 'Renamed' where name = 'Name 2'`)
    await p.app.sql(`insert into contact (person_id, kind, value) select id, 'phone', '1' from person where name = 'Name 4'`)
    await p.again()
    await expect(p.undo(m)).rejects.toMatchObject({
      code: 'GW_UNDO_REFUSED',
      message: expect.stringMatching(/1 row of \S+person was changed by others[\s\S]*1 row of \S+contact that is not ours/),
    })
    await p.app.sql(`delete from contact where kind = 'phone'`)
    await p.app.sql(`update person set name = 'Name 2' where name = 'Renamed'`)
    await p.again()
    if (p.kind.name === 'Postgres') await expect(p.undo(m)).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED' })
    else await p.undo(m)
  })

  test('a dry run says what would come of it, and leaves nothing', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    const before = await p.rows(...tables)
    const view = await p.run(m, { dryRun: true })
    expect(books(view)).toEqual(expected.books)
    expect(await p.rows(...tables)).toEqual(before)
    await p.run(m)
    expect(await p.rows(...tables)).toEqual(expected.first)
  })

  test('a run that stops at a limit goes on from there in another process, to the same end', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    expect((await p.run(m, { limit: 14 })).state).toBe('paused')
    const half = await p.rows(...tables)
    expect(half.length).toBeGreaterThan(10)
    expect(half.length).toBeLessThan(expected.first.length)
    for (let i = 0; i < 6; i++) {
      await p.again()
      if ((await p.run(m, { limit: 14 })).state === 'finished') break
    }
    await p.again()
    expect(objections(await p.verify(m))).toEqual([])
    expect(await p.rows(...tables)).toEqual(expected.first)
  })

  test('an interrupted run keeps what it has done, and says so', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    const stop = new AbortController()
    const observe = (e: { type: string; done?: number }) => void (e.type === 'step.progress' && e.done && stop.abort())
    await expect(p.run(m, { signal: stop.signal, observe })).rejects.toMatchObject({ code: 'GW_INTERRUPTED', exit: 130 })
    expect((await p.rows('person')).length).toBeGreaterThan(1)
    await p.again()
    expect((await p.run(m)).state).toBe('finished')
    expect(await p.rows(...tables)).toEqual(expected.first)
  })

  test('quarantine: tried again, waived, and told by another process', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    await p.run(m)
    await p.app.sql(`update old_person set state = 'A' where id = 3`)
    await p.again()
    expect(await p.retry(m, { mapping: 'persons', keys: ['3'] })).toMatchObject({ tried: 1, migrated: 1 })
    await p.again()
    const planned = await p.plan(m)
    expect(await quarantineWaive(planned, p.db, { keys: ['5'] }, 'somebody', 'nobody asks')).toBe(1)
    await p.again()
    expect((await quarantineCauses(await p.plan(m), p.db)).reduce((n, c) => n + c.waived, 0)).toBe(1)
    expect(await p.quarantine(m)).toEqual(expected.quarantine.filter((q) => !q.startsWith('persons 3 ')))
    expect(await p.rows('person')).toEqual(expect.arrayContaining([expect.stringContaining('Name 3 | yes')]))
  })

  test('a row is traced there and back', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    await p.run(m)
    await p.again()
    const planned = await p.plan(m)
    const there = await trace(planned, p.db, 'old_person:1')
    expect(there.made.map((x) => x.output)).toEqual(expect.arrayContaining(['self', 'mail', 'came']))
    const self = there.made.find((x) => x.output === 'self')!
    expect((await trace(planned, p.db, `person:${self.key}`)).source).toMatchObject({ key: '1' })
    expect((await trace(planned, p.db, 'person:1')).fate).toBe('not ours')
    expect((await trace(planned, p.db, 'old_person:3')).fate).toBe('quarantined')
  })

  test('verification finds a cell that somebody spoilt, and repairs nothing but that', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    await p.run(m)
    await p.app.sql(`update person set active = 'perhaps' where name = 'Name 6'`)
    await p.again()
    expect(objections(await p.verify(m))).toEqual([expect.stringContaining('perhaps')])
  })

  test('two at once: one does it, the other is refused and has done nothing', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    const one = await p.plan(m)
    const first = p.db
    const other = await p.again()
    const two = await p.plan(m)
    const ends = await Promise.allSettled([run(one, first, { clock: quickClock }), run(two, other, { clock: quickClock })])
    const refused = ends.filter((e) => e.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]!.reason).toMatchObject({ exit: 5 })
    expect(await p.rows(...tables)).toEqual(expected.first)
    await p.again()
    expect(objections(await p.verify(m))).toEqual([])
  })

  test('the application goes on meanwhile: what it takes is not taken from it, what it writes stays', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    let wrote = false
    const observe = (e: { type: string }) => {
      if (wrote || e.type !== 'step.progress') return
      wrote = true
      void p.app.sql(
        `insert into contact (person_id, kind, value) select id, 'mail', 'person21@example.com' from person where name = 'Own One'`,
      )
      void p.app.sql(`update person set active = 'no' where name = 'Own One'`)
    }
    await run(await plan(m, p.db, { chunk: 7, workers: 1, budget: { rows: 100, percent: 100 } }), p.db, {
      clock: quickClock,
      observe,
    }).catch((e: unknown) => {
      // Postgres sees the row of its own that was changed under the run, and says so
      if (p.kind.name !== 'Postgres' || (e as { code?: string }).code !== 'GW_VERIFY_NO') throw e
    })
    expect(await p.rows('contact')).toEqual(expect.arrayContaining([expect.stringMatching(/ \| 1 \| mail \| person21@example.com$/)]))
    expect(await p.quarantine(m)).toContain('persons 21 UNIQUE_CONFLICT')
    expect((await p.rows('person')).find((r) => r.includes('Own One'))).toContain('| no |')
    expect((await p.rows('contact')).filter((r) => r.includes('person21@'))).toHaveLength(1)
  })

  test('the application changes a row of ours between two runs: undo by another process says so', async () => {
    await using p = await place(open, setup)
    const m = people(p.kind)
    await p.run(m)
    await p.again()
    await p.run(m)
    await p.again()
    await p.app.sql(`update happening set said = 'something else' where said like 'came with 2.02'`)
    await expect(undo(await p.plan(m), p.db, { clock: quickClock })).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED' })
    await undo(await p.plan(m), p.db, { clock: quickClock, loseChanges: true })
    expect(await p.rows('person')).toHaveLength(1)
  })
})
