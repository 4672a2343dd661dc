// A right migration with one line made wrong. Verification has to see each of them: not the engine's own comparison of rows with the
// mapping, which agrees with whatever the mapping says, but the example's checks, which were written without it.
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import type { Migration } from '../../src/index.ts'
import { query } from '../support/postgres.ts'
import { example, pipelineDatabase } from './database.ts'
import { answersOf, migrate, project, quarantine } from './engine.ts'

vi.setConfig({ testTimeout: 240_000 })

const original = `${example}migration.ts`

interface Mutant {
  readonly name: string
  readonly from: string
  readonly to: string
  /** Of the checks that say no, one. */
  readonly seenBy: string
}

const amounts = 'amounts are what the export says'
const tape = 'loans are what the tape says'
const writtenOff = 'written off is what the snapshot of the last day of 2025 says'
const eachPayment = 'each payment of a loan is there once, and no other'

const mutants: Mutant[] = [
  {
    name: 'rebates lose their sign',
    from: 'interest: amount(r.interest).required()',
    to: `interest: amount(r.interest.replace('-', '')).required()`,
    seenBy: 'rebates stay negative',
  },
  {
    name: 'rebates are left out',
    from: `{ name: 'payments', ignore`,
    to: `{ name: 'payments', only: { 'no rebates': (r) => r.interest.matches('^-').not() }, ignore`,
    seenBy: eachPayment,
  },
  {
    name: 'what is no number to accountants becomes its first digits',
    from: 'sql(numeric())`${said}::numeric`.round(2)',
    to: 'sql(numeric())`substr(${said}, 1, 4)::numeric`.round(2)',
    seenBy: amounts,
  },
  {
    name: 'what is no number to accountants is left out',
    from: `{ name: 'payments', ignore`,
    to: `{ name: 'payments', only: { 'plain amounts': (r) => r.fees.matches('E').not() }, ignore`,
    seenBy: eachPayment,
  },
  {
    name: 'the first group of digits is the amount',
    from: "said.asDecimal({ thousands: ',' })",
    to: 'sql(numeric().null())`nullif(split_part(${said}, chr(44), 1), chr(0x20))::numeric`',
    seenBy: amounts,
  },
  {
    name: 'taxes are counted with the fees',
    from: 'fees: amount(r.fees).required()',
    to: 'fees: amount(r.fees).required().plus(amount(r.tax).required())',
    seenBy: amounts,
  },
  { name: 'write-offs of another day', from: `= '2025-12-31'`, to: `= '2025-11-30'`, seenBy: writtenOff },
  {
    name: 'write-offs of the last snapshot there is',
    from: `= '2025-12-31'`,
    to: `= (select max(reporting_date) from v1.par_balance)`,
    seenBy: writtenOff,
  },
  {
    name: 'nothing is written off',
    from: 'is_writeoff: writtenOff.orElse(false)',
    to: 'is_writeoff: writtenOff.is(writtenOff.not()).orElse(false)',
    seenBy: writtenOff,
  },
  {
    name: 'what is late is worth nothing',
    from: 'outstanding: r.outstanding_balance',
    to: 'outstanding: r.outstanding_balance.times(0)',
    seenBy: tape,
  },
  {
    name: 'principal is what was paid',
    from: 'principal: r.disburse_principal.must',
    to: 'principal: r.disburse_principal.minus(r.outstanding_balance).must',
    seenBy: 'sums by company and status',
  },
  { name: 'the status says what it did not', from: `Current: 'Current'`, to: `Current: 'Complete'`, seenBy: 'status' },
  {
    name: 'the loans of a customer are left out',
    from: `    name: 'loans',`,
    to: `    name: 'loans', only: { 'not theirs': (r) => r.customer_id.isNot('C7') },`,
    seenBy: 'each loan is there once, by its whole name',
  },
  {
    name: 'payments go to the loan of that number, whoever lent it',
    from: 'company: loan.company,',
    to: `company: when(r.loan_ref.lessThan('L00325'), 'AAA').otherwise(loan.company),`,
    seenBy: 'payments belong to their loans',
  },
]

test.each(mutants)('$name is one line', ({ from, to }) => void changed(from, to))

// a comma more in the data, so that each form of an amount is there among those that go
const groups = `update v1.real_payment set principal = to_char(principal::numeric, 'FM999,999,990.00') where principal ~ '^[0-9]{4,}[.]' and row_no % 2 = 0`
/** A later snapshot, in which another loan is written off. */
const later = `insert into v1.par_balance select loan_id, '2026-01-31', dpd, not is_writeoff, writeoff_outstanding, outstanding from v1.par_balance`

test('the right one passes on the same data, and each check has looked at something (I14)', async () => {
  const { end, answers } = await verdictOf((await import(/* @vite-ignore */ pathToFileURL(original).href)).default)
  expect([end, answers.filter((a) => a.verdict !== 'passed')]).toEqual(['paused', []])
  for (const a of answers) expect([a.title, a.examined > 0]).toEqual([a.title, true])
})

describe.each(mutants)('$name', ({ from, to, seenBy }) => {
  test('is seen', async () => {
    const { end, answers } = await verdictOf(await mutated(from, to))
    expect([end, answers.filter((a) => a.verdict === 'failed').map((a) => a.title)]).toEqual([
      'GW_VERIFY_NO, exit 4',
      expect.arrayContaining([seenBy]),
    ])
  })
})

async function verdictOf(migration: Migration) {
  await using db = await pipelineDatabase()
  await query(db.url, `${groups}; ${later}`)
  return await answersOf(db.url, migration, project())
}

test.each([
  ['is another company than the one beside it', '', 'RULE'],
  ['is one loan for two: all that meet wait, none is merged', '.must(company(r.loan_id).is(r.company), ', 'UNIQUE_CONFLICT'],
])('the number without its company %s', async (_, rule, code) => {
  await using db = await pipelineDatabase()
  const from = 'company: company(r.loan_id).must(company(r.loan_id).is(r.company), '
  const to = rule
    ? `company: company(r.loan_id).replace('BBB', 'AAA').must(r.company.notNull(), `
    : `company: company(r.loan_id).replace('BBB', 'AAA').must(company(r.loan_id).replace('BBB', 'AAA').is(r.company), `
  const ended = await migrate(db.url, { migration: await mutated(from, to), root: project(), to: 'verify' }).catch(
    (error: { code: string }) => error.code,
  )
  expect(ended).toBe('GW_BUDGET')
  expect(new Set((await quarantine(db.url)).map((q) => q.code))).toEqual(new Set([code]))
})

test('null as nothing: a row that says null where there must be an amount would go', async () => {
  const { end } = await verdictOf(
    await mutated(`const said = exported.trim().nullIf('null')`, `const said = exported.trim().replace('null', '0')`),
  )
  // `other` says null in each row: as 0 it is an amount that has no place
  expect(end).toMatch(/^GW_/)
})

/** The text with that line made other. It must find its place exactly once. */
function changed(from: string, to: string): string {
  const before = readFileSync(original, 'utf8')
  expect(before.split(from)).toHaveLength(2)
  return before.replace(from, () => to)
}

const mutated = (from: string, to: string): Promise<Migration> => mutatedText(changed(from, to))

/** Loaded from a file beside it, because it imports its neighbours. */
async function mutatedText(text: string): Promise<Migration> {
  const file = original.replace(/\.ts$/, `.mutant-${randomBytes(4).toString('hex')}.ts`)
  writeFileSync(file, text)
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)).default
  } finally {
    rmSync(file)
  }
}
