// Statements labelled before the linter was asked, to measure it by. A label is the categories that hold, whatever the linter says of them.
// Only what a server showed to be wrong was changed since.
import type { Line } from '../../../src/lint/batch.ts'

export interface Known {
  readonly pg?: number
  /** Whether whoever runs it puts it into a transaction; undefined where that is not known. */
  readonly tx?: boolean
  readonly tz?: string
  /** What is there, whole; undefined where it is not known. */
  readonly schema?: string
  readonly extra?: string
  readonly prior?: string
  /** A server by itself cannot show it: another tablespace, a session that ends, rows that are cast. */
  readonly notHere?: boolean
}

export type Labelled = readonly [sql: string, label: string, known?: Known]

export const library = `
CREATE TABLE authors (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, email varchar(255), born date, country char(2), bio text);
CREATE TABLE books (id bigserial PRIMARY KEY, author_id bigint NOT NULL REFERENCES authors (id), isbn varchar(13) UNIQUE, title text NOT NULL, price numeric(8,2), pages int CHECK (pages > 0), published timestamp, added timestamptz NOT NULL DEFAULT now(), status text DEFAULT 'draft', meta json, attrs jsonb);
CREATE TABLE loans (id int PRIMARY KEY, book_id bigint, member uuid, due date, returned_at timestamptz, fee numeric(6,2), note varchar(40), node cidr);
CREATE TABLE raw_scans (id bigint NOT NULL, code text, seen timestamp(3));
CREATE INDEX books_title ON books (title);
CREATE INDEX loans_due ON loans (due);
CREATE VIEW overdue AS SELECT id, book_id, due FROM loans WHERE returned_at IS NULL;
CREATE TYPE genre AS ENUM ('fiction', 'fact');
CREATE TABLE shelves (id int PRIMARY KEY, g genre, label varchar(20));
CREATE MATERIALIZED VIEW per_author AS SELECT author_id, count(*) AS n FROM books GROUP BY author_id;`

export const known: Known = { schema: library }

/** Case by case, each with the library there unless it says otherwise. */
export const inLibrary = (more: Known = {}): Known => ({ ...known, ...more })

/** The dangers of a label, the chief one first. */
export const dangersOf = ([, label]: Labelled): string[] => label.split(' ').filter((c) => !['safe', 'caution', 'style'].includes(c))

export const lineOf = ([sql, , { pg, tx, tz, schema, extra, prior } = {}]: Labelled, dialect: string): Line => ({
  dialect,
  sql,
  context: {
    ...(pg === undefined ? {} : { pg_version: pg }),
    ...(tx === undefined ? {} : { in_transaction: tx }),
    ...(tz === undefined ? {} : { session_timezone: tz }),
    schema,
    extra_schema: extra,
    prior_migrations_sql: prior,
  },
})
