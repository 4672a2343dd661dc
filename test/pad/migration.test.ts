// SEEDS §3.4, A1: the PAD split against a target that is in use. What is expected comes from the oracle, which knows nothing of the engine.
import { randomBytes } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { checks } from '../../examples/pad/checks.ts'
import { split } from '../../examples/pad/migration.ts'
import type { Event } from '../../src/api.ts'
import { query, serverUrl } from '../support/postgres.ts'
import { compareWithOracle, fateDifferences } from './compare.ts'
import { counts, given, nativePrint, padDatabase, sourcePrint, targetPrint, versions } from './database.ts'
import { booksOf, migrate, migratedDatabase, type Options, objections, quarantine, takeBack, verified } from './engine.ts'
import { expectedOf } from './oracle.ts'
import { changedLegacyRows, newLegacyRows, newRequests } from './writes.ts'

// whole runs over the fixture, some in very small units: seconds each, and more where the machine is busy
vi.setConfig({ testTimeout: 240_000 })

const atFirst = { requests: 1015, manager: 814, compliance: 614, executions: 414, audits: 2443 }
const afterWrites = { requests: 1020, manager: 820, compliance: 620, executions: 419, audits: 2460 }
const all = 5000
const nextIds = ['security', 'pad_request', 'pad_approval', 'pad_execution', 'audit_log']
  .map((t) => `select '${t}', case when is_called then last_value + 1 else last_value end from pad.${t}_id_seq`)
  .join(' union all ')

describe.each([
  [7, 1],
  [100, 1],
  [100, 2],
  [all, 1],
])('in units of %i, %i at once', (chunk, workers) => {
  test('every row goes where the oracle says, once, a second run writes nothing, and nothing else is touched (I1–I4, I6, I7, I13, batch rule)', async () => {
    await using db = await padDatabase()
    await runAndCompare(db.url, { chunk, workers })
    expect(await counts(db.url)).toEqual(atFirst)
    await runAgainAndCompare(db.url, { chunk, workers })
  })
})

// a thousand clean rows one by one would take a minute and show no more than a hundred do
test('in units of one, on a tenth of the clean rows and all of the dirty ones', async () => {
  await using db = await padDatabase()
  await query(db.url, 'delete from pad.personal_account_dealing where id between 101 and 1000')
  await runAndCompare(db.url, { chunk: 1 })
  await runAgainAndCompare(db.url, { chunk: 1 })
})

async function runAndCompare(url: string, how: Options): Promise<void> {
  const [natives, sources] = [await nativePrint(url), await sourcePrint(url)]
  const expected = expectedOf(await given(url))
  await migrate(url, how)
  expect(await compareWithOracle(url)).toEqual([])
  expect(fateDifferences(expected, await quarantine(url))).toEqual([])
  expect(await nativePrint(url)).toEqual(natives)
  expect(await sourcePrint(url)).toEqual(sources)
}

async function runAgainAndCompare(url: string, how: Options): Promise<void> {
  const before = [await targetPrint(url), await versions(url)]
  await migrate(url, how)
  expect([await targetPrint(url), await versions(url)]).toEqual(before)
  expect(await compareWithOracle(url)).toEqual([])
}

test('the summary adds up, and says what it fell back on (I1, I16)', async () => {
  await using db = await padDatabase()
  const { warnings } = expectedOf(await given(db.url))
  const books = booksOf(await migrate(db.url))
  expect(books).toEqual({ read: 1032, migrated: 1015, quarantined: 17, filtered: 0, warned: warnings.length })
})

test('verification passes, and each check has looked at something (I3, I14)', async () => {
  await using db = await migratedDatabase()
  const result = await verified(db.url)
  expect([objections(result), result.verdict]).toEqual([[], 'passed'])
  const titles = result.answers.map((a) => a.title)
  for (const step of checks(split)) expect(titles).toContain(step.title)
  for (const a of result.answers) expect([a.title, a.examined > 0]).toEqual([a.title, true])
})

describe('broken off and taken up again (I8)', () => {
  const uninterrupted = async () => {
    await using db = await migratedDatabase()
    return await targetPrint(db.url)
  }

  // of eleven units of a hundred; the first stop comes before any of them is done
  test.each([0, 1, 5, 10, 11])('after unit %i', async (units) => {
    await using db = await padDatabase()
    await breakOffAfter(db.url, units)
    const half = await counts(db.url)
    if (units < 10) expect(half['requests']).toBeLessThan(atFirst.requests)
    await migrate(db.url)
    expect(await compareWithOracle(db.url)).toEqual([])
    expect(await targetPrint(db.url)).toEqual(await uninterrupted())
    expect((await verified(db.url)).verdict).toBe('passed')
  })

  test('with legacy rows written in between (I9, W2 in the middle)', async () => {
    await using db = await padDatabase()
    await breakOffAfter(db.url, 5)
    await newLegacyRows(db.url)
    await changedLegacyRows(db.url)
    await migrate(db.url)
    expect(await compareWithOracle(db.url)).toEqual([])
    expect(await counts(db.url)).toEqual(afterWrites)
  })

  async function breakOffAfter(url: string, units: number): Promise<void> {
    const controller = new AbortController()
    let done = 0
    if (units === 0) controller.abort()
    const observe = (event: Event) => {
      if (event.type === 'step.progress' && ++done === units) controller.abort()
    }
    // whether a run that was broken off throws or says so is another test's concern
    await migrate(url, { signal: controller.signal, observe }).catch(() => {})
  }
})

describe('the legacy application writes on (I9)', () => {
  test('a second run catches up with what was added and changed', async () => {
    await using db = await padDatabase()
    const natives = await nativePrint(db.url)
    await migrate(db.url)
    await newLegacyRows(db.url)
    await changedLegacyRows(db.url)
    const sources = await sourcePrint(db.url)
    await migrate(db.url)

    expect(await compareWithOracle(db.url)).toEqual([])
    expect(await counts(db.url)).toEqual(afterWrites)
    const [request] = await query(
      db.url,
      `select q.status, (select count(*) from pad.pad_approval a where a.request_id = q.id) from pad.pad_request q where reference_id = 'LEG-000510'`,
    )
    expect(request).toEqual(['approved', '2'])
    expect(await query(db.url, `select deleted_at is not null from pad.pad_request where reference_id = 'LEG-000523'`)).toEqual([['t']])
    expect(await query(db.url, `select reference_id from pad.pad_request group by 1 having count(*) > 1`)).toEqual([])
    expect([await nativePrint(db.url), await sourcePrint(db.url)]).toEqual([natives, sources])
    expect((await verified(db.url)).verdict).toBe('passed')
  })

  test('a row keeps its ids when it changes', async () => {
    await using db = await migratedDatabase()
    const ids = `select reference_id, id from pad.pad_request where reference_id like 'LEG-%' order by 1`
    const before = await query(db.url, ids)
    await changedLegacyRows(db.url)
    await migrate(db.url)
    expect(await query(db.url, ids)).toEqual(before)
  })

  test('a mended row goes, and one that has gone bad comes back', async () => {
    await using db = await migratedDatabase()
    await query(
      db.url,
      `update pad.personal_account_dealing set value = '1234.56' where id = 2008; update pad.personal_account_dealing set status = 'withdrawn' where id = 15`,
    )
    await migrate(db.url)
    expect(await compareWithOracle(db.url)).toEqual([])
    expect(fateDifferences(expectedOf(await given(db.url)), await quarantine(db.url))).toEqual([])
  })
})

describe('taken back (I10)', () => {
  test('what the new application wrote stays, and the migration can be run again', async () => {
    await using db = await migratedDatabase()
    await newLegacyRows(db.url)
    await changedLegacyRows(db.url)
    await migrate(db.url)
    await newRequests(db.url)
    const [natives, sources] = [await nativePrint(db.url), await sourcePrint(db.url)]
    await takeBack(db.url)

    expect(await counts(db.url)).toEqual({ requests: 0, manager: 0, compliance: 0, executions: 0, audits: 0 })
    expect(await query(db.url, 'select count(*) from pad.pad_request')).toEqual([['43']])
    expect(await query(db.url, 'select count(*) from pad.security')).toEqual([['10']])
    expect([await nativePrint(db.url), await sourcePrint(db.url)]).toEqual([natives, sources])

    await migrate(db.url)
    expect(await counts(db.url)).toEqual(afterWrites)
    expect(await compareWithOracle(db.url)).toEqual([])
    expect((await nativePrint(db.url))['pad.pad_request']).toEqual(natives['pad.pad_request'])
  })

  test('with no writes since, all is byte for byte as it was', async () => {
    await using db = await padDatabase()
    const before = [await targetPrint(db.url), await query(db.url, nextIds)]
    await migrate(db.url)
    await takeBack(db.url)
    expect([await targetPrint(db.url), await query(db.url, nextIds)]).toEqual(before)
  })

  test('a security that the new application has come to use is not pulled from under it', async () => {
    await using db = await migratedDatabase()
    await newRequests(db.url, `(select max(id) from pad.security)`)
    const requests = `select q.reference_id, s.bloomberg from pad.pad_request q join pad.security s on s.id = q.security_id where reference_id like 'PAD-%' order by 1`
    const before = await query(db.url, requests)
    // to refuse is as good as to leave that security where it is
    await takeBack(db.url).catch(() => {})
    expect(await query(db.url, requests)).toEqual(before)
  })
})

test('the application goes on with free ids (I11)', async () => {
  await using db = await migratedDatabase()
  await newRequests(db.url)
  await query(
    db.url,
    `with q as (select id from pad.pad_request where reference_id = 'PAD-00041')
     insert into pad.pad_approval(request_id, approval_type, approver_id, decision, decided_at) select id, 'manager', 105, 'approved', now() from q;
     with q as (select id from pad.pad_request where reference_id = 'PAD-00041')
     insert into pad.pad_execution(request_id, executed_at, execution_price, execution_quantity) select id, now(), 1, 1 from q;
     insert into pad.security(bloomberg) values ('NEW LN')`,
  )
  expect(await compareWithOracle(db.url)).toEqual(['security null: should not be there'])
})

test('a role that may only read the source is enough (I13)', async () => {
  await using db = await padDatabase()
  const role = `${db.name}_writer_${randomBytes(3).toString('hex')}`
  await query(db.url, `create role "${role}" login password 'for-this-test'; grant create on database "${db.name}" to "${role}"`)
  try {
    await query(
      db.url,
      `grant usage on schema bo, pad to "${role}"; grant select on all tables in schema bo, pad to "${role}";
       alter table pad.security owner to "${role}"; alter table pad.pad_request owner to "${role}"; alter table pad.pad_approval owner to "${role}";
       alter table pad.pad_execution owner to "${role}"; alter table pad.audit_log owner to "${role}";
       revoke create on schema public from public`,
    )
    const url = new URL(db.url)
    url.username = role
    url.password = 'for-this-test'
    const sources = await sourcePrint(db.url)
    await migrate(url.href)
    expect((await verified(url.href)).verdict).toBe('passed')
    expect(await compareWithOracle(db.url)).toEqual([])
    expect(await sourcePrint(db.url)).toEqual(sources)
  } finally {
    await db.drop()
    await query(serverUrl(), `drop role "${role}"`)
  }
})

describe('verification can say no', () => {
  test('an empty source proves nothing (I14)', async () => {
    await using db = await padDatabase()
    await query(db.url, 'delete from pad.personal_account_dealing')
    // a plan that has nothing to do may be refused outright
    await migrate(db.url).catch(() => {})
    expect((await verified(db.url)).verdict).not.toBe('passed')
  })

  test('nor does a verification before anything was run', async () => {
    await using db = await padDatabase()
    const verdict = await verified(db.url).then(
      (v) => v.verdict,
      () => 'refused',
    )
    expect(verdict).not.toBe('passed')
  })

  const request = `(select id from pad.pad_request where reference_id = 'LEG-000015')`
  test.each([
    ['a text is another', `update pad.pad_request set justification = justification || ' ' where id = ${request}`],
    ['a null has become empty text', `update pad.pad_request set other_comments = '' where id = ${request}`],
    ['an approval is missing', `delete from pad.pad_approval where request_id = ${request} and approval_type = 'manager'`],
    ['an execution is missing', `delete from pad.pad_execution where request_id = ${request}`],
    [
      'an audit row is there twice',
      `insert into pad.audit_log("timestamp", action_type, action_status, actor_type, actor_id, entity_type, entity_id, request_id, details) select "timestamp", action_type, action_status, actor_type, actor_id, entity_type, entity_id, request_id, details from pad.audit_log where request_id = ${request}`,
    ],
    [
      'a decided_at is a microsecond later',
      `update pad.pad_approval set decided_at = decided_at + interval '1 microsecond' where request_id = ${request}`,
    ],
    ['the legacy row has changed since', `update pad.personal_account_dealing set justification = 'another' where id = 15`],
    [
      "a request of the application's own has changed",
      `update pad.pad_request set quantity = quantity + 1 where reference_id = 'PAD-00001'`,
    ],
  ])('%s', async (_, harm) => {
    await using db = await migratedDatabase()
    await query(db.url, harm)
    expect((await verified(db.url)).verdict).toBe('failed')
  })
})
