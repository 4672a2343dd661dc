create function public.h(i bigint, salt text) returns bigint language sql immutable as
 $$ select ('x'||substr(md5(i::text||':'||salt),1,7))::bit(28)::bigint $$;
create schema v1;
create table v1.loan_tape(loan_id text primary key, customer_id text not null, company text not null, product_type text, disburse_date date not null, maturity_date date not null,
  disburse_principal numeric(14,2) not null, outstanding_balance numeric(14,2) not null, interest_rate numeric(9,6), term int, currency text not null, dpd int not null, loan_status text not null, application_date date);
create table v1.real_payment(row_no bigserial primary key, company text not null, loan_ref text not null,        -- SHORT id, without the company prefix
  paid_on date not null, principal text not null, interest text not null, fees text not null, other text, tax text, payer text);   -- text as exported: '5.68E-14', 'null', '-12.50'
create table v1.par_balance(loan_id text not null, reporting_date date not null, dpd int not null, is_writeoff boolean not null, outstanding numeric(14,2) not null, writeoff_outstanding numeric(14,2) not null, primary key(loan_id,reporting_date));
create table v1.kpi_history(run_at timestamptz not null, kpi text not null, value numeric, primary key(run_at,kpi));
insert into v1.loan_tape
select case when i<=1676 then 'AAA - L'||lpad(i::text,5,'0') else 'BBB - L'||lpad((i-1676)::text,5,'0') end, 'C'||(1+h(i,'c')%120), case when i<=1676 then 'AAA' else 'BBB' end, 'factoring',
  date '2023-01-03'+(h(i,'d')%900)::int, date '2023-01-03'+(h(i,'d')%900)::int+30, p, case when k<17 then 0 when k<19 then round(p*0.6,2) else round(p*0.8,2) end, round((h(i,'r')%900)/1000.0,3), 30, 'USD',
  case when k<17 then 0 when k<19 then (array[0,6,7,29,30,59,60,89,90])[1+(h(i,'b')%9)::int] else 91+(h(i,'x')%500)::int end, case when k<17 then 'Complete' when k<19 then 'Current' else 'Default' end, null
from (select i,(50000+h(i,'p')%5000000)/100.0 p,i%20 k from generate_series(1,2000) i) x;
insert into v1.real_payment(company,loan_ref,paid_on,principal,interest,fees,other,tax,payer)
select company, split_part(loan_id,' - ',2), disburse_date+10*n, (case when n=1 then (disburse_principal-outstanding_balance)-round((disburse_principal-outstanding_balance)/2,2) else round((disburse_principal-outstanding_balance)/2,2) end)::text,
  case when h(n*7919+row_number() over (order by loan_id),'neg')%20=0 then '-12.50' else '4.25' end, case when n=2 and company='BBB' then '5.684341886080801E-14' else '1.00' end, 'null', '0.13', case when n=1 then 'Pagador Uno ' else 'Pagador Uno' end
from v1.loan_tape, generate_series(1,2) n where disburse_principal>outstanding_balance order by loan_id,n;
insert into v1.par_balance select loan_id,date '2025-12-31',dpd,loan_status='Default' and dpd>=180, case when loan_status='Default' and dpd>=180 then 0 else outstanding_balance end, case when loan_status='Default' and dpd>=180 then outstanding_balance else 0 end from v1.loan_tape where outstanding_balance>0;
-- dirty
insert into v1.real_payment(company,loan_ref,paid_on,principal,interest,fees,other,tax) values ('AAA','L99901','2025-01-01','10.00','0','0','null','0'),('AAA','L99902','2025-01-01','1,250.00','0','0','null','0'),('BBB','L99903','2025-01-01','7.50','0','0','null','0'); -- loans that do not exist
insert into v1.real_payment(company,loan_ref,paid_on,principal,interest,fees,other,tax) select company,loan_ref,paid_on,'0.00','0.00','0.00','null','0' from v1.real_payment where row_no=1; -- zero-value twin
