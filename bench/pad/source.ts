// What is migrated: a legacy table of 42 columns with some dirt in it, and the two tables that its rows look into.
import type pg from 'pg'

const references = `
  drop schema if exists ref, legacy cascade;
  create schema ref;
  create schema legacy;
  create table ref.employee(id bigint primary key, email text not null, full_name text not null, active bool not null);
  insert into ref.employee select i, 'user'||i||'@example.org', 'Name '||i, i%10<>0 from generate_series(1,5000) i;
  create table ref.security(id bigint primary key, inst_symbol text unique not null, ticker text, isin text);
  insert into ref.security select i, 'SYM'||i, 'T'||i, 'US'||lpad(i::text,10,'0') from generate_series(1,20000) i;
  analyze ref.employee;
  analyze ref.security`

const legacy = `
  create table legacy.personal_account_dealing(
    id bigint primary key, employee bigint, requested_date timestamp, name text, related_yn char(1), relation text, broker_reporting_yn char(1),
    security_description text, isin varchar(12), sedol varchar(7), bloomberg text, ticker text, inst_symbol text, trade_size numeric(18,4),
    value numeric(18,2), currency char(3), derivative_contract_yn char(1), justification text, leveraged_yn char(1), buysell char(1),
    inside_info_yn char(1), existing_pos_yn char(1), signed_yn char(1), status text, status_manager text, status_compliance text,
    auth_manager bigint, auth_manager_date timestamp, comments_manager text, auth_compliance bigint, auth_compliance_date timestamp,
    comments_compliance text, restricted_yn char(1), holding_period_yn char(1), conflicts_yn char(1), conflict_comments text, other_comments text,
    two_business_days_execution_yn char(1), contract_notes_received_yn char(1), last_modified_by bigint, last_modified_date timestamp,
    is_deleted_yn char(1))`

/** Always the same rows for the same number: the dice are seeded. One in 997 has an employee that is nowhere. */
const legacyRows = (rows: number) => `
  insert into legacy.personal_account_dealing
  select i, case when i%997=0 then 900000+i%100 else 1+(r*4999)::int end, ts, 'Name '||i, yn1, case when yn1='1' then 'spouse' end, yn2,
    'Security description number '||(i%20000), 'US'||lpad((i%20000)::text,10,'0'), lpad((i%9999999)::text,7,'0'), 'BBG'||(i%20000), 'T'||(i%20000),
    'SYM'||case when i%1009=0 then 99999 else 1+i%20000 end, (r*10000)::numeric(18,4)+1, (r*1e6)::numeric(18,2),
    (array['GBP','USD','EUR','JPY'])[1+i%4], yn2, 'I would like to buy this for the long term because reason '||i, yn1,
    case when i%3=0 then 'S' else 'B' end, '2', yn2, '1',
    st, case when st='request' then null when st='declined' and r<.5 then 'declined' else 'approved' end,
    case when st='request' then null when st='approved' and r2<.2 then 'pending' when st='declined' and r>=.5 then 'declined' else 'approved' end,
    case when st<>'request' then 1+(r2*4999)::int end, case when st<>'request' then ts+interval '1 day' end,
    case when i%5=0 then 'ok by manager '||i end,
    case when st<>'request' and not (st='approved' and r2<.2) and not (st='declined' and r<.5) then 1+(r*4999)::int end,
    case when st<>'request' and not (st='approved' and r2<.2) and not (st='declined' and r<.5) then ts+interval '2 days' end,
    case when i%7=0 then 'compliance comment '||i end,
    yn1, yn2, yn1, case when yn1='1' then 'conflict: '||i end, case when i%11=0 then 'other '||i end,
    case when st='approved' and r2>=.2 then yn2 end, case when st='approved' and r2>=.5 then '1' end, 1+(r2*4999)::int,
    ts+interval '3 days', case when i%50=0 then 'Y' else 'N' end
  from (select i, r, r2, timestamp '2015-01-01'+(i*interval '37 seconds') ts, case when r<.3 then '1' else '2' end yn1,
      case when r2<.6 then '1' else '2' end yn2, case when r3<.15 then 'request' when r3<.85 then 'approved' else 'declined' end st
    from (select i, random() r, random() r2, random() r3 from generate_series(1,${rows}) i) z) y`

export async function makeSource(client: pg.Client, rows: number): Promise<void> {
  await client.query(references)
  await client.query(legacy)
  await client.query('select setseed(0.42)')
  await client.query(legacyRows(rows))
  await client.query('vacuum (freeze, analyze) legacy.personal_account_dealing')
}
