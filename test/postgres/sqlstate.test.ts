import { expect, test } from 'vitest'
import { type FailureReason, type Reaction, reactions, reactionTo, reasonOf } from '../../src/databases/postgres/sqlstate.ts'

// The whole policy, once more and by hand: a change of the table must be made twice.
const policy: Record<Reaction, string[]> = {
  retry: ['08000', '08001', '08003', '08004', '08006', '08007', '08P01', '40001', '40P01', '55P03', '57P01', '57P02', '57P03', '53300'],
  shrink: ['57014', '53200', '54000'],
  row: [
    '22000',
    '22001',
    '22003',
    '22007',
    '22008',
    '22012',
    '22021',
    '22023',
    '22030',
    '22P02',
    '22P05',
    '2200F',
    '23000',
    '23001',
    '23502',
    '23503',
    '23505',
    '23514',
    '23P01',
    'P0001',
  ],
  stop: `53100 53000 53400 58000 58030 58P01 XX000 XX001 XX002 28000 28P01 42501 42601 42P01 42703 42804 40000 40002 40003 54001 54011 54023 55000 55006 55P02 55P04 57000 57P04 57P05 P0000 P0002 P0003 P0004 00000 01000 02000 0A000 21000 24000 25P02 25006 25P03 26000 2BP01 3D000 3F000 44000 72000 F0000 HV000 ZZZZZ 22 08 2200 220012 const`
    .split(' ')
    .concat('', '23505 '),
}

test.each(Object.entries(policy).flatMap(([reaction, states]) => states.map((state) => [state, reaction])))('%s: %s', (state, reaction) => {
  expect(reactionTo(state!)).toBe(reaction)
})

test('every line of the table is tried above', () => {
  const tried = Object.values(policy).flat()
  for (const line of Object.keys(reactions))
    expect(tried.filter((state) => state === line || (line.length === 2 && state.startsWith(line) && state.length === 5))).not.toEqual([])
})

const reasons: Record<string, FailureReason> = {
  22003: 'OUT_OF_RANGE',
  22001: 'TOO_LONG',
  22021: 'ENCODING',
  22012: 'DIV_BY_ZERO',
  23502: 'NULL_NOT_ALLOWED',
  23503: 'FK_ORPHAN',
  23505: 'UNIQUE_CONFLICT',
  23514: 'CHECK_FAILED',
  '23P01': 'EXCLUSION_CONFLICT',
  P0001: 'TARGET_TRIGGER',
}

test.each(policy.row)('%s has a reason of the quarantine', (state) => expect(reasonOf(state)).toBe(reasons[state] ?? 'EXPR_ERROR'))
test.each([...policy.retry, ...policy.shrink, ...policy.stop])("%s is no row's fault", (state) => expect(reasonOf(state)).toBeUndefined())
test('every reason is tried above', () => expect(Object.keys(reasons).filter((state) => !policy.row.includes(state))).toEqual([]))
