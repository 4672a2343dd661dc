// What is said of MySQL and MariaDB to keep writers out, against a MariaDB: it takes LOCK=NONE for all else.
import { expect, test } from 'vitest'
import { judgePlain } from '../../src/lint/plain/judge.ts'
import { hasMariadb, mariadbRoot } from '../support/mariadb.ts'

const shop = `create table p (id int primary key);
  create table t (id int primary key auto_increment, a int default 5, b varchar(20), d decimal(10, 2), pid int, state enum('a', 'b'), key ka (a));
  create table nokey (x int not null)`

const statements = [
  'alter table t add column z int not null default 3',
  'alter table t add column z datetime default now()',
  'alter table t add column z varchar(40) default uuid()',
  'alter table t add column z bigint default (uuid_short())',
  'alter table t add column z int as (a + 1) virtual',
  'alter table t add column z int as (a + 1) stored',
  'alter table t add column z int check (z > 0)',
  'alter table t add column z int references p (id)',
  'alter table t add check (a > 0)',
  'alter table t add constraint f foreign key (pid) references p (id)',
  'set foreign_key_checks = 0; alter table t add constraint f foreign key (pid) references p (id)',
  'alter table t add unique (d)',
  'alter table t add fulltext (b)',
  'alter table t drop index ka',
  'alter table t drop primary key, modify id int',
  'alter table t drop primary key, add primary key (id, a)',
  'alter table nokey add primary key (x)',
  'alter table nokey add column id int auto_increment primary key',
  'alter table t modify a bigint default 5',
  'alter table t modify a int not null default 5',
  'alter table t modify b varchar(40)',
  'alter table t modify b varchar(10)',
  'alter table t modify b text',
  "alter table t modify state enum('a', 'b', 'c')",
  "alter table t modify state enum('c', 'a', 'b')",
  'alter table t convert to character set latin1',
  'alter table t add system versioning',
  'alter table t force',
  'alter table t drop column d',
  'alter table t rename column a to a2',
]

test.runIf(hasMariadb)('whom MariaDB keeps out, and whom it does not', async () => {
  const name = `godwit_t_lint_${process.pid}`
  const server = await mariadbRoot({ multipleStatements: true })
  const wrong: string[] = []
  try {
    for (const sql of statements) {
      await server.query(
        `drop database if exists ${name}; create database ${name} character set utf8mb4; use ${name}; set foreign_key_checks = 1; ${shop}`,
      )
      await server.query(`insert into t (b) values ('x'), ('y')`)
      const beside = await server.query(`${sql}, lock=none`).then(
        () => true,
        () => false,
      )
      const keepsOut = judgePlain('mysql', sql, [shop]).findings.some((f) => f.categories.includes('lock-heavy'))
      if (beside === keepsOut) wrong.push(`${sql}: ${beside ? 'writers go on' : 'writers wait'}`)
    }
  } finally {
    await server.query(`drop database if exists ${name}`)
    await server.end()
  }
  expect(wrong).toEqual([])
})
