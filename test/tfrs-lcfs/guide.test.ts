// docs/guide/version-chains.md is carried out as it stands there, and comes to what it says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import type { Migration } from '../../src/index.ts'
import { objections, place } from '../guarantees/engine.ts'

const page = fileURLToPath(new URL('../../docs/guide/version-chains.md', import.meta.url))
const blocks = (language: string) =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].filter((m) => m[1] === language)

async function migrationOfThePage(): Promise<Migration> {
  const folder = mkdtempSync(path.join(import.meta.dirname, 'guide-'))
  try {
    for (const [, , marks, text] of blocks('ts')) writeFileSync(path.join(folder, / as=(\S+)/.exec(marks!)![1]!), text!)
    return (await import(/* @vite-ignore */ pathToFileURL(path.join(folder, 'versions.ts')).href)).default
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('the page comes to what it says', async () => {
  const migration = await migrationOfThePage()
  await using p = await place(blocks('sql')[0]![3]!)
  await p.run(migration)
  const kept = await p.sql(
    'select declaration_id::text, item, version::text, action, kilos::text from new.stock order by declaration_id, lower(item), stock.version',
  )
  const printed = blocks('console')[0]![3]!
  const shown = printed.trim().split('\n').slice(1)
  expect(kept.toSorted()).toEqual(shown.map((line) => line.trim().split(/\s+/)).toSorted())
  expect(await p.quarantine(migration)).toEqual(['declarations 9 NULL_NOT_ALLOWED', 'stocks ["91", "false"] PARENT_QUARANTINED'])
  expect(await p.sql('select declaration_id::text, nr::text, text from new.note order by nr')).toEqual([
    ['3', '1', 'a'],
    ['3', '2', 'b'],
  ])
  expect(objections(await p.verify(migration))).toEqual([])
})
