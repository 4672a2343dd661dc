// The same audit of rows in SQLite, MariaDB, files and another Postgres, each asked in its own words where it stands.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { bigint, database, int, into, mapping, migration, type Table, table, text } from '../../src/index.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { assessed, ofRows, told } from './asking.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'godwit-assess-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const columns = { id: bigint().key(), name: text().null(), status: text().null(), seen_date: text().null() }
const made = (id: string): Table => table(id, { id: bigint().key(), name: text(), status: text() }) as Table

const rows = (from: Table, to: Table) =>
  migration(
    'rows',
    mapping(
      from,
      (r) =>
        into(to, {
          id: r['id'],
          name: (r['name'] as any).required(),
          status: (r['status'] as any).match({ open: 'o', shut: 's' }).required(),
        } as never),
      { name: 'rows', ignore: { seen_date: 'not wanted' } },
    ),
  )

const values = (n: number) =>
  Array.from(
    { length: n },
    (_, i) =>
      [i + 1, i === 3 ? null : `name ${i + 1}`, i === 4 || i === 5 ? 'lost' : 'open', i === 6 ? '03/04/2024' : '2024-04-03'] as const,
  )
const sqlValues = values(50)
  .map((v) => `(${v.map((x) => (x === null ? 'null' : typeof x === 'number' ? x : `'${x}'`)).join(', ')})`)
  .join(', ')

/** What is found in each of them alike. */
const expected = (t: string) => [
  `error quarantine: 3 of 50 rows of ${t} will not go, and a run stops at 0 rows.`,
  `warning dates: ${t}.seen_date holds dates as texts of several forms: 1 of 50 are not of the commonest.`,
  `warning missing values: 1 of 50 rows of ${t} does not go: name is missing (NULL_NOT_ALLOWED).`,
  `warning unknown codes: 2 of 50 rows of ${t} do not go: status is not in the value map (open, shut) (ENUM_UNKNOWN).`,
]

describe('sources', () => {
  const target = 'create table made (id bigint primary key, name text not null, status text not null)'

  test('SQLite', async () => {
    await using fresh = await freshDatabase()
    await query(fresh.url, target)
    const file = path.join(folder, 'source.db')
    const db = new DatabaseSync(file)
    db.exec(`create table old (id integer primary key, name text, status text, seen_date text); insert into old values ${sqlValues}`)
    db.close()
    const before = readFileSync(file)
    const a = await assessed(rows(database('legacy').table('main.old', columns) as Table, made('made')), fresh.url, {
      sources: { legacy: `sqlite:${file}` },
    })
    expect(told(ofRows(a))).toEqual(expected('@legacy:main.old'))
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('another Postgres', async () => {
    await using fresh = await freshDatabase()
    await using other = await freshDatabase()
    await query(fresh.url, target)
    await query(
      other.url,
      `create table old (id bigint primary key, name text, status text, seen_date text); insert into old values ${sqlValues}`,
    )
    const a = await assessed(rows(database('legacy').table('old', columns) as Table, made('made')), fresh.url, {
      sources: { legacy: other.url },
    })
    expect(told(ofRows(a))).toEqual(expected('@legacy:public.old'))
  })

  test('files, of which a copy is asked', async () => {
    await using fresh = await freshDatabase()
    await query(fresh.url, target)
    const at = mkdtempSync(path.join(folder, 'files-'))
    writeFileSync(
      path.join(at, 'old.csv'),
      `id,name,status,seen_date\n${values(50)
        .map((v) => v.map((x) => x ?? '').join(','))
        .join('\n')}\n`,
    )
    const a = await assessed(rows(database('legacy').table('files.old', columns) as Table, made('made')), fresh.url, {
      sources: { legacy: { files: at, tables: { old: { file: 'old.csv', key: ['id'] } } } },
    })
    expect(told(ofRows(a)).filter((t) => !t.startsWith('note'))).toEqual(expected('@legacy:files.old').map((t) => t))
  })

  test.skipIf(!hasMariadb)('MariaDB', async () => {
    await using fresh = await freshDatabase()
    await query(fresh.url, target)
    const name = `assess_${process.pid}`
    const root = await mariadbRoot({ multipleStatements: true })
    try {
      await root.query(
        `create database ${name}; use ${name}; create table old (id bigint primary key, name varchar(99), status varchar(99), seen_date varchar(99)); insert into old values ${sqlValues}`,
      )
      const a = await assessed(rows(database('legacy').table(`${name}.old`, columns) as Table, made('made')), fresh.url, {
        sources: { legacy: `${mariadbUrl()}/${name}` },
      })
      expect(told(ofRows(a))).toEqual(expected(`@legacy:${name}.old`))
    } finally {
      await root.query(`drop database ${name}`)
      await root.end()
    }
  })

  test('one that cannot be reached is told, and the others are asked', async () => {
    await using fresh = await freshDatabase()
    await query(fresh.url, `${target}; insert into made values (1, ' ', 'o')`)
    const a = await assessed(rows(database('legacy').table('main.old', columns) as Table, made('made')), fresh.url, {
      sources: { other: `sqlite:${path.join(folder, 'source.db')}` },
    })
    expect(a.notLookedAt.find((u) => u.what === 'source legacy')).toBeDefined()
    expect(told(ofRows(a))).toEqual(['warning missing values: 1 of 1 rows of made have a name that must be there and is blank.'])
  })
})

test('a SQLite target: what its columns hold, references, nulls and folded keys', async () => {
  const file = path.join(folder, 'target.db')
  const db = new DatabaseSync(file)
  db.exec(
    `create table team (id integer primary key, name text);
    create table old (id integer primary key, name text, status text, seen_date text, team_id integer references team(id), size integer, part text, unique (name, part));
    create table made (id integer primary key, name text not null, status text not null);
    insert into team values (1, 'one');
    pragma foreign_keys = off;
    insert into old select value, 'name ' || value, 'open', '2024-01-01', 1, value, 'p' from generate_series(1, 50)`.replace(
      'from generate_series(1, 50)',
      'from (with recursive g(value) as (select 1 union all select value + 1 from g where value < 50) select value from g)',
    ),
  )
  db.exec(
    `update old set team_id = 9 where id = 2; update old set size = 'big' where id <= 3; update old set part = null where id = 4; update old set name = 'NAME 6' where id = 5`,
  )
  db.close()
  const before = readFileSync(file)
  const wide = { ...columns, team_id: int().null(), size: int().null(), part: text().null() }
  const m = migration(
    'rows',
    mapping(
      table('main.old', wide) as Table,
      (r) => into(made('main.made'), { id: r['id'], name: r['name'], status: r['status'] } as never),
      { name: 'rows', ignore: { seen_date: 'x', team_id: 'x', size: 'x', part: 'x' } },
    ),
  )
  const a = await assessed(m, `sqlite:${file}`)
  expect(told(ofRows(a))).toEqual([
    'error orphans: 1 of 50 rows of main.old point by team_id at a row of main.team that is not there.',
    'warning collation: 2 rows of main.old are 1 where case (of the letters of ASCII) or blanks at their ends do not count in name and part.',
    'warning keys: 1 of 50 rows of main.old have a null in name and part: what is unique there does not tell them apart.',
    'warning types as stored: 3 of 50 values in main.old.size (INTEGER) are not of its type.',
  ])
  expect(a.findings.find((f) => f.kind === 'types as stored')!.examples).toEqual([
    { key: undefined, values: { 'stored as': 'text', size: 'big' }, rows: 3 },
  ])
  expect(a.findings.find((f) => f.kind === 'room')!.title).toMatch(/are free/)
  expect(readFileSync(file).equals(before)).toBe(true)
})

test.skipIf(!hasMariadb)('a MariaDB target: what its collation takes for the same is an error', async () => {
  const name = `assess_target_${process.pid}`
  const root = await mariadbRoot({ multipleStatements: true })
  try {
    await root.query(`create database ${name} collate utf8mb4_general_ci; use ${name};
      create table old (id bigint primary key, name varchar(50) collate utf8mb4_bin) engine = innodb; create table made (id bigint primary key, name varchar(50) unique) engine = innodb;
      insert into old values (1, 'Müller'), (2, 'muller'), (3, 'Meier')`)
    const old = table(`${name}.old`, { id: bigint().key(), name: text().null() })
    const to = table(`${name}.made`, { id: bigint().key(), name: text().null() })
    const a = await assessed(
      migration(
        'm',
        mapping(old, (r) => into(to, { id: r.id, name: r.name })),
      ),
      `${mariadbUrl()}/${name}`,
    )
    expect(told(ofRows(a))).toEqual([
      `error collation: 2 rows of ${name}.old become 1 in ${name}.made (name) where case, accents or blanks at their ends do not count, as is so there.`,
    ])
  } finally {
    await root.query(`drop database ${name}`)
    await root.end()
  }
})
