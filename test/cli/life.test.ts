// A migration through its whole life, by commands alone.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { fill, godwit, jsonOf, project } from './godwit.ts'

async function at(rows?: number) {
  const db = await freshDatabase()
  await fill(db.url, rows)
  const cwd = project()
  const env = { DATABASE_URL: db.url }
  return { db, cwd, go: (...args: string[]) => godwit(args, { cwd, env }), [Symbol.asyncDispose]: db.drop }
}

test('plan, try, run, status, trace, verify, undo', async () => {
  await using here = await at()
  const { go, db } = here

  const plan = await go('plan')
  expect(plan.stderr).toBe('')
  expect(plan.stdout).toMatch(/^customers {2}dev {2}postgres \d+\.\d+ .*\s+plan [0-9a-f]{12}\n/)
  expect(plan.stdout).toMatch(/backfill +1 +old_customer → customer +20 rows/)
  expect(plan.stdout).toMatch(/unmapped +none: 4 columns used, 0 ignored/)
  expect(plan.stdout).toMatch(/Plan: 1 mapping \(20 rows\), .* 0 destructive\. {2}Undo: whole\./)

  const sql = await go('plan', '--sql')
  expect(sql.stdout).toMatch(/-- +ROW EXCLUSIVE on .*public\.customer/)
  expect(sql.stdout).toMatch(/-- +ACCESS SHARE on .*public\.old_customer/)

  const good = await go('try', '4')
  expect(good.stdout).toMatch(/old_customer 4 {2}would go\n[\s\S]*full_name +'Name 4' +← name/)
  const bad = await go('try', '3')
  expect(bad.stdout).toMatch(/would go to quarantine\n +ENUM_UNKNOWN +state 'X' is not in the value map \(A, I\) +migration\.ts:\d+/)
  expect((await go('try', '77')).stderr).toMatch(/GW_SOURCE_ROW_MISSING[\s\S]*godwit try 1/)
  expect(await query(db.url, `select count(*) from customer`)).toEqual([['1']])
  expect(await query(db.url, `select to_regclass('godwit.run')`)).toEqual([[null]])

  const dry = await go('run', '--dry-run')
  expect(dry.stdout).toMatch(/Dry run: 17 of 20 rows migrated, 3 in quarantine, verified\. All of it was rolled back\./)
  expect(await query(db.url, `select count(*) from customer`)).toEqual([['1']])

  const some = await go('run', '--limit', '8', '--chunk', '4')
  expect(some.code).toBe(0)
  expect(some.stdout).toMatch(/Paused: 5 of 8 rows migrated/)
  expect((await go('status')).stdout).toMatch(
    /run r\d+ {2}paused[\s\S]*read 8 = migrated 5 \+ quarantined 3 \+ filtered 0[\s\S]*next +godwit run goes on behind row 8/,
  )

  const run = await go('run')
  expect(run.stderr).toBe('')
  expect(run.stdout).toMatch(/read 20 = migrated 17 \+ quarantined 3 \+ filtered 0/)
  expect(run.stdout).toMatch(/Done: 17 of 20 rows migrated, 3 in quarantine\. Verified\./)
  // what was read before the run was broken off is in no event of the second one
  expect(run.stdout).toMatch(/3 in quarantine\. Verified/)
  // no terminal: times, and no escape codes
  expect(run.stdout).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}customers {2}run r\d+ resumed at row 8 \(last committed unit, [\d.]+ s ago\) {2}plan/,
  )
  expect(run.stdout).not.toContain('\u001b')

  expect((await go('status')).stdout).toMatch(/finished[\s\S]*verified +passed/)
  expect((await go('trace', 'old_customer:4')).stdout).toMatch(/old_customer 4 {2}migrated\n +→ customer \d+/)
  expect((await go('trace', 'old_customer:3')).stdout).toMatch(/in quarantine\n +ENUM_UNKNOWN/)
  expect((await go('trace', 'customer:1')).stdout).toMatch(/was not made by this migration/)
  expect((await go('trace', 'kustomer:1')).stderr).toMatch(/GW_ROW_UNKNOWN[\s\S]*Did you mean (old_)?customer/)

  expect((await go('verify')).stdout).toMatch(
    /✓ verified {2}17 rows equal to the mapping · books close · 1 check passed · 1 row that is not ours\s+unchanged/,
  )
  await query(db.url, `update customer set active = 'maybe' where full_name = 'Name 4'`)
  const no = await go('verify')
  expect(no.code).toBe(4)
  expect(no.stdout).toMatch(/customer \d+ {2}\(source 4\) +active +is 'maybe' +should be 'yes'/)
  expect((await go('verify', 'show', '--all')).code).toBe(4)
  const refused = await go('undo', '--yes')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/GW_UNDO_REFUSED[\s\S]*1 row of public\.customer was changed by others/)
  const repaired = await go('verify', '--repair')
  expect(repaired.stdout).toMatch(/1 source row remapped[\s\S]*✓ verified/)
  expect(repaired.code).toBe(0)

  expect((await go('undo')).stderr).toMatch(/GW_NOT_CONFIRMED[\s\S]*--yes/)
  expect((await go('undo', 'r99', '--yes')).stderr).toMatch(/GW_RUN_UNKNOWN/)
  const undo = await go('undo', '--yes')
  expect(undo.stdout).toMatch(/Taken back: 17 of customer\. {2}Keeps 1 row that is not ours\.\nproof .* digest [0-9a-f]{8}… = [0-9a-f]{8}…/)
  expect(await query(db.url, `select full_name from customer`)).toEqual([['Own One']])
  expect((await go('undo', '--yes')).stderr).toMatch(/GW_NO_RUN/)
}, 120_000)

test('the quarantine is a workbench', async () => {
  await using here = await at()
  const { go, db, cwd } = here
  await go('run')

  const causes = await go('quarantine')
  expect(causes.stdout).toMatch(/3 rows of old_customer did not go, of 20 read +budget 10 \(50 %\)/)
  expect(causes.stdout).toMatch(/2 +ENUM_UNKNOWN +state +'=1\+1', 'X' is not in the value map/)

  const row = await go('quarantine', 'show', '3')
  expect(row.stdout).toMatch(/old_customer 3 +ENUM_UNKNOWN +state +'X'\n[\s\S]*godwit quarantine retry 3/)
  expect((await go('quarantine', 'show', '3', '--raw')).stdout).toMatch(/since +'2020-01-01 00:03:00'/)
  expect((await go('quarantine', 'show', '4')).stderr).toMatch(/GW_NOT_IN_QUARANTINE/)

  expect((await go('quarantine', 'retry', '3')).stdout).toMatch(/1 row tried: 0 migrated, 1 still quarantined\./)
  await query(db.url, `update old_customer set state = 'A' where id = 3`)
  expect((await go('quarantine', 'retry', '--reason', 'ENUM_UNKNOWN')).stdout).toMatch(
    /2 rows tried: 1 migrated, 1 still quarantined\.\n +old_customer +read 20 = migrated 18 \+ quarantined 2/,
  )

  expect((await go('quarantine', 'waive', '7')).stderr).toMatch(/--why/)
  expect((await go('quarantine', 'waive', '--why', 'x')).stderr).toMatch(/Which rows\?/)
  expect((await go('quarantine', 'waive', '7', '--why', 'test data', '--by', 'Ann')).stdout).toMatch(/1 row waived by Ann: test data/)
  expect((await go('quarantine')).stdout).toMatch(/\(1 waived\)/)

  const csv = await go('quarantine', 'export')
  expect(csv.stdout.split('\r\n')[0]).toBe(
    'mapping,key,code,columns,says,at,detail,since,run,waived_by,waived_why,row.id,row.name,row.state,row.since',
  )
  // a spreadsheet would carry out what begins with an equals sign
  expect(csv.stdout).toMatch(/,'=1\+1,/)
  const ndjson = await go('quarantine', 'export', '--format', 'ndjson')
  expect(
    ndjson.stdout
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l).row.state),
  ).toEqual(['I', '=1+1'])
  expect((await go('quarantine', 'export', '--format', 'json', '--out', 'rows.json')).stdout).toMatch(/2 rows written to rows\.json/)
  expect((JSON.parse(readFileSync(path.join(cwd, 'rows.json'), 'utf8')) as { key: string }[]).map((r) => r.key)).toEqual(['5', '7'])
}, 120_000)

test('each command gives one object with --json, also when it fails', async () => {
  await using here = await at()
  const { go } = here
  const before = [
    ['plan'],
    ['status'],
    ['doctor'],
    ['grants'],
    ['pull'],
    ['pull', '--check'],
    ['try', '4'],
    ['verify'],
    ['quarantine'],
    ['trace', 'customer:1'],
    ['undo', '--yes'],
    ['unlock'],
    ['explain'],
    ['explain', 'GW_LOCKED'],
    ['init'],
    ['report'],
  ]
  const after = [
    ['run'],
    ['status'],
    ['verify'],
    ['verify', 'show'],
    ['quarantine'],
    ['quarantine', 'show', '3'],
    ['quarantine', 'retry'],
    ['quarantine', 'waive', '3', '--why', 'x'],
    ['quarantine', 'export'],
    ['trace', 'old_customer:4'],
    ['report'],
    ['undo', '--yes'],
  ]
  for (const args of [...before, ...after]) {
    const ended = await go(...args, '--json')
    const object = jsonOf(ended)
    expect(object, args.join(' ')).toMatchObject({
      godwit: 1,
      command: args
        .filter((a) => /^[a-z]+$/.test(a) && a !== 'x')
        .join(' ')
        .replace(/^explain .*/, 'explain')
        .slice(0, object.command.length),
      ok: ended.code === 0,
      exit: ended.code,
    })
    if (ended.code !== 0 && ended.code !== 4)
      expect(object.error, args.join(' ')).toMatchObject({
        code: expect.stringMatching(/^GW_/),
        message: expect.any(String),
        hint: expect.any(String),
      })
    for (const line of ended.stderr.split('\n').filter(Boolean))
      expect(JSON.parse(line), args.join(' ')).toMatchObject({ godwit: 1, event: { type: expect.any(String) } })
  }
}, 180_000)
