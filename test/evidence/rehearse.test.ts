// A rehearsal says how long it takes and whether it can be taken back; one whose undo leaves something says so.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepRehearsal, rehearsalOf } from '../../src/evidence/index.ts'
import { ddl, migration } from '../../src/index.ts'
import { expectedSeconds, rehearse } from '../../src/run/rehearse.ts'
import { generous } from '../crash/process.ts'
import { step } from '../life/doors.ts'
import { people, setup } from '../targets/people.ts'
import { openPostgresPlace, openSqlitePlace, place } from '../targets/place.ts'

describe.each([
  ['Postgres', openPostgresPlace],
  ['SQLite', openSqlitePlace],
] as const)('%s', (_, open) => {
  test('run, timed, taken back, and the copy as it was', async () => {
    await using p = await place(open, setup)
    const rows = await p.rows('person', 'contact', 'town', 'happening')
    const result = await rehearse(people(p.kind), 'the-plan', p.db, { of: 'a copy', budget: generous })
    expect(result).toMatchObject({ migration: 'people', plan: 'the-plan', of: 'a copy', undo: { same: true } })
    expect(result.steps.map((s) => s.id)).toContain('verify.0')
    expect(result.books[0]!.read).toBeGreaterThan(30)
    expect(await p.rows('person', 'contact', 'town', 'happening')).toEqual(rows)
  })
})

test('a way back that leaves something is told, and nothing is rung outside', async () => {
  await using p = await place(openPostgresPlace, setup)
  const rung: string[] = []
  const bell = step('the bell', { says: [], do: async () => (rung.push('rung'), { done: 'rung' }) })
  const careless = ddl('a table and its index', {
    forward: ['create table public.x (id int)', 'create table public.y (id int)'],
    back: 'drop table public.x',
  })
  const m = migration('careless', { assess: [bell], expand: [careless], cutover: [bell] })
  const { undo } = await rehearse(m, 'p', p.db, { of: 'a copy', budget: generous })
  expect(undo.same).toBe(false)
  expect(undo.before).not.toBe(undo.after)
  expect(rung).toEqual([])
})

test('kept by plan, and times are expected by it: rows by rows', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-rehearsals-'))
  try {
    await using p = await place(openPostgresPlace, setup)
    const result = {
      ...(await rehearse(people(p.kind), 'abc', p.db, { of: 'a copy', budget: generous })),
      steps: [{ id: 'backfill.1', title: 'moved', seconds: 2, rows: 40 }],
    }
    keepRehearsal(folder, result)
    expect(rehearsalOf(folder, 'abc')).toEqual(result)
    expect(rehearsalOf(folder, 'abd')).toBeUndefined()
    const moved = { id: 'backfill.2', title: 'moved' }
    expect(expectedSeconds(result, { ...moved, rows: 400 })).toBe(20)
    expect(expectedSeconds(result, moved)).toBe(2)
    expect(expectedSeconds(result, { ...moved, title: 'another', rows: 400 })).toBeUndefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
