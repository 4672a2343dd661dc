import type { Labelled } from './labelled.ts'

const mysqlTables =
  'CREATE TABLE guests (id int PRIMARY KEY AUTO_INCREMENT, name varchar(60) NOT NULL, age int, KEY guests_name (name)) DEFAULT CHARSET=utf8mb4;'
const sqliteTables =
  'CREATE TABLE guests (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER); CREATE INDEX guests_name ON guests (name);'
const m = { schema: mysqlTables }
const s = { schema: sqliteTables }

export const mysql: readonly Labelled[] = [
  ['ALTER TABLE guests ADD COLUMN note text', 'safe', m],
  ['ALTER TABLE guests ADD COLUMN note text, ALGORITHM=COPY', 'lock-heavy rewrite', m],
  ['ALTER TABLE guests ADD INDEX guests_age (age)', 'safe', m],
  ['CREATE INDEX guests_age ON guests (age) LOCK=EXCLUSIVE', 'lock-heavy', m],
  ['ALTER TABLE guests MODIFY name varchar(63) NOT NULL', 'safe', m],
  ['ALTER TABLE guests MODIFY name varchar(64) NOT NULL', 'lock-heavy rewrite', m],
  ['ALTER TABLE guests MODIFY name varchar(20) NOT NULL', 'lock-heavy rewrite fails data', m],
  ['ALTER TABLE guests MODIFY age bigint', 'lock-heavy rewrite', m],
  ['ALTER TABLE guests ADD CONSTRAINT grown CHECK (age > 17)', 'lock-heavy', m],
  ['ALTER TABLE guests ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) STORED', 'lock-heavy rewrite', m],
  ['ALTER TABLE guests ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) VIRTUAL', 'safe', m],
  ['ALTER TABLE guests DROP COLUMN age', 'destructive breaking', m],
  ['RENAME TABLE guests TO visitors', 'breaking', m],
  ['DELETE FROM guests', 'destructive data', m],
  ['CREATE TABLE rooms (id int PRIMARY KEY); ALTER TABLE rooms MODIFY id bigint', 'safe', m],
]

export const sqlite: readonly Labelled[] = [
  ['ALTER TABLE guests ADD COLUMN note TEXT', 'safe', s],
  ['ALTER TABLE guests ADD COLUMN note TEXT NOT NULL', 'fails', s],
  ['ALTER TABLE guests ADD COLUMN made TEXT DEFAULT CURRENT_TIMESTAMP', 'fails', s],
  ['ALTER TABLE guests ADD COLUMN code TEXT UNIQUE', 'fails', s],
  ['ALTER TABLE guests DROP COLUMN name', 'fails destructive breaking', s],
  ['ALTER TABLE guests DROP COLUMN age', 'destructive breaking', s],
  ['CREATE INDEX guests_age ON guests (age)', 'safe', s],
  [
    'CREATE TABLE g2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO g2 SELECT id, name FROM guests; DROP TABLE guests; ALTER TABLE g2 RENAME TO guests',
    'destructive breaking',
    s,
  ],
  [
    'CREATE TABLE g2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER); INSERT INTO g2 SELECT id, name, age FROM guests; DROP TABLE guests; ALTER TABLE g2 RENAME TO guests',
    'safe',
    s,
  ],
  ['UPDATE guests SET age = 0', 'data', s],
  ['DROP TABLE guests', 'destructive breaking', s],
]
