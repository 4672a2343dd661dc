// MariaDB: one consistent snapshot, and every kind of value and object back as it was.
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Backup } from '../../src/backup/folder.ts'
import { restoreBackup, surveyRestore } from '../../src/backup/restore.ts'
import { mariadbBackup } from '../../src/databases/mariadb/backup/engine.ts'
import { refusal } from '../postgres/open.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { folder, prove, quiet, restoreInto, take } from './place.ts'

const setup = [
  `create table parent (id int unsigned not null auto_increment primary key, name varchar(50) not null, unique key n (name)) auto_increment = 41 comment 'it''s a parent'`,
  `create table \`odd \`\`table; drop\` (\`a\`\`b\` int, \`__proto__\` text, \`sel
ect\` varchar(20) character set latin1 collate latin1_swedish_ci)`,
  `create table everything (k int not null, l varchar(10) not null, parent_id int unsigned, big bigint unsigned, d decimal(30,10), f float, g double, z int(6) zerofill, b bit(5), bin varbinary(20), fixed binary(4), blobby longblob,
    t text, day date, at datetime(6), stamp timestamp(3) not null default current_timestamp(3), how time(2), y year, kind enum('a', 'it''s'), many set('x', 'y'), j json, p point, doubled int generated always as (k * 2) stored, virt int as (k + 1) virtual,
    primary key (k, l), key by_parent (parent_id), constraint to_parent foreign key (parent_id) references parent (id), constraint positive check (k > 0))`,
  `insert into parent values (0, 'zero'), (7, 'seven')`,
  `insert into everything (k, l, parent_id, big, d, f, g, z, b, bin, fixed, blobby, t, day, at, stamp, how, y, kind, many, j, p) values
    (1, 'x', 7, 18446744073709551615, 12345678901234567890.0123456789, 0.1, 0.1, 42, b'10101', x'00ff0a09', x'6162', repeat(x'00', 70000), concat('tab', char(9), 'nl', char(10), 'cr', char(13), 'back\\\\slash', char(0), '\\N', _utf8mb4 x'E280A8', '🐦', ''''), '0000-00-00', '2024-02-30 10:00:00.123456', '2024-01-01 00:00:00.123', '-838:59:59', 0, 'it''s', 'x,y', '{"a": 9007199254740993}', point(1, 2)),
    (2, '', null, null, null, null, null, null, null, null, null, null, '', null, null, '2024-01-01', null, null, null, null, null, null), (3, 'n', null, 0, 0, 3.4e38, 1e-320, 0, 0, '', '', '', '\\\\N', null, null, '2024-01-01', null, null, null, '', null, null)`,
  `create table empty_one (id int primary key)`,
  `create view b_view as select id from parent`,
  `create view a_view as select count(*) as n from b_view`,
  `create trigger before_parent before insert on parent for each row set new.name = upper(new.name)`,
  `create procedure say(in a int) select a`,
  `create function twice(a int) returns int deterministic return a * 2`,
]

describe.skipIf(!hasMariadb)('mariadb', () => {
  async function database() {
    const name = `godwit_backup_${randomBytes(5).toString('hex')}`
    const root = await mariadbRoot()
    await root.query(`create database ${name} character set utf8mb4`)
    await root.query(`use ${name}`)
    await root.query(`set session sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', time_zone = '+00:00'`)
    for (const sql of setup) await root.query(sql)
    const url = new URL(mariadbUrl())
    url.pathname = `/${name}`
    const drop = async (other: string) => void (await root.query(`drop database if exists ${other}`))
    return {
      name,
      root,
      engine: mariadbBackup(url.href, name),
      drop,
      [Symbol.asyncDispose]: async () => {
        await drop(name)
        await root.end()
      },
    }
  }

  test('all of it comes back, and is compared', async () => {
    await using d = await database()
    using f = folder()
    const backup = await prove(d.engine, await take(d.engine, f.path))
    expect(backup.proof).toMatchObject({ tables: 4, rows: 5, left: [] })
    expect(backup.manifest.server.engine).toBe('mariadb')
  })

  test('by an account that may make no database: proved on the server that is named, or refused with what to do', async () => {
    await using d = await database()
    using f = folder()
    const account = `poor_${randomBytes(4).toString('hex')}`
    await d.root.query(`create user ${account} identified by 'poor'`)
    await d.root.query(`grant all on ${d.name}.* to ${account}`)
    const url = new URL(mariadbUrl())
    ;[url.username, url.password, url.pathname] = [account, 'poor', `/${d.name}`]
    try {
      const poor = mariadbBackup(url.href, d.name)
      const backup = await take(poor, f.path, [`${d.name}.parent`])
      expect(await refusal(prove(poor, backup))).toMatchObject({ code: 'GW_SCRATCH', hint: expect.stringContaining('backup: { scratch:') })
      expect((await prove(poor, backup, mariadbUrl())).proof).toMatchObject({ tables: 1, rows: 2 })
    } finally {
      await d.root.query(`drop user ${account}`)
    }
  })

  test('a restore that was broken off goes on, wherever it was, and only with its own backup', async () => {
    await using d = await database()
    using f = folder()
    const backup = await take(d.engine, f.path)
    const another = await take(d.engine, f.path)
    const name = `${d.name}_back`
    /** Broken off when it says so for the nth time; how often it was broken off. */
    const broken = async (of: Backup, n: number, tables?: readonly string[]) => {
      let left = n
      const tell = () => {
        if (left-- === 0) throw new Error('broken off')
      }
      const place = await d.engine.place(name)
      try {
        await surveyRestore(of, place, { ...quiet, tables })
        return await restoreBackup(of, place, { ...quiet, tables, tell })
      } finally {
        await place.close()
      }
    }
    for (const n of [0, 1, 2, 3, 4]) {
      await expect(broken(backup, n)).rejects.toThrow('broken off')
      const place = await d.engine.place(name)
      expect(await surveyRestore(backup, place, quiet)).toMatchObject({ resumes: true })
      await place.close()
      expect(await refusal(broken(another, 99))).toMatchObject({
        code: n === 4 ? 'GW_RESTORE_FULL' : expect.stringMatching(/GW_RESTORE_(FULL|OTHER)/),
      })
      expect(await broken(backup, 99)).toMatchObject({ tables: 4, rows: 5 })
      const [left] = await d.root.query(`show tables from ${name} like 'godwit%'`)
      expect(left).toEqual([])
      await d.drop(name)
    }
    // a table that was there keeps its trigger, also where it was taken away for the rows and never put back
    const there = `create table ${name}.parent like ${d.name}.parent`
    const trigger = `create trigger ${name}.mine before insert on ${name}.parent for each row set new.name = 'mine'`
    for (const sql of [`create database ${name} character set utf8mb4`, there, trigger]) await d.root.query(sql)
    try {
      await expect(broken(backup, 0, [`${d.name}.parent`])).rejects.toThrow('broken off')
      await d.root.query(`drop trigger ${name}.mine`)
      expect(await broken(backup, 99, [`${d.name}.parent`])).toMatchObject({ rows: 2 })
      const [triggers] = await d.root.query(`show triggers from ${name}`)
      expect(triggers).toMatchObject([{ Trigger: 'mine' }])
    } finally {
      await d.drop(name)
    }
  })

  test('into a new database, and never over rows', async () => {
    await using d = await database()
    using f = folder()
    const backup = await take(d.engine, f.path)
    const into = `${d.name}_copy`
    try {
      expect(await restoreInto(backup, await d.engine.place(into))).toMatchObject({ tables: 4, rows: 5 })
      const full = await refusal(d.engine.place(into).then((p) => restoreInto(backup, p)))
      expect(full).toMatchObject({ code: 'GW_RESTORE_FULL' })
    } finally {
      await d.drop(into)
    }
  })

  test('one table alone comes back where it was lost, past its triggers', async () => {
    await using d = await database()
    using f = folder()
    const backup = await take(d.engine, f.path, ['parent', 'empty_one'])
    expect(backup.manifest.tables.map((t) => t.id)).toEqual([`${d.name}.empty_one`, `${d.name}.parent`])
    await d.root.query('set foreign_key_checks = 0')
    await d.root.query('delete from parent')
    await restoreInto(backup, await d.engine.place(d.name), [`${d.name}.parent`])
    const [rows] = await d.root.query('select id, name from parent order by id')
    expect(rows).toEqual([
      { id: 0, name: 'zero' },
      { id: 7, name: 'seven' },
    ])
    const [triggers] = await d.root.query('show triggers')
    expect(triggers).toHaveLength(1)
  })

  test('scratch databases that were left behind go with the next', async () => {
    await using d = await database()
    using f = folder()
    await d.root.query('create database godwit_scratch_left0000')
    await prove(d.engine, await take(d.engine, f.path, ['empty_one']))
    const [rows] = await d.root.query(`show databases like 'godwit\\_scratch\\_left0000'`)
    expect(rows).toEqual([])
  })
})
