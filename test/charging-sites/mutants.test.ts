// SEEDS §4, rows A0b: a right migration with one line made wrong. Verification has to see each of them: not the engine's own comparison of
// rows with the mapping, which agrees with whatever the mapping says, but the example's checks, which were written without it.
import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { checks } from '../../examples/charging-sites/checks.ts'
import { sites, usage } from '../../examples/charging-sites/migration.ts'
import { finalSupplyEquipment } from '../../examples/charging-sites/schema.ts'
import { ddl, type Migration, migration } from '../../src/index.ts'
import { query } from '../support/postgres.ts'
import { chargingDatabase } from './database.ts'
import { answersOf } from './engine.ts'

const original = fileURLToPath(new URL('../../examples/charging-sites/migration.ts', import.meta.url))

interface Mutant {
  readonly name: string
  readonly from: string
  readonly to: string
  /** Of the checks that say no, one. */
  readonly seenBy: string
}
const canGo = 'what can go has gone, with its kWh'
const cannotGo = 'what cannot go has not gone'

const mutants: Mutant[] = [
  { name: '23 kWh to int', from: 'kwh_usage: r.kwh_usage.required()', to: 'kwh_usage: r.kwh_usage.round().required()', seenBy: canGo },
  {
    name: '24 latest version only',
    from: `    name: 'usage',`,
    to: `    name: 'usage', only: { latest: (r) => r.version.is(2) },`,
    seenBy: 'each report has as many rows and kWh as were reported',
  },
  // beyond the list
  {
    name: 'days are exchanged without a word',
    from: `.warnIf(swapped, 'dates_swapped')`,
    to: '',
    seenBy: 'days in the wrong order are exchanged in the target only, and counted',
  },
  {
    name: 'no kWh is none',
    from: 'kwh_usage: r.kwh_usage.required()',
    to: 'kwh_usage: r.kwh_usage.orElse(0)',
    seenBy: cannotGo,
  },
  {
    name: 'the earliest version wins',
    from: `order: [[r.version, 'desc'], r.fse_id]`,
    to: 'order: [r.version, r.fse_id]',
    seenBy: 'a charger is what the latest version of a report says',
  },
  {
    name: 'the last row wins',
    from: 'order: [r.fse_id] }).is(1)',
    to: `order: [[r.fse_id, 'desc']] }).is(1)`,
    seenBy: 'a site is as its first row has it',
  },
]

test.each(mutants)('$name: is seen', async ({ from, to, seenBy }) => {
  await using db = await chargingDatabase()
  // the fixture's chargers keep their models: one that does not tells which version was taken
  await query(db.url, `update final_supply_equipment set model = 'M9' where fse_id = 100`)
  const { end, answers } = await answersOf(db.url, await mutated(from, to))
  expect(end).toBe('GW_VERIFY_NO, exit 4')
  expect(answers.filter((a) => a.verdict === 'failed').map((a) => a.title)).toContain(seenBy)
})

test('22 swap dates in the source: is seen', async () => {
  await using db = await chargingDatabase()
  const forward = `update public.final_supply_equipment set supply_from = supply_to, supply_to = supply_from
    where supply_from > supply_to and date_part('year', supply_from) = date_part('year', supply_to)`
  const mended = migration('charging-sites', sites, usage, {
    reads: [finalSupplyEquipment],
    expand: [ddl('days in order', { forward, back: { irreversible: 'nobody knows which' } })],
    verify: checks,
  })
  // the step is refused before anything that it did stays
  expect((await answersOf(db.url, mended)).end).toBe('GW_STEP_WROTE_ROWS, exit 1')
  expect(await query(db.url, 'select count(*) > 0 from final_supply_equipment where supply_from > supply_to')).toEqual([['t']])
})

// Without the example's checks, which would say no by themselves: nothing that moved is nothing that was proved.
test('a filter that no row meets proves nothing (I14, I16)', async () => {
  await using db = await chargingDatabase()
  const none = await mutated(`r using (compliance_report_id)',`, `r using (compliance_report_id) where f.fse_id < 0',`)
  const { end, answers } = await answersOf(db.url, { ...none, steps: [] })
  expect(end).toBe('GW_VERIFY_NO, exit 4')
  expect(answers.filter((a) => a.title.startsWith('books')).map((a) => a.verdict)).toEqual(['not verified', 'not verified'])
  expect(await query(db.url, 'select count(*) from charging_site')).toEqual([['0']])
})

test('nor does one that leaves out all usage', async () => {
  await using db = await chargingDatabase()
  const none = await mutated(`    name: 'usage',`, `    name: 'usage', only: { 'no row': (r) => r.fse_id.lessThan(0) },`)
  expect((await answersOf(db.url, none)).end).toBe('GW_VERIFY_NO, exit 4')
})

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
