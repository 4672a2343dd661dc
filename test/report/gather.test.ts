// What a report says of real runs: one that went well, one broken off, one that somebody has changed since, one taken back.

import { expect, test } from 'vitest'
import pad from '../../examples/pad/migration.ts'
import { connect, type Database, type Event, type Plan, plan, quarantineRetry, quarantineWaive, run, undo } from '../../src/api.ts'
import { gatherReport, type Report, renderReport } from '../../src/report/index.ts'
import { padDatabase } from '../pad/database.ts'
import { readOnly } from '../pad/engine.ts'
import { query } from '../support/postgres.ts'

const budget = { rows: 50, percent: 5 }

async function on<T>(work: (p: Plan, db: Database, url: string) => Promise<T>): Promise<T> {
  await using fresh = await padDatabase()
  const db = await connect(fresh.url)
  try {
    return await work(await plan(pad, db, { readOnly }), db, fresh.url)
  } finally {
    await db.close()
  }
}

const aboutWhat = (r: Report) =>
  Object.fromEntries(Object.entries(Object.groupBy(r.verification!.answers, (a) => a.about)).map(([k, v]) => [k, v!.length]))

test('a run that went well: verdict, books, causes, warnings, columns, what is not ours', () =>
  on(async (p, db) => {
    await run(p, db, { budget, environment: 'qa' })
    const r = await gatherReport(p, db)

    expect(r.verdict.outcome).toBe('passed')
    expect(r.verdict.says).toEqual([
      '1,032 source rows read: 1,015 migrated, 17 in quarantine, 0 left out by a rule.',
      '45 questions asked of the data by the run: all answers are as they should be.',
      '90 rows that are not ours are as before the run.',
    ])
    expect(r.run).toMatchObject({ id: 'r1', state: 'finished', plan: p.id, environment: 'qa', passes: 1, error: undefined })
    expect(r.books).toHaveLength(1)
    expect(r.books[0]).toMatchObject({ close: true, totals: { read: 1032, migrated: 1015, quarantined: 17, filtered: 0, warned: 3 } })
    expect(r.books[0]!.outputs.map((o) => [o.output, o.rows])).toContainEqual(['request', 1015])
    expect(r.quarantine).toMatchObject({ rows: 17, waived: 0 })
    expect(r.quarantine.causes.reduce((n, c) => n + c.rows, 0)).toBe(17)
    expect(r.warnings.reduce((n, w) => n + w.rows, 0)).toBe(3)
    expect(aboutWhat(r)).toEqual({ books: 1, rows: 8, checks: 28, 'rows that are not ours': 3, 'next keys': 5 })
    expect(r.notOurs.reduce((n, t) => n + t.rows, 0)).toBe(90)
    expect(r.onlyRead.map((t) => t.changed)).toEqual([false, false, false, false])
    expect(r.sequences).toContainEqual({ sequence: 'pad.pad_request_id_seq', nextBefore: '41', nextAfter: expect.stringMatching(/^\d+$/) })
  }))

test('every source column is used or left out with its reason', () =>
  on(async (p, db) => {
    await run(p, db, { budget })
    const [pads] = (await gatherReport(p, db)).coverage
    expect(pads!.columns).toHaveLength(42)
    expect(pads!.columns.filter((c) => !c.usedFor.length && !c.ignored)).toEqual([])
    const of = (name: string) => pads!.columns.find((c) => c.column === name)!
    expect(of('value').usedFor).toEqual(['pad_request.estimated_value', 'pad_execution.execution_price'])
    expect(of('auth_manager').usedFor).toContain('whether manager is made')
    expect(of('isin')).toMatchObject({ usedFor: [], ignored: 'the security says it' })
    expect(pads!.unfed.map((u) => u.column)).toContain('related_party_name')
  }))

test('values are shown by their shape, unless they are asked for', () =>
  on(async (p, db, url) => {
    await run(p, db, { budget })
    const number = (r: Report) => r.quarantine.causes.find((c) => c.code === 'CAST_NUMERIC')!.examples
    expect(number(await gatherReport(p, db))).toEqual([{ key: '2008', value: '9.999,99' }])
    expect(number(await gatherReport(p, db, { showValues: true }))).toEqual([{ key: '2008', value: '1.234,56' }])

    await query(url, `update pad.pad_request set justification = 'Confidential Ltd' where reference_id = 'LEG-000015'`)
    const changed = await gatherReport(p, db, { verify: true })
    expect(renderReport(changed, 'json')).not.toMatch(/Confidential|NOPE US/)
    expect(renderReport(changed, 'text')).toContain('justification is Xxxxxxxxxxxx Xxx, should be xxxxxx 99')
    expect(renderReport(await gatherReport(p, db, { verify: true, showValues: true }), 'text')).toContain('Confidential Ltd')
  }))

test('a run that was broken off is not finished, and the next process shows as one that took it up', () =>
  on(async (p, db) => {
    const stop = new AbortController()
    let units = 0
    const observe = (e: Event) => {
      if (e.type === 'step.progress' && ++units === 3) stop.abort()
    }
    await run(p, db, { budget, chunk: 200, workers: 1, signal: stop.signal, observe }).catch(() => {})
    const broken = await gatherReport(p, db)
    expect(broken.verdict.outcome).toBe('not finished')
    expect(broken.verdict.says[0]).toMatch(/Nothing is half done/)
    expect(broken.verification).toBeUndefined()
    expect(renderReport(broken, 'text')).toMatch(/about \d+ are left/)

    await run(p, db, { budget, chunk: 200, workers: 1 })
    const whole = await gatherReport(p, db)
    expect(whole.verdict.outcome).toBe('passed')
    expect(whole.processes.reduce((n, s) => n + s.rows, 0)).toBe(1032)
    expect(whole.processes).toHaveLength(2)
    expect(renderReport(whole, 'text')).toContain('taken up again')
  }))

test('rows that changed since are found when the data is asked again', () =>
  on(async (p, db, url) => {
    await run(p, db, { budget })
    await query(
      url,
      `update pad.pad_request set quantity = quantity + 1 where id = 3; update pad.pad_request set status = 'declined' where reference_id = 'LEG-000015'`,
    )
    // nothing was written by a run since, so what the run has asked is still what the ledger knows
    expect((await gatherReport(p, db)).verification!.when).toBe('by the run')
    const r = await gatherReport(p, db, { verify: true })
    expect([r.verdict.outcome, r.verification!.when]).toEqual(['failed', 'for this report'])
    expect(r.verification!.answers.filter((a) => a.verdict === 'failed').map((a) => a.about)).toEqual(
      expect.arrayContaining(['rows', 'rows that are not ours']),
    )
  }))

test('after a retry the data is asked anew by itself, and what was waived says why', () =>
  on(async (p, db, url) => {
    await run(p, db, { budget })
    await query(url, `update pad.personal_account_dealing set value = '1234.56' where id = 2008`)
    await quarantineRetry(p, db, { keys: ['2008'] })
    await quarantineWaive(p, db, { keys: ['2023'] }, 'amy', 'stays in the archive')
    const r = await gatherReport(p, db)
    expect([r.verdict.outcome, r.verification!.when]).toEqual(['passed', 'for this report'])
    expect(r.quarantine).toMatchObject({ rows: 16, waived: 1 })
    expect(r.quarantine.causes.flatMap((c) => c.reasons)).toEqual(['stays in the archive'])
    expect(r.onlyRead.filter((t) => t.changed).map((t) => t.table)).toEqual(['pad.personal_account_dealing'])
  }))

test('a run that was taken back says so', () =>
  on(async (p, db) => {
    await run(p, db, { budget })
    await undo(p, db)
    const r = await gatherReport(p, db)
    expect(r.verdict.outcome).toBe('undone')
    expect(r.steps.map((s) => s.state)).toEqual(r.steps.map(() => 'undone'))
    for (const format of ['text', 'markdown', 'json', 'html'] as const) expect(renderReport(r, format)).toMatch(/undone/i)
  }))

test('files that have changed since the run are told of', () =>
  on(async (p, db) => {
    await run(p, db, { budget })
    expect((await gatherReport(p, db)).notes).toEqual([])
    const [note] = (await gatherReport({ ...p, id: 'another' }, db)).notes
    expect(note).toContain(`carried out with plan ${p.id}`)
  }))

test('without a run there is nothing to report', () =>
  on(async (p, db) => {
    await expect(gatherReport(p, db)).rejects.toMatchObject({ code: 'GW_NO_RUN' })
  }))
