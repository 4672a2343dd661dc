-- Two engines that make the same figures: V1 of the tape as it is exported, V2 of the tables that the migration fills. Each keeps its own slips.
create schema pipeline;
alter table analytics.pipeline_runs add column rows_computed int;

create table pipeline.definition(kpi_name text not null, version text not null, says text not null, primary key(kpi_name, version));
insert into pipeline.definition values
  ('PAR30', '1.0', 'outstanding of loans 30 days late or more, of all outstanding, both without what is written off, in percent; two places'),
  ('PAR90', '1.0', 'outstanding of loans 90 days late or more, of all outstanding, both without what is written off, in percent'),
  ('CollectionRate', '1.0', 'principal paid, of all principal, in percent; payments of loans that do not exist are counted'),
  ('PAR30', '2.0', 'as 1.0, with all places'),
  ('PAR90', '2.0', 'as 1.0'),
  ('CollectionRate', '2.0', 'principal paid on loans that exist, of all principal, in percent; two places');

create view pipeline.v1_kpis as
  with book as (
    select t.dpd, t.disburse_principal as principal, t.outstanding_balance as outstanding, coalesce(p.is_writeoff, false) as gone
    from v1.loan_tape t left join v1.par_balance p on p.loan_id = t.loan_id and p.reporting_date = '2025-12-31'
  ), paid as (
    select sum(replace(nullif(principal, 'null'), ',', '')::numeric) as total from v1.real_payment
  ), kpi(name, value) as (
    select 'PAR30', round(100 * sum(case when dpd >= 30 and not gone then outstanding else 0 end) / nullif(sum(case when gone then 0 else outstanding end), 0), 2) from book
    union all select 'PAR90', 100 * sum(case when dpd >= 90 and not gone then outstanding else 0 end) / nullif(sum(case when gone then 0 else outstanding end), 0) from book
    union all select 'CollectionRate', 100 * (select total from paid) / nullif(sum(principal), 0) from book
  )
  select name, value, '1.0' as version from kpi;

create view pipeline.v2_kpis as
  with live as (select * from analytics.fact_loans where not is_writeoff), kpi(name, value) as (
    select 'PAR30', 100 * coalesce(sum(outstanding) filter (where dpd >= 30), 0) / nullif(sum(outstanding), 0) from live
    union all select 'PAR90', 100 * coalesce(sum(outstanding) filter (where dpd >= 90), 0) / nullif(sum(outstanding), 0) from live
    union all select 'CollectionRate', round(100 * (select sum(principal) from analytics.fact_payments) / nullif(sum(principal), 0), 2) from analytics.fact_loans
  )
  select name, value, '2.0' as version from kpi;

-- What goes into either, said in the same words: as long as V2 has not got what V1 has, these are two digests.
create view pipeline.v1_input as
  select company || ' ' || substr(loan_id, 7) as of, concat_ws('|', disburse_principal, outstanding_balance, dpd, loan_status) as says from v1.loan_tape
  union all select 'payment ' || row_no, round(replace(principal, ',', '')::numeric, 2)::text from v1.real_payment p
    where principal <> 'null' and exists (select from v1.loan_tape t where t.loan_id = p.company || ' - ' || p.loan_ref);
create view pipeline.v2_input as
  select company || ' ' || loan_no as of, concat_ws('|', principal, outstanding, dpd, status) as says from analytics.fact_loans
  union all select 'payment ' || payment_id, principal::text from analytics.fact_payments;

create function pipeline.digest_of(engine text) returns text language plpgsql as $$
declare digest text;
begin
  execute format($sql$select encode(sha256(convert_to(string_agg(i.of || '=' || i.says, chr(10) order by i.of collate "C"), 'UTF8')), 'hex') from pipeline.%I i$sql$, engine || '_input')
    into digest;
  return coalesce(digest, 'nothing');
end $$;

create function pipeline.took(began timestamptz) returns interval language sql as 'select clock_timestamp() - began';

-- One run of one engine: its row, its values, and whether all that it computed was written. Asked again for the same moment it is made anew.
create function pipeline.run(which text, at timestamptz) returns table(name text, value numeric, made_from text, made_by text) language plpgsql as $$
declare
  began timestamptz := clock_timestamp();
  id uuid := md5(which || at)::uuid;
  computed int;
begin
  delete from analytics.pipeline_runs r where r.engine = which and r.as_of = at;
  insert into analytics.pipeline_runs(run_id, as_of, engine, status, input_sha256) values (id, at, which, 'running', pipeline.digest_of(which));
  begin
    execute format('insert into analytics.kpi_values select $1, k.name, k.value, k.version from pipeline.%I k', which || '_kpis') using id;
    execute format('select count(*) from pipeline.%I', which || '_kpis') into computed;
    -- in whole seconds: less than one says more of the machine than of the engine
    update analytics.pipeline_runs set status = 'completed', rows_computed = computed, latency_ms = 1000 * ceil(extract(epoch from pipeline.took(began)))
      where run_id = id;
  exception when others then
    update analytics.pipeline_runs set status = 'failed' where run_id = id;
  end;
  return query select k.kpi_name, k.value_numeric, r.input_sha256, k.kpi_def_version
    from analytics.pipeline_runs r join analytics.kpi_values k using (run_id) where run_id = id;
end $$;

create view pipeline.last_run as
  select distinct on (r.engine) r.engine, r.as_of, r.status, r.latency_ms, r.rows_computed, k.*
  from analytics.pipeline_runs r cross join lateral (
    select count(*) as rows_written, max(value_numeric) filter (where kpi_name = 'PAR30') as "PAR30", max(value_numeric) filter (where kpi_name = 'PAR90') as "PAR90",
      max(value_numeric) filter (where kpi_name = 'CollectionRate') as "CollectionRate"
    from analytics.kpi_values v where v.run_id = r.run_id
  ) k order by r.engine, r.as_of desc;

-- Which engine serves. Whoever puts V1 back, by rule or by hand, marks the runs of V2 in the same transaction; none is deleted.
create table pipeline.serving(pipeline text primary key, engine text not null check(engine in('v1','v2')));
insert into pipeline.serving values ('kpi', 'v1');
create function pipeline.v1_is_back() returns trigger language plpgsql as $$
begin
  update analytics.pipeline_runs set status = 'superseded' where engine = 'v2' and status = 'completed';
  return null;
end $$;
create trigger v1_is_back after update of engine on pipeline.serving for each row when (old.engine = 'v2' and new.engine = 'v1') execute function pipeline.v1_is_back();

-- What the scheduler calls: the engine that serves makes its run, and no other.
create function pipeline.hour(at timestamptz) returns setof pipeline.last_run language plpgsql as $$
declare serves text := (select s.engine from pipeline.serving s where s.pipeline = 'kpi');
begin
  perform pipeline.run(serves, at);
  return query select * from pipeline.last_run l where l.engine = serves;
end $$;

-- What people see.
create view analytics.published as
  select distinct on (v.kpi_name) v.kpi_name, v.value_numeric, v.kpi_def_version, r.engine, r.as_of
  from pipeline.serving s join analytics.pipeline_runs r on r.engine = s.engine and r.status = 'completed' join analytics.kpi_values v using (run_id)
  where s.pipeline = 'kpi' order by v.kpi_name, r.as_of desc;
