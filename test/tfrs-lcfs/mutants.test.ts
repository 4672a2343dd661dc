// SEEDS §4, rows A0: a right migration with one line made wrong. Verification has to see each of them: not the engine's own comparison of
// rows with the mapping, which agrees with whatever the mapping says, but the example's checks, which were written without it.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import tfrs from '../../examples/tfrs-lcfs/migration.ts'
import { ddl, type Migration, migration } from '../../src/index.ts'
import { query } from '../support/postgres.ts'
import { natives, twoDatabases } from './databases.ts'
import { answersOf } from './engine.ts'

const example = fileURLToPath(new URL('../../examples/tfrs-lcfs', import.meta.url))

interface Mutant {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** Of the checks that say no, one. */
  readonly seenBy: string
  /** Where the fixture alone does not show it. */
  readonly before?: string
}
const gone = 'a report has gone, unless its chain, its organization or its deletion stands against it'
const itsOwn = 'a report is of the same organization and period, and has its own name, note and days'
const statedA = 'every report has the schedule A that it stated'
const statedB = 'every report with a snapshot has the schedule B that it stated'
const again = 'no report takes a transfer away and makes it again'
const inDollars = 'a summary has the lines of its snapshot, in dollars'

const mutants: Mutant[] = [
  {
    name: '1 rows that say the same are taken once',
    file: 'schedule-a.ts',
    from: `.isNot('UNCHANGED'),`,
    to: `.isNot('UNCHANGED').and(r.ordinal.atMost(1)),`,
    seenBy: statedA,
  },
  {
    name: '2 no schedule at all takes nothing away',
    file: 'schedule-a.ts',
    from: 'keyOf(d.id).isNull(),',
    to: 'keyOf(d.id).isNull().or(d.schedule_a_id.isNull()),',
    seenBy: statedA,
  },
  {
    name: '2 nothing is ever taken away',
    file: 'schedule-a.ts',
    from: `.isNot('UNCHANGED'),`,
    to: `.isIn('CREATE', 'UPDATE'),`,
    seenBy: statedA,
  },
  {
    name: '3 a missing snapshot takes all away',
    file: 'schedule-b.ts',
    from: '.or(lookupOrNull(records.lists, { report_id: d.id }).items.isNull()),',
    to: ',',
    seenBy: 'a report without a snapshot changes nothing of schedule B',
  },
  {
    name: '4 chains share their groups',
    file: 'schedule-a.ts',
    from: 'r.chain.required(),',
    to: 'r.chain.isNull().asText(),',
    seenBy: statedA,
  },
  { name: '5 the quantity is in the key', file: 'schedule-a.ts', from: 'type: r.transfer_type_id', to: 'type: r.quantity', seenBy: again },
  {
    name: '6 partners are compared as they are spelt',
    file: 'schedule-a.ts',
    from: 'partner: sameText(r.trading_partner)',
    to: 'partner: r.trading_partner',
    seenBy: again,
  },
  {
    name: '7 class for class by its number',
    file: 'schedule-a.ts',
    from: '{ 1: diesel, 2: gasoline }',
    to: '{ 1: gasoline, 2: diesel }',
    seenBy: statedA,
  },
  {
    name: '8 received for transferred',
    file: 'schedule-a.ts',
    from: `{ 1: 'Received', 2: 'Transferred' }`,
    to: `{ 1: 'Transferred', 2: 'Received' }`,
    seenBy: statedA,
  },
  {
    name: '9 1,234 is 1',
    file: 'schedule-b.ts',
    from: `of.asDecimal({ thousands: ',' })`,
    to: 'of.slice(0, 1).asDecimal()',
    seenBy: statedB,
  },
  { name: '10 debits are credits', file: 'schedule-b.ts', from: '.otherwise(debits.negate())', to: '.otherwise(debits)', seenBy: statedB },
  {
    name: '11 a rate on dollars',
    file: 'summary.ts',
    from: 'line_21_penalty: penalty,',
    to: 'line_21_penalty: penalty.times(200),',
    seenBy: inDollars,
  },
  {
    name: '12 no penalty known is none',
    file: 'summary.ts',
    from: 'line_21_penalty: penalty,',
    to: 'line_21_penalty: penalty.orElse(0),',
    seenBy: inDollars,
  },
  {
    name: '13 no day is the first of 1970',
    file: 'reports.ts',
    from: 'create_date: r.create_timestamp,',
    to: `create_date: r.create_timestamp.orElse('1970-01-01'),`,
    seenBy: itsOwn,
  },
  {
    name: '14 period for period by its number',
    file: 'rules.ts',
    from: 'r.compliance_period_id.match({ 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 11: 12, 12: 13, 13: 14 })',
    to: 'r.compliance_period_id',
    seenBy: gone,
  },
  {
    name: '14 period for period by its name alone',
    file: 'rules.ts',
    from: `was.match({ '2013-14': '2014' }, was)`,
    to: 'was',
    seenBy: gone,
  },
  {
    name: '15 a new group for a chain that was loaded before',
    file: 'reports.ts',
    from: 'lookupOrNull(loadedBefore, { root }).group_uuid.orElse(',
    to: 'lookupOrNull(loadedBefore, { root }).group_uuid.slice(0, 0).blankToNull().orElse(',
    seenBy: 'a report is of the group of the one that it supplements',
  },
  {
    name: '17 days by ids of the other database',
    file: 'history.ts',
    from: 'create_date: r.create_timestamp,',
    to: 'create_date: lookup(db.tfrsComplianceReportHistory, { id: reports.report.keyOf(r.compliance_report_id) }).create_timestamp,',
    seenBy: 'history has each status of a report once, with its first day',
  },
  {
    name: '18 names are overwritten',
    file: 'reports.ts',
    from: 'nickname: r.nickname,',
    to: 'nickname: r.version.asText().orElse(r.nickname),',
    seenBy: itsOwn,
  },
  {
    name: '19 an unknown fuel is the first',
    file: 'exclusions.ts',
    from: '6: 6, 7: 7 }),',
    to: '6: 6, 7: 7 }, 1),',
    seenBy: 'what accepted reports exclude is at the last main report of that organization and period, or at a placeholder',
  },
  {
    name: '20 a placeholder beside a main report that waits',
    file: 'exclusions.ts',
    from: 'where m.went or not exists',
    to: 'where m.went or m.id < 0 and not exists',
    seenBy: 'a placeholder stands only where the old database has no main report',
    before:
      'update tfrs.compliance_report set supplements_id = 999999 where type_id = 1 and (organization_id, compliance_period_id) = (4, 8)',
  },
  {
    name: '21 one report is not there in the end',
    file: 'reports.ts',
    from: 'isDeleted(r).not() },',
    to: 'isDeleted(r).not().and(r.id.isNot(1006)) },',
    seenBy: gone,
  },
]

test.each(mutants)('$name: is seen', async ({ file, from, to, seenBy, before }) => {
  await using two = await twoDatabases()
  if (before) await query(two.source.url, before)
  const { end, answers } = await answersOf(two, await mutated(file, from, to))
  expect(end).toBe('GW_VERIFY_NO, exit 4')
  expect(answers.filter((a) => a.verdict === 'failed').map((a) => a.title)).toContain(seenBy)
})

test('16 history is emptied first, and loaded anew: is refused', async () => {
  await using two = await twoDatabases()
  const own = await natives(two.target.url)
  const anew = migration('tfrs-lcfs', ...tfrs.mappings, {
    expand: [
      ddl('history anew', { forward: 'truncate lcfs.compliance_report_history cascade', back: { irreversible: 'nobody has kept it' } }),
    ],
  })
  expect((await answersOf(two, anew)).end).toBe('GW_STEP_EMPTIED, exit 1')
  expect(await natives(two.target.url)).toEqual(own)
})

/** The lines of a file that this replacement makes other. It must find its place exactly once. */
function changed(file: string, from: string, to: string): string {
  const before = readFileSync(path.join(example, file), 'utf8')
  expect(before.split(from)).toHaveLength(2)
  const after = before.replace(from, () => to)
  const [old, lines] = [before.split('\n'), after.split('\n')]
  expect(lines.filter((line, i) => line !== old[i])).toHaveLength(1)
  expect(lines).toHaveLength(old.length)
  return after
}

/** The migration with that line, loaded from a copy of the example beside it. */
async function mutated(file: string, from: string, to: string): Promise<Migration> {
  const text = changed(file, from, to)
  const folder = mkdtempSync(`${example}.mutant-`)
  try {
    cpSync(example, folder, { recursive: true, filter: (name) => name === example || name.endsWith('.ts') })
    writeFileSync(path.join(folder, file), text)
    return (await import(/* @vite-ignore */ pathToFileURL(path.join(folder, 'migration.ts')).href)).default
  } finally {
    rmSync(folder, { recursive: true })
  }
}
