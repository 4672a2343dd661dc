// SEEDS §3.2, A0b: equipment of a live database into sites, equipment and usage. What is expected comes from the oracle, which knows
// nothing of the engine.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Event } from '../../src/api.ts'
import { query } from '../support/postgres.ts'
import { chargingDatabase, compare, expected, nextIds, ownRows, sourcePrint, targetPrint, targetRows } from './database.ts'
import { bookedFor, migrate, migratedDatabase, objections, quarantine, takeBack, verified } from './engine.ts'
import type { Expected } from './oracle.ts'

const held = ({ fates }: Expected) => new Map([...fates].filter((f): f is [string, string] => f[1] !== undefined))

const passes = async (url: string) => {
  const result = await verified(url)
  expect([objections(result), result.verdict]).toEqual([[], 'passed'])
}

test('every row goes where the oracle says, the source is untouched, and a second run writes nothing (I1, I2, I4, I7, I13)', async () => {
  await using db = await chargingDatabase()
  const [sources, should] = [await sourcePrint(db.url), await expected(db.url)]
  const view = await migrate(db.url)
  expect(await compare(db.url, should)).toEqual([])
  expect(await quarantine(db.url)).toEqual(held(should))
  expect(bookedFor(view)).toEqual({
    sites: { read: 637, migrated: 630, quarantined: 0, filtered: 7, warned: 0 },
    usage: { read: 637, migrated: 628, quarantined: 9, filtered: 0, warned: 12 },
  })
  expect([should.fates.size, held(should).size, should.exchanged.size]).toEqual([637, 9, 12])
  expect([should.sites.length, should.equipment.length, should.usage.length]).toEqual([48, 240, 628])
  await passes(db.url)

  const warned = await query(
    db.url,
    `select f.fse_id, f.supply_from, f.supply_to from godwit.warning w join godwit.rule r using (migration, mapping)
      join final_supply_equipment f on f.fse_id::text = w.key where r.n = w.rule and r.says = 'dates_swapped'`,
  )
  expect(new Map(warned.map(([id, ...days]) => [id, days]))).toEqual(should.exchanged)

  const first = await targetPrint(db.url)
  await migrate(db.url)
  expect(await targetPrint(db.url)).toEqual(first)
  expect(await quarantine(db.url)).toEqual(held(should))
  expect(await sourcePrint(db.url)).toEqual(sources)
  await passes(db.url)
})

describe('however it is cut (I8)', () => {
  let whole: unknown[]
  beforeAll(async () => {
    await using db = await chargingDatabase()
    await migrate(db.url, { chunk: 5000 })
    whole = await targetRows(db.url)
  })

  test('in units of a hundred, two at once', async () => {
    await using db = await chargingDatabase()
    await migrate(db.url, { chunk: 100, workers: 2 })
    expect(await targetRows(db.url)).toEqual(whole)
  })

  // each row in a transaction of its own: a few of them show as much as all
  test('in units of one and of seven, on some of the rows', async () => {
    const found = []
    for (const chunk of [1, 7, 5000]) {
      await using db = await chargingDatabase()
      await query(db.url, 'delete from final_supply_equipment where fse_id < 600')
      await migrate(db.url, { chunk, workers: 2 })
      expect(await compare(db.url, await expected(db.url))).toEqual([])
      found.push(await targetRows(db.url))
    }
    expect(found[0]).toEqual(found[2])
    expect(found[1]).toEqual(found[2])
  })

  // of seven units for the sites and seven for the rest; the first stop comes before any of them is done
  test.each([0, 3, 10])('broken off after unit %i and taken up again', async (units) => {
    await using db = await chargingDatabase()
    const controller = new AbortController()
    let done = 0
    if (units === 0) controller.abort()
    const observe = (event: Event) => {
      if (event.type === 'step.progress' && ++done === units) controller.abort()
    }
    await expect(migrate(db.url, { signal: controller.signal, observe })).rejects.toMatchObject({ code: 'GW_INTERRUPTED' })
    await migrate(db.url)
    expect(await targetRows(db.url)).toEqual(whole)
  })

  test('killed, and taken up again', async () => {
    await using db = await chargingDatabase()
    const child = spawn(process.execPath, [fileURLToPath(new URL('./run-once.ts', import.meta.url)), db.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)))
    let done = 0
    for await (const line of createInterface({ input: child.stdout })) if (line === 'step.progress' && ++done === 14) child.kill('SIGKILL')
    expect(await gone).toBe('SIGKILL')
    await migrate(db.url)
    expect(await compare(db.url, await expected(db.url))).toEqual([])
    await passes(db.url)
  })

  test('with a limit, and again without', async () => {
    await using db = await chargingDatabase()
    await migrate(db.url, { limit: 250 })
    await migrate(db.url)
    expect(await compare(db.url, await expected(db.url))).toEqual([])
    await passes(db.url)
  })
})

describe('the application has rows of its own in the new tables', () => {
  const own = `insert into charging_site (organization_id, site_key, street_address, city) values (1, '101 main st|victoria', '101 MAIN ST', 'Victoria');
    insert into charging_equipment (site_id, equipment_number, serial_nbr, manufacturer) values (1, '00004', 'S1-1', 'its own'), (1, '00007', 'not listed', 'its own')`

  test('they are used as they are, and numbers go on after theirs', async () => {
    await using db = await chargingDatabase()
    await query(db.url, own)
    const natives = await ownRows(db.url)
    const should = await expected(db.url, natives)
    await migrate(db.url)
    expect(await compare(db.url, should)).toEqual([])
    const numbers = `select string_agg(equipment_number, ' ' order by equipment_number) from charging_equipment where site_id = 1`
    expect(await query(db.url, numbers)).toEqual([['00004 00007 00008 00009 00010 00011']])
    await passes(db.url)

    await takeBack(db.url)
    expect(await ownRows(db.url)).toEqual(natives)
  })

  test('where its numbers are at an end, nobody gets a number that is cut', async () => {
    await using db = await chargingDatabase()
    await query(db.url, own.replace('00007', '99999'))
    // the checks ask for these rows all the same: somebody has to decide what a sixth digit means
    await expect(migrate(db.url)).rejects.toMatchObject({ code: 'GW_VERIFY_NO' })
    const codes = [...(await quarantine(db.url)).values()].filter((why) => why.startsWith('TOO_LONG'))
    expect(codes).toHaveLength(12)
  })

  test('a number that it gives later is not given once more', async () => {
    await using db = await migratedDatabase()
    const [earlier, before] = [await expected(db.url), await ownRows(db.url)]
    await query(
      db.url,
      `insert into charging_equipment (site_id, equipment_number, serial_nbr, manufacturer) select site_id, '00042', 'new here', 'its own' from charging_site where site_key = '101 main st|victoria' and organization_id = 1`,
    )
    const its = { sites: [], equipment: (await ownRows(db.url)).equipment.filter((e) => e['serial_nbr'] === 'new here') }
    await listedAgain(db.url, `'S1-new', 'Maker 9', 'M9', '101 Main St', 'Victoria'`)
    const should = await expected(db.url, its, earlier)
    await migrate(db.url)
    expect(await compare(db.url, should)).toEqual([])
    expect(before.equipment).toHaveLength(240)
    expect(await query(db.url, `select equipment_number from charging_equipment where serial_nbr = 'S1-new'`)).toEqual([['00043']])
  })
})

/** One more row in the latest report of the first organization. */
const listedAgain = (url: string, what: string) =>
  query(
    url,
    `insert into final_supply_equipment (compliance_report_id, supply_from, supply_to, kwh_usage, serial_nbr, manufacturer, model, street_address, city)
      values (12, '2025-01-01', '2025-06-30', 12.25, ${what})`,
  )

describe('the old application writes on (I9)', () => {
  test('W2, W3: a known charger, a new site, a corrected kWh', async () => {
    await using db = await migratedDatabase()
    const earlier = await expected(db.url)
    const ids = `select equipment_id, serial_nbr, equipment_number from charging_equipment order by 1`
    const before = await query(db.url, ids)
    await listedAgain(db.url, `'S1-7', 'Maker 9', 'M9', '107 Main St', 'Victoria'`)
    await listedAgain(db.url, `'S1-new', 'Maker 9', 'M9', '1 New Road', 'Nanaimo'`)
    await query(db.url, 'update final_supply_equipment set kwh_usage = 777.77 where fse_id = 5')
    const sources = await sourcePrint(db.url)
    const should = await expected(db.url, undefined, earlier)
    await migrate(db.url)
    expect(await compare(db.url, should)).toEqual([])
    expect((await query(db.url, ids)).slice(0, before.length)).toEqual(before)
    expect(should.usage).toHaveLength(630)
    expect(should.sites).toHaveLength(49)
    expect(await sourcePrint(db.url)).toEqual(sources)
    await passes(db.url)
  })

  test('W2 while it runs', async () => {
    await using db = await chargingDatabase()
    let wrote: Promise<unknown> | undefined
    await migrate(db.url, {
      observe: (event) => {
        if (event.type === 'step.progress') wrote ??= listedAgain(db.url, `'S1-new', 'Maker 9', 'M9', '1 New Road', 'Nanaimo'`)
      },
    }).catch((error: { code?: string }) => expect(error.code).toBe('GW_VERIFY_NO'))
    await wrote
    await migrate(db.url)
    expect(await compare(db.url, await expected(db.url))).toEqual([])
    await passes(db.url)
  })

  test('rows are mended, go bad, move and are listed no more, with the last of a site among them', async () => {
    await using db = await migratedDatabase()
    const earlier = await expected(db.url)
    await query(
      db.url,
      `update final_supply_equipment set kwh_usage = 1.5 where fse_id = 94; update final_supply_equipment set manufacturer = ' ' where fse_id = 7;
       update final_supply_equipment set model = 'M9' where fse_id = 100;
       update final_supply_equipment set street_address = '9 Else St' where serial_nbr = 'S6-1'; delete from final_supply_equipment where serial_nbr = 'S6-2';
       delete from final_supply_equipment where compliance_report_id = 60 and street_address like '103 %'`,
    )
    const should = await expected(db.url, undefined, earlier)
    await migrate(db.url)
    expect(await compare(db.url, should)).toEqual([])
    expect(await quarantine(db.url)).toEqual(held(should))
    await passes(db.url)
  })
})

test('taken back, all is as it was, and it can be run again (I10)', async () => {
  await using db = await chargingDatabase()
  const before = [await sourcePrint(db.url), await targetPrint(db.url), await nextIds(db.url)]
  await migrate(db.url)
  const rows = await targetRows(db.url)
  await takeBack(db.url)
  expect([await sourcePrint(db.url), await targetPrint(db.url), await nextIds(db.url)]).toEqual(before)
  await migrate(db.url)
  expect(await targetRows(db.url)).toEqual(rows)
})

test('the application goes on with free ids, and what it has written is not taken back (I10, I11)', async () => {
  await using db = await migratedDatabase()
  await query(
    db.url,
    `with s as (insert into charging_site (organization_id, site_key, street_address, city) values (6, 'a|b', 'A', 'B') returning site_id),
      e as (insert into charging_equipment (site_id, equipment_number, serial_nbr, manufacturer) select site_id, '00001', 'x', 'y' from s returning equipment_id)
      insert into report_equipment (compliance_report_id, equipment_id, supply_from, supply_to, kwh_usage) select 60, equipment_id, '2024-01-01', '2024-12-31', 1 from e`,
  )
  await passes(db.url)

  const [used] = await query(
    db.url,
    `insert into report_equipment (compliance_report_id, equipment_id, supply_from, supply_to, kwh_usage) values (60, 1, '2025-01-01', '2025-12-31', 1) returning id`,
  )
  const before = await targetPrint(db.url)
  await expect(takeBack(db.url)).rejects.toMatchObject({ code: 'GW_UNDO_REFUSED' })
  expect(await targetPrint(db.url)).toEqual(before)

  await query(db.url, `delete from report_equipment where id = ${used![0]}`)
  await takeBack(db.url)
  const left =
    'select (select count(*) from charging_site), (select count(*) from charging_equipment), (select count(*) from report_equipment)'
  expect(await query(db.url, left)).toEqual([['1', '1', '1']])
})
