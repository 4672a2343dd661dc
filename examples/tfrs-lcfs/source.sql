create function public.h(i bigint, salt text) returns bigint language sql immutable as
 $$ select ('x'||substr(md5(i::text||':'||salt),1,7))::bit(28)::bigint $$;
create schema tfrs; set search_path=tfrs,public;
create table organization(id int primary key, name varchar(500) not null unique);
create table compliance_period(id int primary key, description varchar(1000) not null);
create table workflow_state(id int primary key, fuel_supplier_status varchar(50) not null, analyst_status varchar(50) not null, manager_status varchar(50) not null, director_status varchar(50) not null);
create table compliance_report(id int primary key, status_id int not null unique references workflow_state(id), type_id int not null, organization_id int not null references organization(id),
  compliance_period_id int not null references compliance_period(id), schedule_a_id int unique, exclusion_agreement_id int unique, supplements_id int, root_report_id int, latest_report_id int,   -- no FKs here: dumps lose them
  traversal int not null default 0, nickname varchar(255), supplemental_note varchar(500), create_timestamp timestamptz, update_timestamp timestamptz);
create table schedule_a_record(id int primary key, schedule_id int not null, quantity numeric(20,2) not null, trading_partner varchar(200) not null, postal_address varchar(200) not null, fuel_class_id int not null, transfer_type_id int not null);
create table exclusion_record(id int primary key, agreement_id int not null, transaction_type_id int not null, fuel_type_id int not null, transaction_partner varchar(200), postal_address varchar(200), quantity numeric(15,0), quantity_not_sold numeric(15,0));
create table compliance_report_snapshot(id serial primary key, compliance_report_id int not null unique, snapshot json);
create table compliance_report_history(id serial primary key, compliance_report_id int not null, status_id int not null references workflow_state(id), create_timestamp timestamptz, create_user_id int);
insert into organization select g,'Org '||g||case when g=7 then '  Fuels' else ' Fuels' end from generate_series(1,12) g;      -- 7: double space; 12: unknown to the target
insert into compliance_period values(4,'2013-14'),(5,'2015'),(6,'2016'),(7,'2017'),(8,'2018'),(9,'2019'),(10,'2020'),(11,'2021'),(12,'2022'),(13,'2023');
-- chains 1..100 (type 1); length 1,2,3,5; ids have gaps; id order follows chain,version
create table gen_rep as select c, v, 1000+3*(row_number() over (order by c,v))::int id, len from (select c, case when c%5=0 then 5 when c%3=0 then 3 when c%2=0 then 2 else 1 end len from generate_series(1,100) c) x, generate_series(0,x.len-1) v;
insert into workflow_state select id, case k when 'draft' then 'Draft' when 'del' then 'Deleted' else 'Submitted' end,      -- four columns, one status
   case when k in('draft','del','sub') then 'Unreviewed' when k='rs' then 'Requested Supplemental' when k='nra' then 'Not Recommended' else 'Recommended' end,
   case when k in('draft','del','sub','ra','nra') then 'Unreviewed' when k='nrm' then 'Not Recommended' else 'Recommended' end,
   case when k in('acc','rs') then 'Accepted' when k='rej' then 'Rejected' else 'Unreviewed' end
 from (select id, case when v<len-1 then case when c%10=5 then 'rs' else 'acc' end when c%17=0 then 'draft' when c%23=0 then 'del' when c%29=0 then 'rej'
        when c%10=9 then 'nrm' when c%10=8 then 'ra' when c%10=7 then 'rm' when c%10=4 then 'sub' when c%10=3 then 'nra' else 'acc' end k from gen_rep) x;
insert into compliance_report select id,id,1,1+(c-1)%11,4+c%10, id, null, case when v>0 then lag(id) over w end, first_value(id) over w, last_value(id) over (partition by c order by v rows between unbounded preceding and unbounded following), v,
   case when c%6=0 then 'My name '||c else null end, case when v>0 then 'note '||v end, timestamptz '2014-02-01+00'+((c*40+v)||' days')::interval, case when c%9<>0 then timestamptz '2014-02-02+00'+((c*40+v)||' days')::interval end from gen_rep window w as (partition by c order by v);
-- schedule A: 4 logical rows per chain that appear, change and vanish by arithmetic; TFRS reissues the record id every time
insert into schedule_a_record select (row_number() over (order by r.id,j))::int, r.id, 1000+h(c*10+j,'qa')%100000+100*(select count(*) from generate_series(0,v) u where (c+j+u)%4=0),
   case when c%8=0 and v>0 then upper('Partner  '||(1+h(c*10+j,'pn')%9))||' ' else 'Partner '||(1+h(c*10+j,'pn')%9) end, 'Addr '||j||case when c%12=0 and v>=1 and j=2 then ' Suite 5' else '' end, 1+j%2, 1+(c+j)%2
 from gen_rep r, generate_series(1,4) j where (c+j+v)%7<>0 and not (c=20 and v=2);
insert into schedule_a_record select 9000+(row_number() over (order by r.id,k))::int, r.id, 500, 'Twin Fuels','Same St 1',2,1 from gen_rep r, generate_series(1,2) k where c%13=0;        -- two identical, genuine rows
update compliance_report set schedule_a_id=null where id=(select id from gen_rep where c=30 and v=2); delete from schedule_a_record where schedule_id=(select id from gen_rep where c=30 and v=2); -- no schedule at all
update schedule_a_record set quantity=quantity+0.50 where schedule_id=(select id from gen_rep where c=2 and v=1) and fuel_class_id=1;                                                       -- fraction into a bigint target
-- exclusion reports: type 2, paired with chains c%4=0; chains 101..106 have no main report (orphans)
create table gen_exc as select c, 3000+3*(row_number() over (order by c))::int id from generate_series(1,106) c where c%4=0 or c>100;
insert into workflow_state select id,'Submitted','Recommended','Recommended',case when c=104 then 'Rejected' else 'Accepted' end from gen_exc;
insert into compliance_report select id,id,2,1+(c-1)%11,4+c%10,null,id,null,id,id,0,null,null,timestamptz '2020-01-01+00',null from gen_exc;
insert into exclusion_record select (row_number() over (order by e.id,j))::int,e.id,1+(c+j)%2,case when c=8 and j=1 then 777 else 1+h(c+j,'ft')%6 end,case when c=12 and j=1 then null else 'Part '||j end,case when c=12 and j=2 then null else 'A '||j end,1000*j+c,case when j=2 then null else j end from gen_exc e, generate_series(1,3) j;
-- snapshots: schedule B and the summary live only in JSON, everything is text
insert into compliance_report_snapshot(compliance_report_id,snapshot) select r.id, json_build_object('organization',json_build_object('id',1+(c-1)%11),
   'summary',json_build_object('lines',json_build_object('1',to_char(h(c,'l1')%900000,'FM999,999,990.00'),'11',to_char(h(c,'l11')%9000,'FM999,990.00'),'22',to_char(h(c,'l22')%9000,'FM999,990.00'),
      '25',to_char((h(c,'l25')%2000)-1000,'FM999,990.00'),'28',case when c%9=0 then null else to_char((h(c,'l28')%50)*600,'FM999,990.00') end)),
   'schedule_b',json_build_object('records',(select coalesce(json_agg(case when c%2=0
       then json_build_object('fuel_type',ft,'fuel_class',cl,'provision_of_the_act_description',pr,'quantity',qt,'unit_of_measure',un,'credits',cr,'debits',de,'intensity','88.10')
       else json_build_object('fuel_type',ft,'fuel_category',cl,'provision_act',pr,'quantity',qt,'unit_of_measure',un,'credits',cr,'debits',de,'intensity',null) end order by j),'[]'::json)
     from (select j,(array['Biodiesel','Ethanol','LNG','HDRD','Electricity','Petroleum-based diesel'])[1+(h(c*10+j,'fb')%6)::int] ft,(array['Diesel','Gasoline'])[1+j%2] cl,(array['Default Carbon Intensity Value','Approved fuel code'])[1+(c+j)%2] pr,
        to_char(2000+h(c*10+j,'qb')%3000000+1000*(select count(*) from generate_series(0,v) u where (c+j+u)%3=0),'FM999,999,990.00') qt,(array['L','kg','m³','m'||U&'\FFFD','kWh'])[1+(c+j)%5] un,
        case when (c+j)%2=0 then to_char(h(c+j,'cr')%5000,'FM9,990.00') end cr, case when (c+j)%2=1 then to_char(h(c+j,'cr')%5000,'FM9,990.00') end de from generate_series(1,3) j where (c+j+v)%6<>0) b)))
 from gen_rep r where c%19<>0;
update compliance_report_snapshot set snapshot=to_json(snapshot::text) where compliance_report_id in(select id from gen_rep where c=26);             -- double-encoded JSON
update compliance_report_snapshot set snapshot='null' where compliance_report_id in(select id from gen_rep where c=27);                              -- JSON null, not SQL NULL
update compliance_report_snapshot set snapshot=null where compliance_report_id in(select id from gen_rep where c=28);
delete from compliance_report_snapshot where compliance_report_id=(select id from gen_rep where c=25 and v=2);                                   -- a hole in the middle of a chain
update compliance_report_snapshot set snapshot='null' where compliance_report_id=(select id from gen_rep where c=35 and v=1);
-- history: submitted -> (requested supplemental -> submitted again) -> recommended -> accepted
insert into workflow_state values(9001,'Submitted','Unreviewed','Unreviewed','Unreviewed'),(9002,'Submitted','Requested Supplemental','Unreviewed','Unreviewed'),(9003,'Submitted','Recommended','Unreviewed','Unreviewed'),(9004,'Submitted','Recommended','Recommended','Accepted'),(9005,'Draft','Unreviewed','Unreviewed','Unreviewed');
insert into compliance_report_history(compliance_report_id,status_id,create_timestamp,create_user_id) select r.id,s.st,timestamptz '2014-03-01+00'+((c*40+v)||' days')::interval+(s.o||' hours')::interval,s.o
 from gen_rep r, (values(0,9005),(1,9001),(2,9002),(3,9001),(4,9003),(5,9004)) s(o,st) where (s.o not in(2,3) or c%7=0) order by r.id,s.o;
-- broken chains
update compliance_report set traversal=1 where id=(select id from gen_rep where c=40 and v=2);                                                       -- traversal 0,1,1,3,4
update compliance_report set root_report_id=null where id in(select id from gen_rep where c=50);                                                     -- root must be found by walking supplements_id
update compliance_report set supplements_id=(select id from gen_rep where c=55 and v=4) where id=(select id from gen_rep where c=55 and v=0);        -- cycle
update compliance_report set supplements_id=999999 where id=(select id from gen_rep where c=60 and v=1);                                             -- dangling
update compliance_report set create_timestamp=null,update_timestamp=null where id in(select id from gen_rep where c=70);                             -- null dates: never 1970-01-01
update compliance_report set organization_id=12 where id in(select id from gen_rep where c=80);                                                      -- org the target does not have
drop table gen_rep, gen_exc;                                                                                                                          -- what the rows were made with, and no part of the old database
