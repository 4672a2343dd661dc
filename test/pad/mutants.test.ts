// SEEDS §4, rows A1: a right migration with one line made wrong. Verification has to see each of them: not the engine's own comparison of rows
// with the mapping, which agrees with whatever the mapping says, but the example's checks, which were written without it.
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import type { Migration } from '../../src/index.ts'
import type { Verification } from '../../src/run/verify.ts'
import { query } from '../support/postgres.ts'
import { padDatabase } from './database.ts'
import { migrate, migratedAndVerified, migratedDatabase, verified } from './engine.ts'
import { changedLegacyRows, newLegacyRows } from './writes.ts'

vi.setConfig({ testTimeout: 240_000 })

const original = fileURLToPath(new URL('../../examples/pad/migration.ts', import.meta.url))

interface Mutant {
  readonly name: string
  readonly from: string
  readonly to: string
  /** Of the checks that say no, one. */
  readonly seenBy: string
}

const canGo = 'what can go has gone, and nothing else has'
const audits = 'one audit row for each request and each decided approval'
const noDecision = (level: 'manager' | 'compliance') =>
  `un${level}: into(db.auditLog, { ...audit, timestamp: requestedAt, action_type: 'approval_${level}', action_status: 'success', actor_id: r.employee, details: json(origin) }, { when: r.auth_${level}.isNull() }),`

const mutants: Mutant[] = [
  {
    name: '25 id → id',
    from: '      reference_id: concat(',
    to: '      id: r.id, reference_id: concat(',
    seenBy: canGo,
  },
  {
    name: '26 insider polarity kept',
    from: 'answer(r.inside_info_yn).not(),',
    to: 'answer(r.inside_info_yn),',
    seenBy: 'insider declaration: the reverse of the old question',
  },
  {
    name: '27 NULL declaration → false',
    from: 'answer(r.inside_info_yn).not(),',
    to: 'answer(r.inside_info_yn).not().orElse(false),',
    seenBy: 'insider declaration: the reverse of the old question',
  },
  {
    name: '28 undefined status → pending_manager',
    from: `      ],\n    )\n\n    const size`,
    to: `      ], 'pending_manager',\n    )\n\n    const size`,
    seenBy: 'status',
  },
  {
    name: '29 three audit rows per request',
    from: '      managerDecided: manager.decided,',
    to: `      managerDecided: manager.decided, ${noDecision('manager')} ${noDecision('compliance')}`,
    seenBy: audits,
  },
  {
    name: '29 an audit row for what was not decided, too',
    from: `{ when: by.notNull().and(decision.isIn('approved', 'declined')) }`,
    to: '{}',
    seenBy: canGo,
  },
  {
    name: '30 first match on an ambiguous security',
    from: `'select id, upper(btrim(bloomberg)) as name from bo.oracle_bloomberg'`,
    to: `'select min(id) as id, upper(btrim(bloomberg)) as name from bo.oracle_bloomberg group by 2'`,
    seenBy: 'the security is the only one that can be meant',
  },
  // a unit of a thousand ids that fails as a whole because of one row in it, seen from the outside
  {
    name: '31 whole batch dropped on one bad row',
    from: `    name: 'pad',`,
    to: `    name: 'pad', only: { 'batches without a bad row': (r) => r.id.atMost(2000) },`,
    seenBy: canGo,
  },
  // beyond the list
  { name: 'direction swapped', from: `{ B: 'BUY', S: 'SELL' }`, to: `{ B: 'SELL', S: 'BUY' }`, seenBy: 'direction' },
  {
    name: 'a flag swapped',
    from: 'is_leveraged: flag(r.leveraged_yn)',
    to: 'is_leveraged: flag(r.leveraged_yn).not()',
    seenBy: 'leveraged_yn → is_leveraged',
  },
  {
    name: 'no answer is no',
    from: `const flag = (given: Text) => answer(given).orWarn(null)`,
    to: `const flag = (given: Text) => answer(given).orWarn(null).orElse(false)`,
    seenBy: 'broker_reporting_yn → broker_reporting',
  },
  {
    name: 'execution of what was not approved',
    from: `{ when: status.is('approved').and(withinTwoDays`,
    to: `{ when: status.notNull().and(withinTwoDays`,
    seenBy: canGo,
  },
  {
    name: 'wall-clock times read in Paris',
    from: 'const requestedAt = r.requested_date.required().asUtc()',
    to: `const requestedAt = r.requested_date.required().inZone('Europe/Paris')`,
    seenBy: 'times are those of the source, read as UTC',
  },
  {
    name: 'the price is not divided',
    from: 'value.over(size).round(4)',
    to: 'value.round(4)',
    seenBy: 'the price is the value over the size, and the size is the whole of it',
  },
  {
    name: 'audit rows about the legacy id',
    from: 'entity_id: request.key(), request_id',
    to: 'entity_id: r.id, request_id',
    seenBy: 'who did what, and when',
  },
  { name: 'blocked is success', from: `declined: 'blocked' }`, to: `declined: 'success' }`, seenBy: 'who did what, and when' },
  {
    name: 'manager rows carry the checks of compliance',
    from: `level('manager', {})`,
    to: `level('manager', { restricted_check: restricted })`,
    seenBy: 'a manager was asked for no checks',
  },
]

describe.each(mutants)('$name', ({ from, to, seenBy }) => {
  test('is seen', async () => {
    await using db = await padDatabase()
    const result = await migratedAndVerified(db.url, { migration: await mutated(from, to) })
    expect(result.verdict).toBe('failed')
    expect(failed(result)).toContain(seenBy)
  })
})

const failed = ({ answers }: Verification) => answers.filter((a) => a.verdict === 'failed').map((a) => a.title)

test('two flags exchanged: is refused before anything runs, because one column then goes nowhere', async () => {
  await using db = await padDatabase()
  const migration = await mutated('signed_declaration: flag(r.signed_yn)', 'signed_declaration: flag(r.leveraged_yn)')
  await expect(migrate(db.url, { migration })).rejects.toThrow(/signed_yn is neither used nor ignored/)
})

// This one is no line of the mapping but what a catch-up without updates would leave behind.
test('32 catch-up inserts only (ignores updates): is seen', async () => {
  await using db = await migratedDatabase()
  await newLegacyRows(db.url)
  await migrate(db.url)
  expect((await verified(db.url)).verdict).toBe('passed')
  await changedLegacyRows(db.url)
  const result = await verified(db.url)
  expect(result.verdict).toBe('failed')
  expect(failed(result)).toContain('status')
})

// As if the failed unit had been taken back and yet counted.
test('31 whole batch dropped on one bad row, by the engine: is seen', async () => {
  await using db = await migratedDatabase()
  const dropped = `select id from pad.pad_request where reference_id between 'LEG-002001' and 'LEG-002032'`
  await query(
    db.url,
    `delete from pad.audit_log where request_id in (${dropped}); delete from pad.pad_execution where request_id in (${dropped});
     delete from pad.pad_approval where request_id in (${dropped}); delete from pad.pad_request where id in (${dropped})`,
  )
  const result = await verified(db.url)
  expect(result.verdict).toBe('failed')
  expect(failed(result)).toContain(canGo)
})

test.each(mutants)('$name is one line', ({ from, to }) => expect(changedLines(from, to)).toHaveLength(1))

/** The lines that this replacement makes other. It must find its place exactly once. */
function changedLines(from: string, to: string): string[] {
  const before = readFileSync(original, 'utf8')
  expect(before.split(from)).toHaveLength(2)
  const [old, lines] = [before.split('\n'), before.replace(from, () => to).split('\n')]
  expect(lines).toHaveLength(old.length)
  return lines.filter((line, i) => line !== old[i])
}

/** The migration with that line, loaded from a file beside it, because it imports its neighbours. */
async function mutated(from: string, to: string): Promise<Migration> {
  expect(changedLines(from, to)).toHaveLength(1)
  const file = original.replace(/\.ts$/, `.mutant-${randomBytes(4).toString('hex')}.ts`)
  writeFileSync(
    file,
    readFileSync(original, 'utf8').replace(from, () => to),
  )
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)).default
  } finally {
    rmSync(file)
  }
}
