-- S1 source: legacy monolith + read-only reference schema + a LIVE target that already has rows
create schema bo; create schema pad;
create function public.h(i bigint, salt text) returns bigint language sql immutable as
 $$ select ('x'||substr(md5(i::text||':'||salt),1,7))::bit(28)::bigint $$;           -- 0..2^28-1, same in every language
create table bo.oracle_employee(id bigint primary key, mnemonic varchar(20) unique not null, end_date date);
create table bo.oracle_bloomberg(id bigint primary key, bloomberg varchar(60), ticker varchar(30), isin varchar(12), sedol varchar(7));
create table bo.map_inst_symbol(inst_symbol varchar(30), bloomberg_id bigint);         -- no PK, no FK: as in the wild
create table pad.personal_account_dealing(
  id numeric(12) primary key, employee numeric(12), requested_date timestamp, name varchar(250),
  related_yn varchar(1), relation varchar(100), broker_reporting_yn varchar(1), security_description varchar(250),
  isin varchar(12), sedol varchar(7), bloomberg varchar(60), ticker varchar(30), inst_symbol varchar(30),
  trade_size varchar(30), value varchar(30), currency varchar(10), derivative_contract_yn varchar(1),
  justification varchar(4000), leveraged_yn varchar(1), buysell varchar(1), inside_info_yn varchar(1),
  existing_pos_yn varchar(1), signed_yn varchar(1), status varchar(20),
  status_manager varchar(20), auth_manager numeric(12), auth_manager_date timestamp, comments_manager varchar(2000),
  status_compliance varchar(20), auth_compliance numeric(12), auth_compliance_date timestamp, comments_compliance varchar(2000),
  restricted_yn varchar(1), holding_period_yn varchar(1), conflicts_yn varchar(1), conflict_comments varchar(2000),
  other_comments varchar(2000), two_business_days_execution_yn varchar(1), contract_notes_received_yn varchar(1),
  last_modified_by numeric(12), last_modified_date timestamp, is_deleted_yn varchar(1));
insert into bo.oracle_employee select 100+g, 'emp'||g, case when g%17=0 then date '2020-06-30' end from generate_series(1,60) g;
insert into bo.oracle_bloomberg select 5000+g, 'TK'||g||' LN', 'TK'||g, 'GB'||lpad(g::text,10,'0'), lpad(g::text,7,'B') from generate_series(1,80) g;
insert into bo.oracle_bloomberg values (5901,'DUP US','DUP','US0000000901','B000901'),(5902,'DUP US','DUP','US0000000902','B000902'); -- ambiguous
insert into bo.map_inst_symbol values ('ISYM7',5007),('ISYM8',5008),('ISYM8',5008),('ISYM9',5999);                                -- dup row; dangling id
-- bulk: 1,000 clean rows, i = 1..1000
insert into pad.personal_account_dealing
select i, 101+h(i,'e')%60, timestamp '2019-01-07 09:00' + (i||' hours')::interval, 'Employee '||(101+h(i,'e')%60),
  case when i%9=0 then '1' else '2' end, case when i%9=0 then 'spouse' end, case when i%4=0 then '1' when i%4=1 then '2' end,
  'Security '||(1+h(i,'s')%80), null, null, 'TK'||(1+h(i,'s')%80)||' LN'||case when i%2=0 then ' Equity' else '' end, null, null,
  case when i%5=0 then to_char(1000+h(i,'q')%90000,'FM999,999') else (1+h(i,'q')%900)::text end,
  case when i%3=0 then to_char((100000+h(i,'v')%9000000)/100.0,'FM999,990.00') else ((100000+h(i,'v')%9000000)/100.0)::numeric(15,2)::text end,
  case i%7 when 0 then 'GBP' when 1 then 'EUR' else 'USD' end, case when i%11=0 then '1' else '2' end, 'reason '||i,
  case when i%13=0 then '1' else '2' end, case when i%2=0 then 'B' else 'S' end, case when i%97=0 then '1' else '2' end,
  case when i%6=0 then '1' else '2' end, '1',
  (array['request','request','approved','declined','declined','approved','approved','approved','approved','approved'])[i%10+1],
  (array[null,'pending','approved','declined','approved','approved','approved','approved','approved','approved'])[i%10+1],
  case when i%10>=2 then 101+h(i,'m')%60 end, case when i%10>=2 then timestamp '2019-01-08 10:00' + (i||' hours')::interval end,
  case when i%10=3 then 'not now' end,
  (array[null,null,'pending',null,'declined','approved','approved','approved','approved','approved'])[i%10+1],
  case when i%10>=4 then 101+h(i,'c')%60 end, case when i%10>=4 then timestamp '2019-01-09 11:00' + (i||' hours')::interval end,
  case when i%10=4 then 'restricted list' end,
  case when i%10>=4 then case when i%10=4 then '1' else '2' end end, case when i%10>=4 then '2' end, '2', null, null,
  case i%10 when 5 then '1' when 6 then '1' when 7 then '1' when 8 then '2' end, case i%10 when 5 then '1' when 6 then '1' when 7 then '2' when 8 then '2' end,
  101+h(i,'u')%60, timestamp '2019-02-01' + (i||' hours')::interval, case when i%50=0 then 'Y' else 'N' end
from generate_series(1,1000) i;
-- dirty block: copy clean row 15 (approved, executed, SELL), then break exactly one thing per row
create function pg_temp.dirty(new_id int, setsql text) returns void language plpgsql as $$ begin
  create temp table d on commit drop as select * from pad.personal_account_dealing where id=15;
  update d set id=new_id, trade_size='250', value='5000.00';
  execute 'update d set '||setsql;
  insert into pad.personal_account_dealing select * from d;
  drop table d; end $$;                                                    -- now, not at commit: a file may be loaded as one transaction
select pg_temp.dirty(2001,$$employee=99999$$);                              -- employee gone from the reference table
select pg_temp.dirty(2002,$$employee=null$$);
select pg_temp.dirty(2003,$$requested_date=null$$);
select pg_temp.dirty(2004,$$trade_size='0'$$);                              -- CHECK >0, and price = value/0
select pg_temp.dirty(2005,$$trade_size='12.5'$$);                           -- fraction would be lost in int
select pg_temp.dirty(2006,$$trade_size='1,234,567'$$);                      -- must become 1234567, not 1
select pg_temp.dirty(2007,$$trade_size='12.0'$$);                           -- integral decimal: 12
select pg_temp.dirty(2008,$$value='1.234,56'$$);                            -- other locale: ambiguous
select pg_temp.dirty(2009,$$value=null$$);
select pg_temp.dirty(2010,$$value=' £2,500.50 '$$);                         -- 2500.50
select pg_temp.dirty(2011,$$bloomberg='DUP US Equity'$$);                   -- two securities, different ISIN
select pg_temp.dirty(2012,$$bloomberg='NOPE US Equity'$$);
select pg_temp.dirty(2013,$$bloomberg=null, inst_symbol='ISYM8'$$);         -- tier 2, duplicate map row: one security
select pg_temp.dirty(2014,$$bloomberg=null, inst_symbol='ISYM9'$$);         -- map row dangles
select pg_temp.dirty(2015,$$bloomberg='tk7 ln EQUITY '$$);                  -- case/space
select pg_temp.dirty(2016,$$inside_info_yn='1'$$);                          -- inverted polarity: declaration = false
select pg_temp.dirty(2017,$$inside_info_yn=null$$);                         -- legacy undeclared: NULL, never false
select pg_temp.dirty(2018,$$inside_info_yn='Y'$$);                          -- unknown code on a critical flag
select pg_temp.dirty(2019,$$leveraged_yn='0'$$);                            -- unknown code on an optional flag: NULL + warning
select pg_temp.dirty(2020,$$buysell='X'$$);
select pg_temp.dirty(2021,$$status='approved',status_manager='approved',status_compliance=null,auth_compliance=null,auth_compliance_date=null,two_business_days_execution_yn=null,contract_notes_received_yn=null$$); -- no rule
select pg_temp.dirty(2022,$$status='approved',status_manager='approved',status_compliance='declined'$$);     -- contradiction
select pg_temp.dirty(2023,$$status='withdrawn'$$);                          -- status nobody wrote down
select pg_temp.dirty(2024,$$auth_manager=88888$$);                          -- approver gone (approver_id NOT NULL FK)
select pg_temp.dirty(2025,$$auth_manager_date=null$$);                      -- decided_at NOT NULL: fallback + warning
select pg_temp.dirty(2026,$$auth_manager_date=null,last_modified_date=null$$); -- no fallback left
select pg_temp.dirty(2027,$$is_deleted_yn='Y',last_modified_date=null$$);   -- deleted_at falls back to requested_date
select pg_temp.dirty(2028,$$status='request',status_manager=null,auth_manager=null,auth_manager_date=null,status_compliance=null,auth_compliance=null,auth_compliance_date=null$$); -- execution flags on an unapproved row
select pg_temp.dirty(2029,$$currency='usd '$$);                             -- normalises to USD
select pg_temp.dirty(2030,$$last_modified_by=77777$$);                      -- optional FK missing: NULL + warning
select pg_temp.dirty(2031,$$other_comments=E'line1\nline2 \u2013 naïve 😀 "q" ''s'' \\'$$);                   -- text must survive byte for byte
select pg_temp.dirty(2032,$$related_yn=' '$$);                              -- blank = NULL
