// Dirt in another database, kind by kind: each row arrives with exactly its value, or waits with its reason, or the plan says why it cannot be.
// Once for each engine, with what a column of texts can hold (as from files) and with what only that engine has.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database, type Plan, plan, quarantineList, run, verify } from '../../src/api.ts'
import * as g from '../../src/index.ts'
import { generous, quickClock } from '../crash/process.ts'
import { objections } from '../guarantees/engine.ts'
import { type Dirt, dirts, fateOf, mappingOf, targetSql, type Way } from '../support/dirt.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { type Cell, type Engine, type There, text } from './matrix/cell.ts'
import { mariadb } from './matrix/mariadb.ts'
import { postgres } from './matrix/postgres.ts'
import { sqlite } from './matrix/sqlite.ts'

/** What a column of texts can hold, as it stands in the engine. */
function textCell(dirt: Dirt, { text: there, literal, without }: Engine): Cell {
  const cells = dirt.cells.filter(([v]) => !(without && v?.includes(without)))
  return { ...dirt, there, from: text.null(), rows: cells.map(([v, to]) => [v === null ? 'null' : literal(v), to]) }
}

describe.each([postgres, sqlite, mariadb])('$name', (engine) => {
  const skipped = engine.absent === true
  const texts = Object.entries(dirts).map(([what, dirt]) => [`in texts: ${what}`, textCell(dirt, engine)] as const)
  const cells = [...texts, ...Object.entries(engine.cells)].map(([what, cell], n) => ({ what, cell, table: `t${n}` }))
  let there: There
  let target: Awaited<ReturnType<typeof freshDatabase>>
  let db: Database
  let planned: Plan
  let ended: ReturnType<typeof run>
  let held: Awaited<ReturnType<typeof quarantineList>>

  const sourceOf = (id: string, v: g.Column<any, any, any>) =>
    g.database('there').table(`${there.schema}.${id}`, { row: g.bigint().key(), v })

  beforeAll(async () => {
    if (skipped) return
    there = await engine.open()
    target = await freshDatabase()
    for (const { cell, table } of cells) {
      const rows = cell.rows.map(([v], n) => `(${n + 1}, ${v})`).join(', ')
      await there.sql(`create table ${table} (row ${engine.whole} primary key, v ${cell.there}); insert into ${table} values ${rows}`)
    }
    await query(target.url, cells.map(({ cell, table }) => targetSql(table, cell)).join('\n'))
    db = await connect(target.url, { sources: { there: there.url } })
    const mappings = cells.map(({ cell, table }) => mappingOf(sourceOf(table, cell.from), table, cell))
    planned = await plan(g.migration('matrix', ...mappings), db, { budget: generous, workers: 2 })
    // the cells tell where it went wrong
    ended = run(planned, db, { clock: quickClock })
    await ended.catch(() => {})
    held = await quarantineList(planned, db)
  })
  afterAll(async () => {
    await db?.close()
    await target?.drop()
    await there?.drop()
  })

  test.skipIf(skipped).each(cells)('$what', async ({ cell, table }) => {
    const found = await fateOf(table, (sql) => query(target.url, sql), held)
    expect(cell.rows.map(([v], n) => [v, found.of(n + 1)])).toEqual(cell.rows)
    expect(found.books).toEqual([String(cell.rows.length), String(cell.rows.length)])
  })

  test.skipIf(skipped)('the run ends well, and verify finds nothing else', async () => {
    await ended
    expect(objections(await verify(planned, db))).toEqual([])
  })

  const refusals = Object.entries(engine.refused ?? {}).map(([what, refusal], n) => ({ what, refusal, table: `r${n}` }))
  test.skipIf(skipped).each(refusals)('refused: $what', async ({ refusal, table }) => {
    await there.sql(`create table ${table} (row ${engine.whole} primary key, v ${refusal.there})`)
    await query(target.url, targetSql(table, refusal))
    const m = g.migration(table, mappingOf(sourceOf(table, refusal.from), table, refusal))
    const { code, message } = await plan(m, db).catch((error) => error)
    expect(`${code} ${message}`).toMatch(refusal.code)
    expect(message).toContain(`${table}${refusal.about}`)
  })

  describe('a table without a primary key', () => {
    const way: Way = { into: text.null(), sql: 'text', map: (v) => v }
    const { key, into, sql } = engine.loose
    const fresh = async (id: string, rows: string) => {
      await there.sql(`create table ${id} (row int, v ${engine.text}); insert into ${id} values ${rows}`)
      await query(target.url, `create table ${id} (row ${sql} primary key, v text)`)
      const source = g.database('there').table(`${there.schema}.${id}`, { row: key.key(), v: text.null() })
      const to = g.table(`public.${id}`, { row: into.key(), v: way.into })
      const planned = await plan(
        g.migration(
          id,
          g.mapping(source, (r) => g.into(to, { row: r.row, v: r.v } as never), { name: id }),
        ),
        db,
      )
      await run(planned, db, { clock: quickClock })
    }
    test.skipIf(skipped)('goes where the rows can be told apart', async () => {
      await fresh('once', `(1, 'a'), (2, 'b')`)
      expect(await query(target.url, 'select * from once order by row')).toEqual([
        ['1', 'a'],
        ['2', 'b'],
      ])
    })
    test.skipIf(skipped).each([
      ['twice', `(1, 'a'), (1, 'b')`],
      ['unknown', `(1, 'a'), (null, 'b'), (null, 'c')`],
    ])('is refused where they cannot: %s', async (id, rows) => {
      await expect(fresh(id, rows)).rejects.toMatchObject({ code: 'GW_KEY_NOT_UNIQUE', message: expect.stringContaining(`.${id} apart`) })
      expect(await query(target.url, `select * from ${id}`)).toEqual([])
    })
  })
})
