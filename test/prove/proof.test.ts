// The staged order held against the original one: a pile that was cut.
import { expect, test } from 'vitest'
import { mixed, proven } from './proving.ts'

test('a pile that was cut ends where it ended before', async () => {
  const c = await proven(mixed, { smoke: 'SELECT id, total FROM orders; INSERT INTO users (email) VALUES (NULL)' })
  expect([c.proved, c.claims.map((x) => x.result)]).toEqual([true, ['proved', 'proved']])
  expect(c.statements).toEqual({ original: 4, staged: 4 })
  expect(c.compared.rows).toBe(20)
  expect(c.rows).toMatchObject({ tables: 2, rows: 20 })
  expect(c.phases.map((p) => [p.phase, p.migrations.length, p.statements, p.smoke.result])).toEqual([
    ['expand', 2, 2, 'proved'],
    ['backfill', 1, 1, 'proved'],
    ['contract', 1, 1, 'proved'],
  ])
  // of each phase the last is taken back and done again: what is lost is said
  expect(c.phases.map((p) => [p.back.result, p.back.why])).toEqual([
    ['proved', []],
    ['not proved', ['there is no way back that could be read']],
    [
      'not proved',
      [expect.stringContaining('the schema comes back, rows do not: of the rows of public.orders some are not the same: note')],
    ],
  ])
})
