// How pairs and measures are shown: in a terminal, on a page; and the one that is due, made by itself.
import { expect, test } from 'vitest'
import { plan } from '../../src/api.ts'
import { shadowText, sparkline } from '../../src/cli/terminal/shadow-text.ts'
import { shadowPage } from '../../src/report/html/shadow.ts'
import { gatherShadows } from '../../src/report/shadow.ts'
import { makeDue } from '../../src/run/due.ts'
import { gate, gated, hour, place } from './place.ts'

const plain = new Proxy({}, { get: () => (text: string) => text }) as never

const shown = async (p: Awaited<ReturnType<typeof place>>, m = gate()) => {
  const planned = await plan(m, p.db)
  return p.db.session((s) => gatherShadows(s, planned))
}

test('pairs are shown with their verdict first, how each value moved, and why one did not hold', async () => {
  await using p = await place()
  await p.go(gate())
  await p.nextHour()
  await p.sql(`create or replace view v2_kpi as select 'total' as name, '<b>0</b>' as value from feed limit 1`)
  await p.go(gate())
  const s = await shown(p)
  const lines = shadowText(s, { paint: plain, width: 100 }, false)
  expect(lines).toEqual([
    `pipeline  run r1  plan ${s.plan}  failed`,
    '',
    'totals of both engines',
    '  waits for 3 pairs in a row that hold, one every 1 hour',
    '  ✗ 0 pairs in a row hold, of 2 made, 2026-01-01 00:00 UTC to 2026-01-01 01:00 UTC',
    '    total  < 1 %, at zero < 0.01  ▁✗  56 → <b>0</b>',
    '',
    `  ✓ pair 1  2026-01-01 00:00 UTC  input ${s.compared[0]!.pairs[0]!.input.old!.slice(0, 8)}  1 value`,
    `  ✗ pair 2  2026-01-01 01:00 UTC  input ${s.compared[0]!.pairs[1]!.input.old!.slice(0, 8)}  1 value`,
    '      value total: no number now: old 56, new <b>0</b>, allowed < 1 %, at zero < 0.01',
  ])
  const page = shadowPage(s)
  expect(page).toContain('no number now')
  expect(page).not.toContain('<b>0</b>')
  expect(page).not.toMatch(/https?:\/\/|<script|NaN/)
})

test('a line of bars: empty is far below the limit, full is at it', () => {
  const shares = [0, 0.12, 0.5, 0.99, 1, undefined, 2]
  const verdicts = ['passed', 'passed', 'passed', 'passed', 'passed', 'not verified', 'failed']
  expect(sparkline({ shares, verdicts })).toBe('▁▁▅██·✗')
  expect(sparkline({ shares, verdicts }, 2)).toBe('·✗')
})

test('only the last ten are listed, unless all are asked for', async () => {
  await using p = await place()
  const many = gate({ pairs: 14 })
  for (let n = 1; n < 13; n++) {
    await p.go(many)
    await p.nextHour()
  }
  const s = await shown(p, many)
  const look = { paint: plain, width: 100 }
  expect(shadowText(s, look, false).filter((l) => l.includes('pair ')).length).toBe(10)
  expect(shadowText(s, look, false)).toContain('  … 2 before (--all)')
  expect(shadowText(s, look, true).filter((l) => l.includes('pair ')).length).toBe(12)
})

test('the pair that is due is made by itself, and the gate is not gone through', async () => {
  await using p = await place()
  await p.go(gate())
  const due = async () => makeDue(await plan(gate(), p.db), p.db, { clock: p.clock, root: p.root })
  expect((await due()).came).toMatchObject({ waits: expect.stringContaining('1 of 3 pairs hold') })
  expect(await p.pairs()).toHaveLength(1)
  await p.nextHour()
  expect((await due()).came).toMatchObject({ waits: expect.stringContaining('2 of 3 pairs hold') })
  p.clock.at += hour
  expect((await due()).came).toMatchObject({ done: expect.stringContaining('3 pairs in a row hold') })
  expect((await shown(p)).state).toBe('waiting')
  expect((await p.go(gate())).state).toBe('finished')
  await expect(due()).rejects.toMatchObject({ code: 'GW_NOT_AT_PAIRS' })
})

test('what is not there is said', async () => {
  await using p = await place()
  await expect(shown(p, gated())).rejects.toMatchObject({ code: 'GW_NO_PAIRS' })
  await p.go(gated())
  const due = makeDue(await plan(gated(), p.db), p.db, { clock: p.clock })
  await expect(due).rejects.toMatchObject({ code: 'GW_NOT_AT_PAIRS' })
})
