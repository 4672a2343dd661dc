create schema lcfs; set search_path=lcfs,public;
create table organization(organization_id serial primary key, name varchar(500) not null unique);
create table compliance_period(compliance_period_id int primary key, description varchar(50) not null unique);
create table fuel_type(fuel_type_id int primary key, fuel_type text not null unique);
create type action_enum as enum('CREATE','UPDATE','DELETE'); create type rt_enum as enum('Received','Transferred');
create table compliance_report(compliance_report_id serial primary key, organization_id int not null references organization, compliance_period_id int not null references compliance_period, current_status varchar(40) not null,
  compliance_report_group_uuid varchar(36) not null, version int not null, legacy_id int, nickname varchar(255), supplemental_note varchar(500), create_date timestamptz, update_date timestamptz, create_user varchar(50));
create unique index uq_cr_legacy on compliance_report(legacy_id) where legacy_id is not null; create unique index uq_cr_chain on compliance_report(compliance_report_group_uuid,version);
create table compliance_report_history(history_id serial primary key, compliance_report_id int not null references compliance_report, status varchar(40) not null, create_date timestamptz, unique(compliance_report_id,status));
create table compliance_report_summary(summary_id serial primary key, compliance_report_id int not null unique references compliance_report, line_1 numeric(20,2) not null default 0, line_11 numeric(20,2) not null default 0, line_18 numeric(20,2) not null default 0, line_21_penalty numeric(20,2), total_payable numeric(20,2), historical_snapshot jsonb);
create table notional_transfer(notional_transfer_id serial primary key, compliance_report_id int not null references compliance_report, legal_name varchar not null, address_for_service varchar not null, fuel_category_id int not null, received_or_transferred rt_enum not null, quantity bigint not null,
  group_uuid varchar(36) not null, version int not null default 0, action_type action_enum not null default 'CREATE', create_user varchar(50), unique(group_uuid,version));
create table fuel_supply(fuel_supply_id serial primary key, compliance_report_id int not null references compliance_report, fuel_type_id int not null references fuel_type, fuel_category_id int not null, provision varchar(100) not null, quantity bigint not null, units varchar(20) not null, compliance_units numeric(13,5),
  group_uuid varchar(36) not null, version int not null default 0, action_type action_enum not null default 'CREATE', create_user varchar(50), unique(group_uuid,version));
create table allocation_agreement(allocation_agreement_id serial primary key, compliance_report_id int not null references compliance_report, transaction_partner varchar not null, postal_address varchar not null, responsibility varchar(20) not null, fuel_type_id int not null references fuel_type, quantity bigint not null, quantity_not_sold bigint,
  group_uuid varchar(36) not null, version int not null default 0, action_type action_enum not null default 'CREATE', create_user varchar(50), unique(group_uuid,version));
insert into organization(organization_id,name) select 100+g,'Org '||g||' Fuels' from generate_series(1,11) g; select setval('organization_organization_id_seq',200);
insert into compliance_period values(5,'2014'),(6,'2015'),(7,'2016'),(8,'2017'),(9,'2018'),(10,'2019'),(11,'2020'),(12,'2021'),(13,'2022'),(14,'2023'),(15,'2024');
insert into fuel_type values(1,'Biodiesel'),(2,'CNG'),(3,'Electricity'),(4,'Ethanol'),(5,'HDRD'),(6,'Hydrogen'),(7,'LNG'),(19,'Other'),(22,'Petroleum-based diesel');
-- LIVE rows the migration does not own
insert into compliance_report(organization_id,compliance_period_id,current_status,compliance_report_group_uuid,version,create_date,create_user) select 101+g%11,15,'Submitted',md5('native'||g)::uuid::text,0,timestamptz '2025-01-01+00'+(g||' hours')::interval,case when g%4=0 then null else 'bceid'||g end from generate_series(1,30) g;
insert into compliance_report_history(compliance_report_id,status,create_date) select compliance_report_id,s,create_date from compliance_report, (values('Submitted'),('Recommended_by_analyst')) x(s);
insert into notional_transfer(compliance_report_id,legal_name,address_for_service,fuel_category_id,received_or_transferred,quantity,group_uuid,create_user) select compliance_report_id,'Native','x',1,'Received',100,md5('nt'||compliance_report_id)::uuid::text,'bceid' from compliance_report;
-- left over from an earlier partial load: ten roots already present, with the OTHER group-uuid recipe
insert into compliance_report(organization_id,compliance_period_id,current_status,compliance_report_group_uuid,version,legacy_id,create_date,create_user)
 select 101+(c-1)%11,5+c%10,'Assessed',md5('nifi'||id)::uuid::text,0,id,timestamptz '2014-02-01+00'+((c*40)||' days')::interval,'nifi' from (
  select c, v, 1000+3*(row_number() over (order by c,v))::int id   -- as the old ids were given out: see source.sql
  from (select c, case when c%5=0 then 5 when c%3=0 then 3 when c%2=0 then 2 else 1 end len from generate_series(1,100) c) x, generate_series(0,x.len-1) v
 ) gen_rep where v=0 and c in(5,6,9,10,12,15,18,20,21,25);
