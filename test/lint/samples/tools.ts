import { blank, clinic, no, tx } from './clinic.ts'
import type { Labelled } from './labelled.ts'

/** Whole files for Flyway, Liquibase, Alembic and their like. */
export const tools: readonly Labelled[] = [
  // Flyway, Liquibase, Alembic, Sqitch, goose, dbmate, Atlas, Drizzle, TypeORM
  [
    `-- V13_1__visit_bills.sql
ALTER TABLE visits ADD COLUMN currency char(3) NOT NULL DEFAULT 'EUR';
ALTER TABLE visits ADD CONSTRAINT bill_positive CHECK (bill >= 0);`,
    'lock-heavy',
    tx,
  ],
  [
    `--liquibase formatted sql
--changeset pat:1
ALTER TABLE visits ADD COLUMN currency char(3) DEFAULT 'EUR';
--rollback ALTER TABLE visits DROP COLUMN currency;`,
    'safe',
    tx,
  ],
  [
    `--liquibase formatted sql
--changeset pat:2 runInTransaction:false
CREATE INDEX CONCURRENTLY visits_kind ON visits (kind);
--rollback DROP INDEX visits_kind;`,
    'safe',
    no,
  ],
  [
    `BEGIN;

-- Running upgrade c3d4e5f6g7h8 -> d4e5f6g7h8i9

ALTER TABLE patients ADD COLUMN discharged_at TIMESTAMP WITH TIME ZONE;

UPDATE alembic_version SET version_num='d4e5f6g7h8i9' WHERE alembic_version.version_num = 'c3d4e5f6g7h8';

COMMIT;`,
    'safe',
    { ...no, extra: 'CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);' },
  ],
  [
    `BEGIN;

-- Running upgrade d4 -> e5

ALTER TABLE patients ADD COLUMN tier INTEGER;

UPDATE patients SET tier = 1;

ALTER TABLE patients ALTER COLUMN tier SET NOT NULL;

UPDATE alembic_version SET version_num='e5' WHERE alembic_version.version_num = 'd4';

COMMIT;`,
    'lock-heavy data fails',
    no,
  ],
  [
    `-- Deploy clinic:beds to pg
-- requires: wards

BEGIN;

CREATE TABLE beds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ward_id bigint NOT NULL REFERENCES wards (id),
  label text NOT NULL CHECK (label <> '')
);
COMMENT ON TABLE beds IS 'one row a bed';
GRANT SELECT ON beds TO PUBLIC;

COMMIT;`,
    'safe',
    no,
  ],
  [
    `-- Verify clinic:beds on pg

BEGIN;

SELECT id, ward_id, label FROM wards_beds WHERE false;

ROLLBACK;`,
    'safe',
    { tx: false },
  ],
  [
    `-- +goose Up
ALTER TABLE visits ADD COLUMN room text;

-- +goose Down
ALTER TABLE visits DROP COLUMN room;`,
    'safe',
    { schema: clinic },
  ],
  [
    `-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY IF NOT EXISTS visits_kind ON visits (kind);

-- +goose Down
DROP INDEX CONCURRENTLY IF EXISTS visits_kind;`,
    'safe',
    { schema: clinic },
  ],
  [
    `-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION touch() RETURNS trigger AS $$
BEGIN
  NEW.created_at = now();
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
-- +goose Down
DROP FUNCTION touch();`,
    'safe',
    { schema: clinic },
  ],
  [
    `-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY visits_at ON visits (at);

-- migrate:down
DROP INDEX visits_at;`,
    'safe',
    { schema: clinic },
  ],
  [
    `-- migrate:up
CREATE INDEX CONCURRENTLY visits_at ON visits (at);

-- migrate:down
DROP INDEX visits_at;`,
    'fails',
    { schema: clinic, notHere: true },
  ],
  [
    `-- atlas:txmode none

-- Create index "visits_at" to table: "visits"
CREATE INDEX CONCURRENTLY "visits_at" ON "public"."visits" ("at");`,
    'safe',
    { schema: clinic },
  ],
  [
    `-- Modify "patients" table
ALTER TABLE "public"."patients" ALTER COLUMN "mail" TYPE text, ADD COLUMN "sex" character(1) NULL;
-- Create "rooms" table
CREATE TABLE "public"."rooms" ("id" bigserial NOT NULL, "n" integer NULL, PRIMARY KEY ("id"));
-- Create index "rooms_n" to table: "rooms"
CREATE INDEX "rooms_n" ON "public"."rooms" ("n");`,
    'safe',
    tx,
  ],
  [
    `ALTER TABLE "patients" ADD COLUMN "locale" varchar(5) DEFAULT 'de' NOT NULL;--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "consents" ("id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL, "patient_id" bigint NOT NULL);--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "consents" ADD CONSTRAINT "consents_patient_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;`,
    'safe',
    tx,
  ],
  [
    `ALTER TABLE "visits" ALTER COLUMN "bill" SET DATA TYPE integer;--> statement-breakpoint
ALTER TABLE "visits" DROP COLUMN IF EXISTS "kind";`,
    'rewrite lock-heavy destructive breaking',
    tx,
  ],
  [
    `ALTER TABLE "patients" DROP COLUMN "status";
ALTER TABLE "patients" ADD "status" integer NOT NULL DEFAULT '0'`,
    'destructive breaking',
    tx,
  ],
  [
    `CREATE TYPE "public"."visits_kind_enum" AS ENUM('new', 'old');
ALTER TABLE "visits" ADD "sort" "public"."visits_kind_enum" NOT NULL DEFAULT 'new'`,
    'safe',
    tx,
  ],
  [
    `ALTER TYPE "public"."visits_kind_enum" RENAME TO "visits_kind_enum_old";
CREATE TYPE "public"."visits_kind_enum" AS ENUM('new', 'old', 'odd');
ALTER TABLE "visits" ALTER COLUMN "sort" DROP DEFAULT;
ALTER TABLE "visits" ALTER COLUMN "sort" TYPE "public"."visits_kind_enum" USING "sort"::"text"::"public"."visits_kind_enum";
ALTER TABLE "visits" ALTER COLUMN "sort" SET DEFAULT 'new';
DROP TYPE "public"."visits_kind_enum_old"`,
    'rewrite lock-heavy breaking',
    blank,
  ],
]
