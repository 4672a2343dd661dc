// Functions of the database that know keys: as they are at first and at last, and as they work with keys of either kind in between.

const touched = (body: string) =>
  `create or replace function t.touch() returns trigger language plpgsql as $$ begin ${body} return new; end $$`

/** Whatever the key of a user is, and whatever the log wants: its number, or the UUID. */
const record = `case pg_typeof((null::t.audit_logs).record_id)::text when 'uuid' then to_jsonb(new) ->> 'user_id' else coalesce(to_jsonb(new) ->> '_retired_user_id', to_jsonb(new) ->> 'user_id') end`

export const touch = {
  plain: touched(`insert into t.audit_logs(table_name,record_id,user_id,created_at) values('users',new.user_id,new.user_id,'2026-01-01');`),
  either: touched(
    `insert into t.audit_logs(table_name,record_id,user_id,created_at) select 'users',r.record_id,new.user_id,'2026-01-01' from jsonb_populate_record(null::t.audit_logs, jsonb_build_object('record_id', ${record})) r;`,
  ),
}

/** A literal takes the type of the column that it is compared with. */
export const ownerByEither = `create function t.phase_owner(p text) returns text language plpgsql stable as $$ declare o text; begin
  execute 'select r.owner_id::text from t.workflow_phases w join t.reports r using(report_id) where w.phase_id=' || quote_literal(p) into o;
  return o; end $$`
