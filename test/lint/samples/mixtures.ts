import type { Labelled } from './labelled.ts'

const mill = `CREATE SCHEMA plant;
CREATE TABLE plant."Machine" ("Id" int PRIMARY KEY, "Serial" varchar(64) NOT NULL, "Made" timestamptz, "Load" numeric(10,3), "On" boolean);
CREATE TABLE jobs (id bigint PRIMARY KEY, machine int REFERENCES plant."Machine" ("Id"), state text NOT NULL DEFAULT 'new', priority int, payload jsonb, run_at timestamptz, tries smallint DEFAULT 0);
CREATE TABLE job_events (id bigint, job_id bigint, at timestamptz NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE job_events_1 PARTITION OF job_events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE job_events_rest PARTITION OF job_events DEFAULT;
CREATE VIEW ready AS SELECT id, priority FROM jobs WHERE state = 'new';
CREATE FUNCTION next_state(s text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT s $$;
CREATE UNIQUE INDEX jobs_machine_run ON jobs (machine, run_at);
CREATE INDEX jobs_state ON jobs (state) WHERE state <> 'done';`
const m = { schema: mill }
const tx = { schema: mill, tx: true }
const no = { schema: mill, tx: false }

/** Statements in odd dress, odd order and odd company. */
export const mixtures: readonly Labelled[] = [
  ['ALTER TABLE plant."Machine" ALTER "Serial" TYPE varchar(100);', 'safe', m],
  ['ALTER TABLE plant."Machine" ALTER "Serial" TYPE varchar(32);', 'rewrite lock-heavy', m],
  ['ALTER TABLE plant."Machine" ALTER "Load" TYPE numeric(14,3);', 'safe', m],
  ['ALTER TABLE plant.Machine ADD COLUMN x int;', 'fails', m],
  ['SET search_path = plant;\nALTER TABLE "Machine" ALTER "Serial" TYPE text;', 'safe', m],
  ['alter table plant."Machine" alter "Id" type bigint;', 'rewrite lock-heavy', m],
  ['ALTER TABLE jobs ALTER run_at TYPE timestamptz(3);', 'rewrite lock-heavy', m],
  ['ALTER TABLE jobs ALTER tries TYPE int, ALTER tries SET DEFAULT 1;', 'rewrite lock-heavy', m],
  ["ALTER TABLE jobs ALTER payload SET DEFAULT '{}', ALTER payload SET STORAGE MAIN;", 'safe', m],
  ["ALTER TABLE jobs ADD COLUMN label text DEFAULT next_state('a');", 'safe', m],
  ['ALTER TABLE jobs ADD COLUMN label text COLLATE "C" DEFAULT \'\' NOT NULL;', 'safe', m],
  ['ALTER TABLE jobs ADD COLUMN seen timestamptz DEFAULT clock_timestamp(), ADD COLUMN n int;', 'rewrite lock-heavy', m],
  ["ALTER TABLE jobs ADD COLUMN expires timestamptz DEFAULT now() + '1 day'::interval;", 'safe', m],
  ['ALTER TABLE jobs ADD COLUMN day date DEFAULT now();', 'safe', m],
  ['ALTER TABLE jobs ADD COLUMN label text GENERATED ALWAYS AS (upper(state)) STORED;', 'rewrite lock-heavy', { ...m, pg: 14 }],
  [
    "CREATE SEQUENCE jobs_no;\nALTER TABLE jobs ADD COLUMN no bigint;\nALTER TABLE jobs ALTER COLUMN no SET DEFAULT nextval('jobs_no');",
    'safe',
    tx,
  ],
  ['ALTER TABLE jobs ADD COLUMN IF NOT EXISTS state text NOT NULL;', 'safe', m],
  ['ALTER TABLE job_events ADD COLUMN who text;', 'safe', m],
  ['ALTER TABLE job_events ADD CONSTRAINT what_there CHECK (what IS NOT NULL);', 'lock-heavy', m],
  ['ALTER TABLE job_events ADD CONSTRAINT what_there CHECK (what IS NOT NULL) NOT VALID;', 'safe', m],
  ['ALTER TABLE job_events ADD PRIMARY KEY (id, at);', 'lock-heavy', m],
  ['ALTER TABLE job_events ADD PRIMARY KEY (id);', 'fails', m],
  ["CREATE TABLE job_events_2 PARTITION OF job_events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');", 'lock-heavy', m],
  [
    "CREATE TABLE job_events_2 (LIKE job_events);\nALTER TABLE job_events ATTACH PARTITION job_events_2 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    'lock-heavy',
    m,
  ],
  ['ALTER TABLE job_events DETACH PARTITION job_events_1 CONCURRENTLY;', 'fails', no],
  ['DROP TABLE job_events_1;', 'destructive breaking', m],
  ['CREATE INDEX CONCURRENTLY job_events_1_job ON job_events_1 (job_id);', 'safe', no],
  [
    'CREATE INDEX job_events_job ON ONLY job_events (job_id);\nCREATE INDEX CONCURRENTLY job_events_1_job ON job_events_1 (job_id);\nALTER INDEX job_events_job ATTACH PARTITION job_events_1_job;',
    'safe',
    no,
  ],
  ['DROP INDEX jobs_state;\nCREATE INDEX CONCURRENTLY jobs_state ON jobs (state, priority);', 'lock-heavy', no],
  [
    'CREATE INDEX CONCURRENTLY jobs_state2 ON jobs (state, priority);\nDROP INDEX CONCURRENTLY jobs_state;\nALTER INDEX jobs_state2 RENAME TO jobs_state;',
    'safe',
    no,
  ],
  ["ALTER TABLE jobs ADD CONSTRAINT one_run EXCLUDE USING gist (tstzrange(run_at, run_at + '1h') WITH &&);", 'fails lock-heavy', m],
  ['ALTER TABLE jobs ADD UNIQUE (priority) DEFERRABLE;', 'lock-heavy', m],
  ['ALTER TABLE jobs ADD CONSTRAINT jm UNIQUE USING INDEX jobs_machine_run;', 'safe', m],
  ['ALTER TABLE jobs DROP CONSTRAINT jobs_pkey, ADD PRIMARY KEY (id, state);', 'lock-heavy', m],
  [
    'ALTER TABLE jobs ALTER priority SET NOT NULL;',
    'lock-heavy',
    { ...m, prior: 'ALTER TABLE jobs ADD CONSTRAINT p CHECK (priority IS NOT NULL); ALTER TABLE jobs DROP CONSTRAINT p;' },
  ],
  [
    'ALTER TABLE jobs ALTER priority SET NOT NULL;',
    'safe',
    { ...m, prior: 'ALTER TABLE jobs ADD CONSTRAINT p CHECK (NOT (priority IS NULL));' },
  ],
  [
    'ALTER TABLE jobs ALTER rank SET NOT NULL;',
    'safe',
    {
      ...m,
      prior:
        'ALTER TABLE jobs ADD COLUMN rank int; ALTER TABLE jobs ADD CONSTRAINT r CHECK (rank IS NOT NULL) NOT VALID; ALTER TABLE jobs VALIDATE CONSTRAINT r;',
    },
  ],
  [
    'ALTER TABLE jobs ALTER priority SET NOT NULL;',
    'lock-heavy',
    {
      ...m,
      prior: 'ALTER TABLE job_events ADD COLUMN priority int; ALTER TABLE job_events ADD CONSTRAINT p CHECK (priority IS NOT NULL);',
    },
  ],
  [
    'ALTER TABLE jobs ADD CONSTRAINT pn CHECK (priority IS NOT NULL) NOT VALID;\nALTER TABLE jobs VALIDATE CONSTRAINT pn;\nALTER TABLE jobs ALTER priority SET NOT NULL;',
    'safe',
    no,
  ],
  [
    'START TRANSACTION;\nALTER TABLE jobs ADD CONSTRAINT pn CHECK (priority IS NOT NULL) NOT VALID;\nCOMMIT;\nSTART TRANSACTION;\nALTER TABLE jobs VALIDATE CONSTRAINT pn;\nCOMMIT;',
    'safe',
    no,
  ],
  ['ALTER TABLE jobs DROP COLUMN priority;', 'fails destructive breaking', m],
  ['DROP VIEW ready;\nALTER TABLE jobs DROP COLUMN priority;\nCREATE VIEW ready AS SELECT id FROM jobs;', 'destructive breaking', tx],
  ['CREATE OR REPLACE VIEW ready AS SELECT id, priority, state FROM jobs;', 'safe', m],
  ['DROP FUNCTION next_state(text);', 'breaking', m],
  [
    'DROP FUNCTION next_state(text);\nCREATE FUNCTION next_state(s text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper(s) $$;',
    'caution',
    tx,
  ],
  ['CREATE OR REPLACE FUNCTION next_state(s text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;', 'fails', m],
  ['ALTER FUNCTION next_state(text) VOLATILE;', 'caution', m],
  ['ALTER VIEW ready SET SCHEMA plant;', 'breaking', m],
  ['ALTER TABLE plant."Machine" RENAME TO "Machines";', 'breaking', m],
  ['BEGIN;\nALTER TABLE jobs RENAME COLUMN tries TO attempts;\nALTER TABLE jobs RENAME COLUMN attempts TO tries;\nCOMMIT;', 'caution', no],
  ['ALTER TABLE jobs RENAME TO tasks;\nCREATE VIEW jobs AS SELECT * FROM tasks;', 'breaking', no],
  [
    "WITH old AS (SELECT id FROM jobs WHERE run_at < now() - interval '1 year' LIMIT 1000) DELETE FROM jobs USING old WHERE jobs.id = old.id;",
    'safe',
    m,
  ],
  ["UPDATE jobs SET payload = payload || '{}' WHERE state = 'new';", 'safe', m],
  ["UPDATE jobs SET state = 'new' WHERE state IS NOT NULL;", 'data lock-heavy', m],
  ['UPDATE jobs SET priority = 0 WHERE priority IS NULL OR true;', 'data lock-heavy', m],
  [
    'UPDATE jobs j SET priority = e.n FROM (SELECT job_id, count(*) n FROM job_events GROUP BY job_id) e WHERE e.job_id = j.id;',
    'data lock-heavy',
    m,
  ],
  ["INSERT INTO jobs (id, state) VALUES (1, 'new'), (2, 'old');\nUPDATE jobs SET state = 'x' WHERE id IN (1, 2);", 'safe', m],
  ['DELETE FROM jobs WHERE id = ANY (ARRAY[1, 2, 3]);', 'safe', m],
  ['DELETE FROM jobs WHERE 1 = 1;', 'destructive data', m],
  ["MERGE INTO jobs j USING (SELECT 1 AS id) s ON s.id = j.id WHEN MATCHED AND j.state = 'done' THEN DELETE;", 'safe', m],
  ['EXPLAIN ANALYZE DELETE FROM jobs;', 'destructive data', m],
  ['EXPLAIN DELETE FROM jobs;', 'safe', m],
  ['PREPARE p AS DELETE FROM jobs;', 'safe', m],
  ['TRUNCATE ONLY job_events_1;', 'destructive data lock-heavy', m],
  ['BEGIN;\nSAVEPOINT a;\nALTER TABLE jobs ADD COLUMN x int;\nRELEASE SAVEPOINT a;\nCOMMIT;', 'safe', no],
  ['BEGIN;\nALTER TABLE jobs ADD COLUMN x int;\nCOMMIT;\nCREATE INDEX CONCURRENTLY jobs_x ON jobs (x);', 'safe', no],
  ['CREATE INDEX CONCURRENTLY jobs_x ON jobs (priority);\nBEGIN;\nALTER TABLE jobs ADD COLUMN x int;\nCOMMIT;', 'safe', no],
  ['BEGIN;\nREINDEX TABLE CONCURRENTLY jobs;\nEND;', 'fails', no],
  ['BEGIN;\nBEGIN;\nALTER TABLE jobs ADD COLUMN x int;\nCOMMIT;\nCOMMIT;', 'caution', no],
  ['VACUUM (FULL OFF, ANALYZE) jobs;', 'safe', no],
  ['VACUUM (FULL) job_events_1;', 'rewrite lock-heavy', no],
  ['ALTER TABLE jobs SET UNLOGGED, ADD COLUMN x int;', 'rewrite lock-heavy', m],
  ['CREATE UNLOGGED TABLE buffer (a int);\nALTER TABLE buffer SET LOGGED;', 'safe', m],
  ['LOCK TABLE jobs IN SHARE ROW EXCLUSIVE MODE NOWAIT;', 'lock-heavy', tx],
  ['LOCK TABLE ONLY jobs IN ACCESS SHARE MODE;', 'safe', tx],
  ['SELECT pg_advisory_lock(7);\nALTER TABLE jobs ADD COLUMN x int;\nSELECT pg_advisory_unlock(7);', 'safe', no],
  ['GRANT ALL ON ALL TABLES IN SCHEMA plant TO PUBLIC;', 'caution', m],
  ['REVOKE INSERT ON jobs FROM PUBLIC;', 'breaking', m],
  ["COMMENT ON TABLE jobs IS 'DROP TABLE jobs; -- not really';", 'safe', m],
  ["INSERT INTO job_events (id, at, what) VALUES (1, now(), 'ALTER TABLE jobs DROP COLUMN state;');", 'safe', m],
  ['/* DROP TABLE jobs; /* nested */ DELETE FROM jobs; */ SELECT 1', 'safe', m],
  ['ALTER TABLE jobs ADD COLUMN "drop table jobs;" text;', 'safe', m],
  ['ALTER PUBLICATION feed ADD TABLE jobs;', 'caution', {}],
  ['CREATE PUBLICATION feed FOR TABLE jobs;', 'safe', m],
  ['CREATE RULE keep AS ON DELETE TO jobs DO INSTEAD NOTHING;', 'caution', m],
  [
    'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;\nALTER TABLE ledger ADD COLUMN ref uuid DEFAULT uuid_generate_v4();',
    'rewrite lock-heavy',
    {},
  ],
  ['ALTER TABLE ledger ADD COLUMN memo text NOT NULL', 'fails breaking', {}],
  ['ALTER TABLE ledger ALTER COLUMN amount TYPE numeric(20,4)', 'rewrite lock-heavy', {}],
  ['ALTER TABLE ledger DROP CONSTRAINT ledger_amount_check', 'caution', {}],
  ['ALTER TABLE ledger ALTER memo DROP NOT NULL', 'caution', {}],
  ['ALTER TABLE ledger ADD CONSTRAINT a CHECK (amount > 0) NOT VALID;\nALTER TABLE ledger VALIDATE CONSTRAINT a;', 'safe', { tx: false }],
  ['ALTER TABLE ledger ADD CONSTRAINT a UNIQUE USING INDEX ledger_a', 'safe', {}],
  ['ALTER TABLE ledger ADD PRIMARY KEY USING INDEX ledger_pk', 'lock-heavy', {}],
  ['ALTER TABLE ledger ENABLE TRIGGER audit', 'caution', {}],
  ['ALTER TABLE ledger ADD COLUMN tags text[] NOT NULL DEFAULT ARRAY[]::text[], ADD COLUMN meta hstore', 'safe', {}],
]
