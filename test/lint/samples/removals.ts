import { inLibrary, type Labelled } from './labelled.ts'

const k = inLibrary()
const within = inLibrary({ tx: true })

/** What goes, changes its name, or is no longer allowed. */
export const removals: readonly Labelled[] = [
  // drop-column
  ['ALTER TABLE loans DROP COLUMN note;', 'destructive breaking', k],
  ['ALTER TABLE loans ADD COLUMN remark text, DROP note;', 'destructive breaking', k],
  ['ALTER TABLE loans DROP COLUMN IF EXISTS nothing_like_it;', 'safe', k],
  ['ALTER TABLE members DROP COLUMN IF EXISTS phone CASCADE', 'destructive breaking', {}],
  ['DO $$ BEGIN ALTER TABLE loans DROP COLUMN note; END $$;', 'destructive breaking', k],
  ['CREATE TABLE t (a int, b int);\nALTER TABLE t DROP COLUMN b;', 'safe', k],
  ['ALTER TABLE loans DROP COLUMN due;', 'fails destructive breaking', k],
  ['ALTER TABLE loans ADD COLUMN tmp text;\nALTER TABLE loans DROP COLUMN tmp;', 'safe', within],
  // drop-table, drop-schema-database
  ['DROP TABLE raw_scans;', 'destructive breaking', k],
  ['DROP TABLE IF EXISTS "raw_scans", shelves;', 'destructive breaking', k],
  ['DROP TABLE IF EXISTS never_was;', 'safe', k],
  ['DROP TABLE never_was;', 'fails', k],
  ['DROP TABLE IF EXISTS loans CASCADE;\nCREATE TABLE loans (id int);', 'destructive breaking', k],
  ['CREATE TEMP TABLE work (id int);\nINSERT INTO work SELECT id FROM loans;\nDROP TABLE work;', 'safe', k],
  ['CREATE TABLE work (id int);\nDROP TABLE work;', 'safe', k],
  ["DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident('raw_scans'); END $$;", 'destructive breaking', k],
  ['DROP TABLE authors;', 'fails destructive breaking', k],
  ['DROP SCHEMA old CASCADE;', 'destructive breaking', {}],
  ['DROP DATABASE app;', 'destructive', { tx: false }],
  ['CREATE SCHEMA scratch;\nDROP SCHEMA scratch;', 'safe', k],
  ['DROP OWNED BY somebody;', 'destructive breaking', {}],
  // drop-cascade
  ['DROP TYPE genre CASCADE;', 'destructive breaking', k],
  ['DROP TYPE genre;', 'fails breaking', k],
  ['DROP EXTENSION IF EXISTS citext CASCADE;', 'destructive breaking', {}],
  ['DROP SEQUENCE books_id_seq CASCADE;', 'destructive breaking', k],
  ['DROP VIEW overdue CASCADE;', 'breaking destructive', k],
  ['ALTER TABLE authors DROP CONSTRAINT authors_pkey CASCADE;', 'breaking destructive', k],
  ['ALTER TABLE loans DROP CONSTRAINT loans_pkey;', 'caution', k],
  ['ALTER TABLE books DROP CONSTRAINT books_pages_check;', 'safe', k],
  ['ALTER TABLE books DROP CONSTRAINT IF EXISTS never_was;', 'safe', k],
  ['ALTER TABLE authors DROP CONSTRAINT authors_pkey;', 'fails', k],
  ["CREATE TYPE tmp AS ENUM ('a');\nDROP TYPE tmp;", 'safe', k],
  // truncate, truncate-cascade
  ['TRUNCATE loans;', 'destructive lock-heavy data', k],
  ['TRUNCATE TABLE authors, books RESTART IDENTITY CASCADE;', 'destructive lock-heavy data', k],
  ['TRUNCATE authors;', 'fails destructive', k],
  ['CREATE TABLE t (a int);\nTRUNCATE t;', 'safe', k],
  ['CREATE TEMP TABLE t ON COMMIT DROP AS SELECT id FROM loans;\nTRUNCATE TABLE t;', 'safe', within],
  // rename-column, rename-table, rename-schema-type-enum, enum-swap
  ['ALTER TABLE loans RENAME COLUMN fee TO charge;', 'breaking', k],
  ['alter table only loans rename fee to charge;', 'breaking', k],
  ['ALTER TABLE loans RENAME CONSTRAINT loans_pkey TO loans_pk;', 'safe', k],
  ['CREATE TABLE t (a int);\nALTER TABLE t RENAME COLUMN a TO b;\nALTER TABLE t RENAME TO u;', 'safe', k],
  ['ALTER TABLE loans RENAME TO lendings;', 'breaking', k],
  ['ALTER TABLE loans SET SCHEMA archive;', 'breaking', inLibrary({ extra: 'CREATE SCHEMA archive;' })],
  [
    'BEGIN;\nALTER TABLE raw_scans RENAME TO scans;\nCREATE VIEW raw_scans AS SELECT * FROM scans;\nCOMMIT;',
    'caution',
    inLibrary({ tx: false }),
  ],
  ['ALTER VIEW overdue RENAME TO late;', 'breaking', k],
  ['ALTER SCHEMA sales RENAME TO shop;', 'breaking', {}],
  ['ALTER TYPE genre RENAME TO kind;', 'breaking', k],
  ["ALTER TYPE genre RENAME VALUE 'fact' TO 'nonfiction';", 'breaking', k],
  ['ALTER SEQUENCE books_id_seq RENAME TO books_seq;', 'breaking', k],
  ['ALTER FUNCTION f(int) RENAME TO g;', 'breaking', {}],
  [
    "ALTER TYPE genre RENAME TO genre_old;\nCREATE TYPE genre AS ENUM ('fiction', 'fact', 'poem');\nALTER TABLE shelves ALTER COLUMN g TYPE genre USING g::text::genre;\nDROP TYPE genre_old;",
    'rewrite lock-heavy breaking',
    within,
  ],
  [
    'CREATE TYPE "genre_new" AS ENUM (\'fiction\');\nALTER TABLE "shelves" ALTER COLUMN "g" TYPE "genre_new" USING ("g"::text::"genre_new");\nALTER TYPE "genre" RENAME TO "genre_old";\nALTER TYPE "genre_new" RENAME TO "genre";\nDROP TYPE "genre_old";',
    'rewrite lock-heavy breaking',
    within,
  ],
  ["ALTER TYPE genre ADD VALUE IF NOT EXISTS 'poem' AFTER 'fact';", 'safe', inLibrary({ tx: false })],
  // drop-view-function-trigger
  ['DROP VIEW overdue;', 'breaking', k],
  ['DROP VIEW IF EXISTS overdue;\nCREATE VIEW overdue AS SELECT id, due FROM loans;', 'breaking', within],
  ['CREATE OR REPLACE VIEW overdue AS SELECT id, book_id, due, fee FROM loans WHERE returned_at IS NULL;', 'safe', k],
  ['CREATE OR REPLACE VIEW overdue AS SELECT id, due FROM loans;', 'fails', k],
  ['DROP MATERIALIZED VIEW per_author;', 'breaking', k],
  ['DROP FUNCTION IF EXISTS late_fee(int);', 'breaking', {}],
  ['DROP TRIGGER IF EXISTS touch ON loans;', 'breaking', {}],
  [
    'DROP TRIGGER touch ON loans;\nCREATE TRIGGER touch BEFORE UPDATE ON loans FOR EACH ROW EXECUTE FUNCTION touch();',
    'caution',
    inLibrary({
      tx: true,
      extra:
        'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER touch BEFORE UPDATE ON loans FOR EACH ROW EXECUTE FUNCTION touch();',
    }),
  ],
  ['CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;', 'safe', k],
  ['CREATE VIEW v AS SELECT 1 AS a;\nDROP VIEW v;', 'safe', k],
  // privilege-or-rls-change
  ['REVOKE SELECT ON loans FROM reporting;', 'breaking', {}],
  ['GRANT SELECT, INSERT ON loans TO reporting;', 'safe', {}],
  ['REVOKE ALL ON SCHEMA public FROM PUBLIC;', 'breaking', {}],
  ['ALTER TABLE loans ENABLE ROW LEVEL SECURITY;', 'breaking', k],
  ['CREATE POLICY own ON loans USING (member::text = current_user);\nALTER TABLE loans ENABLE ROW LEVEL SECURITY;', 'caution', within],
  ['CREATE TABLE t (a int);\nALTER TABLE t ENABLE ROW LEVEL SECURITY;\nREVOKE ALL ON t FROM PUBLIC;', 'safe', {}],
  ['DROP POLICY own ON loans;', 'breaking', {}],
  ['ALTER TABLE loans DISABLE ROW LEVEL SECURITY;', 'caution', k],
  ['ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reporting;', 'safe', {}],
  ['CREATE POLICY all_of_it ON loans FOR SELECT USING (true);', 'safe', k],
]
