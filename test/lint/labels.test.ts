// The samples' own labels: a server is asked what it refuses, what it writes anew, and what it reads while others wait.
import { beforeAll, expect, test } from 'vitest'
import { traceSql } from '../../src/databases/postgres/lint-trace/trace.ts'
import { ready } from '../../src/lint/read.ts'
import { freshDatabase } from '../support/postgres.ts'
import { samples } from './samples/index.ts'
import { dangersOf, type Labelled } from './samples/labelled.ts'

beforeAll(ready)

const shown = samples
  .flatMap((s) => s.all)
  .filter(([, , known]) => (known?.pg ?? 18) === 18 && (known?.schema ?? known?.prior) !== undefined && !known?.notHere)

async function observed([sql, , known]: Labelled) {
  const { seen } = await traceSql(freshDatabase, {
    sql,
    pg: 18,
    inTransaction: known?.tx,
    zone: known?.tz ?? 'Europe/Berlin',
    history: [known?.schema, known?.extra, known?.prior].filter((text) => text !== undefined),
    closed: true,
  })
  return {
    refused: seen.some((s) => s.refused !== undefined),
    rewritten: seen.some((s) => s.rewritten.length > 0),
    scanned: seen.some((s) => s.scanned.length > 0),
  }
}

test.each(shown.map((one) => ({ sql: one[0], label: one[1], one })))('$sql: $label', async ({ one }) => {
  const { refused, rewritten, scanned } = await observed(one)
  const dangers = dangersOf(one)
  expect(refused).toBe(dangers.includes('fails'))
  // an emptied table is written anew as well
  if (!refused && !dangers.includes('destructive')) expect(rewritten).toBe(dangers.includes('rewrite'))
  if (dangers.length === 0) expect(scanned).toBe(false)
})
