import { blank, clinic, no, tx } from './clinic.ts'
import type { Labelled } from './labelled.ts'

/** Whole files as people write them. */
export const byHand: readonly Labelled[] = [
  // Supabase, by hand
  [
    `create table public.profiles (id uuid primary key, name text);
alter table public.profiles enable row level security;
create policy "own row" on public.profiles for select using (id = gen_random_uuid());
grant select on public.profiles to public;`,
    'safe',
    blank,
  ],
  [
    `alter table public.patients enable row level security;
create policy "all" on public.patients for all using (true) with check (true);`,
    'caution',
    tx,
  ],
  [
    `drop policy if exists "all" on public.patients;
create policy "all" on public.patients for select using (ward_id = 1);`,
    'caution',
    { ...tx, prior: 'create policy "all" on public.patients using (true); alter table patients enable row level security;' },
  ],
  [`revoke all on all tables in schema public from anon;`, 'breaking', blank],
  [
    `create or replace function public.on_visit() returns trigger language plpgsql security definer as $$
begin
  update public.patients set status = 'seen' where id = new.patient_id;
  delete from public.wards;
  return new;
end $$;
create trigger on_visit after insert on public.visits for each row execute function public.on_visit();`,
    'caution',
    tx,
  ],
  // hand-written DO blocks
  [
    `DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['patients', 'visits'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN updated_at timestamptz DEFAULT now()', t);
  END LOOP;
END $$;`,
    'caution',
    tx,
  ],
  [
    `DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'ALTER TABLE ' || quote_ident(t) || ' ALTER COLUMN id TYPE bigint';
  END LOOP;
END $$;`,
    'rewrite lock-heavy',
    blank,
  ],
  [
    `DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'patients' AND column_name = 'notes') THEN
    ALTER TABLE patients RENAME COLUMN notes TO remarks;
  END IF;
END $$;`,
    'breaking',
    tx,
  ],
  [
    `DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'sex') THEN
    CREATE TYPE sex AS ENUM ('f', 'm', 'x');
  END IF;
END $$;
ALTER TABLE patients ADD COLUMN IF NOT EXISTS sex sex;`,
    'safe',
    tx,
  ],
  [
    `DO $$
DECLARE n int;
BEGIN
  LOOP
    WITH some AS (SELECT id FROM visits WHERE bill IS NULL LIMIT 5000 FOR UPDATE SKIP LOCKED)
    UPDATE visits v SET bill = 0 FROM some WHERE v.id = some.id;
    GET DIAGNOSTICS n = ROW_COUNT;
    EXIT WHEN n = 0;
    COMMIT;
  END LOOP;
END $$;`,
    'fails',
    no,
  ],
  [
    `DO $$
DECLARE sql text;
BEGIN
  sql := 'DELETE FROM ' || 'visits';
  EXECUTE sql;
END $$;`,
    'destructive data',
    tx,
  ],
  [
    `DO $$
BEGIN
  PERFORM 1;
  RAISE NOTICE 'DROP TABLE patients';
END $$;`,
    'safe',
    tx,
  ],
  [
    `DO $outer$
BEGIN
  EXECUTE $q$ CREATE INDEX visits_bill ON visits (bill) $q$;
END $outer$;`,
    'lock-heavy',
    tx,
  ],
  [
    `DO $$
BEGIN
  EXECUTE 'TRUNCATE TABLE visits';
EXCEPTION WHEN others THEN
  NULL;
END $$;`,
    'destructive data lock-heavy',
    tx,
  ],
  [
    `DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 'visits'::regclass AND contype = 'c' LOOP
    EXECUTE format('ALTER TABLE visits DROP CONSTRAINT %I', r.conname);
  END LOOP;
END $$;`,
    'caution',
    tx,
  ],
  [`CREATE OR REPLACE PROCEDURE sweep() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM visits; END $$;`, 'safe', tx],
  [
    `CREATE OR REPLACE PROCEDURE sweep() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM visits; END $$;
CALL sweep();
DROP PROCEDURE sweep();`,
    'destructive data',
    tx,
  ],
  // zero downtime, in one file outside of a transaction
  [
    `SET lock_timeout = '3s';
ALTER TABLE visits ADD COLUMN ward_id bigint;
ALTER TABLE visits ADD CONSTRAINT visits_ward_fk FOREIGN KEY (ward_id) REFERENCES wards (id) NOT VALID;
ALTER TABLE visits VALIDATE CONSTRAINT visits_ward_fk;
CREATE INDEX CONCURRENTLY IF NOT EXISTS visits_ward ON visits (ward_id);`,
    'safe',
    no,
  ],
  [
    `SET lock_timeout = '3s';
ALTER TABLE visits ADD COLUMN ward_id bigint;
ALTER TABLE visits ADD CONSTRAINT visits_ward_fk FOREIGN KEY (ward_id) REFERENCES wards (id) NOT VALID;
ALTER TABLE visits VALIDATE CONSTRAINT visits_ward_fk;`,
    'lock-heavy',
    tx,
  ],
  [
    `CREATE UNIQUE INDEX CONCURRENTLY patients_mail_u ON patients (mail);
ALTER TABLE patients ADD CONSTRAINT patients_mail_key UNIQUE USING INDEX patients_mail_u;`,
    'safe',
    no,
  ],
  [
    `CREATE UNIQUE INDEX CONCURRENTLY patients_pk2 ON patients (id);
ALTER TABLE patients DROP CONSTRAINT patients_pkey CASCADE, ADD CONSTRAINT patients_pkey PRIMARY KEY USING INDEX patients_pk2;`,
    'breaking destructive',
    no,
  ],
  [
    `ALTER TABLE visits ADD COLUMN bill_cents bigint;
CREATE FUNCTION visits_sync() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.bill_cents := NEW.bill * 100; RETURN NEW; END $$;
CREATE TRIGGER visits_sync BEFORE INSERT OR UPDATE ON visits FOR EACH ROW EXECUTE FUNCTION visits_sync();`,
    'caution',
    tx,
  ],
  [
    `DROP TRIGGER visits_sync ON visits;
DROP FUNCTION visits_sync();
ALTER TABLE visits RENAME COLUMN bill TO bill_old;
ALTER TABLE visits RENAME COLUMN bill_cents TO bill;`,
    'breaking',
    {
      tx: true,
      prior: `${clinic} ALTER TABLE visits ADD COLUMN bill_cents bigint; CREATE FUNCTION visits_sync() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER visits_sync BEFORE INSERT ON visits FOR EACH ROW EXECUTE FUNCTION visits_sync();`,
    },
  ],
  [
    `CREATE TABLE visits_new (LIKE visits INCLUDING ALL);
INSERT INTO visits_new SELECT * FROM visits;
ALTER TABLE visits RENAME TO visits_old;
ALTER TABLE visits_new RENAME TO visits;`,
    'data',
    tx,
  ],
  [
    `CREATE TABLE visits_2025 PARTITION OF visits_all FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX ON visits_2025 (kind);`,
    'caution',
    { tx: true, prior: 'CREATE TABLE visits_all (at date NOT NULL, kind int) PARTITION BY RANGE (at);' },
  ],
  [
    `CREATE TABLE visits_2025 (LIKE visits_all INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE visits_2025 ADD CONSTRAINT b CHECK (at >= '2025-01-01' AND at < '2026-01-01');
ALTER TABLE visits_all ATTACH PARTITION visits_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE visits_2025 DROP CONSTRAINT b;`,
    'safe',
    { tx: true, prior: 'CREATE TABLE visits_all (at date NOT NULL, kind int) PARTITION BY RANGE (at);' },
  ],
  // as pg_dump writes it
  [
    `SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET default_tablespace = '';
CREATE TABLE public.meals (id integer NOT NULL, name text, ward_id bigint);
ALTER TABLE public.meals OWNER TO postgres;
CREATE SEQUENCE public.meals_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.meals_id_seq OWNED BY public.meals.id;
ALTER TABLE ONLY public.meals ALTER COLUMN id SET DEFAULT nextval('public.meals_id_seq'::regclass);
COPY public.meals (id, name, ward_id) FROM stdin;
1	soup	\\N
2	bread; and butter	\\N
\\.
SELECT pg_catalog.setval('public.meals_id_seq', 2, true);
ALTER TABLE ONLY public.meals ADD CONSTRAINT meals_pkey PRIMARY KEY (id);
CREATE INDEX meals_name ON public.meals USING btree (name);
ALTER TABLE ONLY public.meals ADD CONSTRAINT meals_ward_fkey FOREIGN KEY (ward_id) REFERENCES public.wards(id);`,
    'safe',
    no,
  ],
  [
    `\\set QUIET on
\\timing
BEGIN;
\\ir common.sql
ALTER TABLE patients ADD COLUMN nick text;
COMMIT;`,
    'safe',
    no,
  ],
]
