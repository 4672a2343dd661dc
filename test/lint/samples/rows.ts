import { inLibrary, type Labelled } from './labelled.ts'

const k = inLibrary()
const within = inLibrary({ tx: true })
const apart = inLibrary({ tx: false })

/** Rows that change, transactions, and what runs otherwise than it looks. */
export const rows: readonly Labelled[] = [
  // unbounded-update
  ['UPDATE loans SET fee = 0;', 'data lock-heavy', k],
  ['UPDATE loans SET fee = 0 WHERE true;', 'data lock-heavy', k],
  ['UPDATE loans SET fee = 0 WHERE 1 = 1;', 'data lock-heavy', k],
  ['UPDATE loans l SET note = b.title FROM books b WHERE b.id = l.book_id;', 'data lock-heavy', k],
  ['UPDATE loans l SET note = b.title FROM books b WHERE b.id = l.book_id AND l.id BETWEEN 1 AND 1000;', 'safe', k],
  ['UPDATE loans SET fee = 0 WHERE id IN (SELECT id FROM loans WHERE fee IS NULL ORDER BY id LIMIT 500);', 'safe', k],
  ["UPDATE books SET status = 'gone' WHERE isbn = '9780000000000';", 'safe', k],
  ['ALTER TABLE loans ADD COLUMN paid boolean;\nUPDATE loans SET paid = false;', 'data lock-heavy', apart],
  ['CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (2);\nUPDATE t SET a = 3;', 'safe', k],
  ['DO $$ BEGIN UPDATE loans SET fee = 0; END $$;', 'data lock-heavy', k],
  ['WITH u AS (UPDATE loans SET fee = 0 RETURNING id) SELECT count(*) FROM u;', 'data lock-heavy', k],
  [
    'DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM loans LOOP UPDATE loans SET fee = 1 WHERE id = r.id; END LOOP; END $$;',
    'data lock-heavy',
    within,
  ],
  [
    'DO $$ BEGIN LOOP UPDATE loans SET fee = 0 WHERE id IN (SELECT id FROM loans WHERE fee IS NULL LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;',
    'safe',
    apart,
  ],
  // unbounded-delete
  ['DELETE FROM loans;', 'destructive data', k],
  ['DELETE FROM public."loans" WHERE TRUE;', 'destructive data', k],
  ["DELETE FROM loans WHERE due < '2020-01-01';", 'safe', k],
  ['WITH gone AS (DELETE FROM loans RETURNING *) SELECT count(*) FROM gone;', 'destructive data', k],
  ['MERGE INTO loans l USING books b ON b.id = l.book_id WHEN MATCHED THEN DELETE;', 'destructive data', inLibrary({ pg: 16 })],
  [
    "MERGE INTO shelves s USING (VALUES (1, 'a')) v (id, label) ON v.id = s.id WHEN MATCHED THEN UPDATE SET label = v.label WHEN NOT MATCHED THEN INSERT (id, label) VALUES (v.id, v.label);",
    'safe',
    inLibrary({ pg: 16 }),
  ],
  ['MERGE INTO loans l USING books b ON b.id = l.book_id WHEN MATCHED THEN DELETE;', 'fails', inLibrary({ pg: 14 })],
  ['CREATE TEMP TABLE t AS SELECT id FROM loans;\nDELETE FROM t;', 'safe', k],
  ["INSERT INTO shelves (id, label) VALUES (1, 'north') ON CONFLICT (id) DO UPDATE SET label = EXCLUDED.label;", 'safe', k],
  ["INSERT INTO shelves (id, label) VALUES (1, 'north') ON CONFLICT (label) DO NOTHING;", 'fails', k],
  // concurrently-in-transaction
  ['CREATE INDEX CONCURRENTLY loans_fee ON loans (fee);', 'fails', within],
  ['DROP INDEX CONCURRENTLY books_title;', 'fails', within],
  ['COMMIT;\nCREATE INDEX CONCURRENTLY loans_fee ON loans (fee);\nBEGIN;', 'caution', within],
  ['BEGIN;\nSET LOCAL lock_timeout = 0;\nDROP INDEX CONCURRENTLY books_title;\nCOMMIT;', 'fails', apart],
  ["SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY IF NOT EXISTS loans_fee ON loans (fee);", 'safe', apart],
  ['CREATE DATABASE other;', 'fails', within],
  ['DO $$ BEGIN CREATE INDEX CONCURRENTLY loans_fee ON loans (fee); END $$;', 'fails', apart],
  // enum-value-in-transaction
  ["ALTER TYPE genre ADD VALUE 'poem';", 'fails', inLibrary({ pg: 11, tx: true })],
  ["ALTER TYPE genre ADD VALUE 'poem';", 'safe', inLibrary({ pg: 12, tx: true })],
  ["ALTER TYPE genre ADD VALUE 'poem';\nUPDATE shelves SET g = 'poem' WHERE id = 7;", 'fails', within],
  ["ALTER TYPE genre ADD VALUE 'poem';\nUPDATE shelves SET g = 'poem' WHERE id = 7;", 'safe', apart],
  ["ALTER TYPE genre ADD VALUE 'poem';\nALTER TABLE shelves ALTER COLUMN g SET DEFAULT 'poem';", 'fails', within],
  ["CREATE TYPE hue AS ENUM ('red');\nALTER TYPE hue ADD VALUE 'blue';\nCREATE TABLE paints (h hue DEFAULT 'blue');", 'safe', within],
  ["ALTER TYPE genre ADD VALUE 'fact';", 'fails', apart],
  // transaction-shape, what the server refuses
  ['BEGIN;\nALTER TABLE loans ADD COLUMN x int;', 'fails', inLibrary({ tx: false, notHere: true })],
  ['BEGIN;\nALTER TABLE loans ADD COLUMN x int;\nCOMMIT;', 'safe', apart],
  ['BEGIN;\nALTER TABLE loans ADD COLUMN x int;\nCOMMIT;', 'caution', within],
  ['START TRANSACTION;\nALTER TABLE loans ADD COLUMN x int;\nEND;', 'safe', apart],
  ['BEGIN;\nDROP TABLE loans;\nROLLBACK;', 'fails', apart],
  ['CREATE TABLE t (a int, a text);', 'fails', k],
  ['CREATE TABLE loans (id int);', 'fails', k],
  ['CREATE TABLE IF NOT EXISTS loans (id int);', 'safe', k],
  ['ALTER TABLE loans DROP COLUMN nothing_like_it;', 'fails', k],
  ['ALTER TABLE loans RENAME COLUMN fee TO note;', 'fails breaking', k],
  ['ALTER TABLE loans ADD COLUM x int;', 'fails', k],
  ['INSERT INTO loans (id, nope) VALUES (1, 2);', 'fails', k],
  ['CREATE INDEX CONCURRENTLY i ON loans (nope);', 'fails', apart],
  ['ALTER TABLE loans ADD FOREIGN KEY (member) REFERENCES books (id) NOT VALID;', 'fails', k],
  ['CREATE TABLE t (id int REFERENCES books (price));', 'fails', k],
  // only reading and making
  ['SELECT * FROM loans LIMIT 10;', 'safe', k],
  [
    'CREATE TABLE a (id bigint PRIMARY KEY, at timestamptz);\nCREATE TABLE b (id bigint PRIMARY KEY, a_id bigint REFERENCES a);\nCREATE INDEX b_a ON b (a_id);',
    'safe',
    { schema: '' },
  ],
  ['CREATE EXTENSION IF NOT EXISTS pgcrypto;', 'safe', {}],
  ['CREATE SEQUENCE ticket_seq OWNED BY NONE;', 'safe', k],
  ['CREATE TABLE report AS SELECT * FROM loans;', 'safe', k],
  ['', 'safe', {}],
  ['-- nothing to do\n', 'safe', {}],
  ["\\echo 'starting'\nSELECT 1;\n\\echo done", 'safe', {}],
  // style only
  ['CREATE TABLE t (id serial PRIMARY KEY, name varchar(20), made timestamp, doc json, code char(3));', 'style', k],
  ["CREATE TYPE hue AS ENUM ('red', 'blue');", 'style', {}],
  ['CREATE TABLE t (id int PRIMARY KEY, a_id bigint REFERENCES authors (id));', 'style', k],
]
