// Small graphs, each with one thing that makes other keys hard.
const person = `
  create table person (id serial primary key, name text not null, boss int references person (id) on delete set null);
  comment on column person.id is 'who it is';
  insert into person (name, boss) select 'p' || i, case when i % 7 = 0 then i when i > 3 then 1 + i % 3 when i = 1 then 3 end from generate_series(1, 400) i`

export const graphs: Readonly<Record<string, string>> = {
  'itself, forwards and in circles': person,
  'two tables that point at each other': `
    create table place (id serial primary key, name text not null, head int);
    create table person (id bigserial primary key, name text not null, place int not null references place (id));
    alter table place add constraint place_head foreign key (head) references person (id) deferrable initially deferred;
    insert into place (name) select 'l' || i from generate_series(1, 20) i;
    insert into person (name, place) select 'p' || i, 1 + i % 20 from generate_series(1, 300) i;
    update place set head = id * 2`,
  'two foreign keys on one column, by different rules': `${person};
    create table note (id uuid primary key default gen_random_uuid(), about int not null constraint note_two references person (id) on delete cascade on update cascade, body text);
    alter table note add constraint note_one foreign key (about) references person (id);
    create index note_about on note (about) where body is not null;
    comment on column note.about is 'whom it is about';
    insert into note (id, about, body) select md5(i::text)::uuid, 1 + i % 400, 'b' || i from generate_series(1, 900) i`,
  'keys of several columns, down three tables': `${person};
    create table team (id serial primary key, name text);
    create table part (team int not null references team (id), person int not null references person (id) on delete cascade, since date, primary key (team, person));
    create table role (team int not null, person int not null, role text not null, primary key (team, person, role), constraint role_part foreign key (team, person) references part (team, person) on delete cascade);
    create table seen (person int, at int);
    alter table seen add constraint seen_person foreign key (person) references person (id) not valid;
    alter table part add constraint part_once unique (person, since) deferrable;
    alter table part add constraint part_sane check (person is not null or since is null);
    insert into team (name) select 't' || i from generate_series(1, 10) i;
    insert into part select t, p, date '2026-01-01' + t from generate_series(1, 10) t, generate_series(1, 400) p where (t + p) % 5 = 0;
    insert into role select team, person, 'r' from part;
    insert into seen select 1 + i % 100, i from generate_series(1, 100) i, generate_series(1, 2)`,
  'numbers of an identity, views and a trigger of a column': `
    create table person (id int generated always as identity primary key, name text not null);
    create table job (id serial primary key, person int references person (id) on delete set null, title text);
    create table log (what text, at timestamptz);
    create function logged() returns trigger language plpgsql as $$ begin insert into log values ('changed', '2026-01-01'); return new; end $$;
    create trigger job_person after update of person on job for each row execute function logged();
    comment on trigger job_person on job is 'who is told';
    create view held as select p.id, p.name, j.title from person p join job j on j.person = p.id;
    create view held_much as select id, count(*) as n from held group by id;
    comment on view held is 'who has what';
    grant select on held to public;
    grant update (title) on held to public;
    insert into person (name) select 'p' || i from generate_series(1, 200) i;
    insert into job (person, title) select 1 + i % 200, 'j' || i from generate_series(1, 500) i`,
}

interface Other {
  readonly setup: string
  readonly to: readonly ('uuid' | 'bigint')[]
  readonly keep?: string
}

const pointing = (type: string) => `
  create table part (thing ${type} references thing (id) on delete cascade on update cascade, n int not null);
  create index part_thing on part (thing);
  insert into part select id, i from thing, generate_series(1, 3) i`

/** Keys that are no numbers of a sequence. */
export const others: Readonly<Record<string, Other>> = {
  'UUIDs that the database draws': {
    setup: `create table thing (id uuid primary key default gen_random_uuid(), name text, boss uuid references thing (id));
      insert into thing (id, name) select md5(i::text)::uuid, 't' || i from generate_series(1, 100) i;
      update thing set boss = md5('7')::uuid where name > 't5'; ${pointing('uuid')}`,
    to: ['bigint'],
  },
  'words that an application gives': {
    setup: `create table thing (id varchar(20) primary key, name text); insert into thing select 'w' || i, 't' || i from generate_series(1, 100) i; ${pointing('text')}`,
    to: ['bigint', 'uuid'],
    keep: 'code',
  },
  'numbers that an application gives': {
    setup: `create table thing (id int primary key, name text); insert into thing select i * 3, 't' || i from generate_series(1, 100) i; ${pointing('int')}`,
    to: ['bigint', 'uuid'],
    keep: 'code',
  },
  "numbers of a sequence that is nobody's": {
    setup: `create sequence all_numbers; create table thing (id int primary key default nextval('all_numbers'), name text); insert into thing (name) select 't' || i from generate_series(1, 100) i; ${pointing('int')}`,
    to: ['bigint', 'uuid'],
  },
}

/** A key of two columns, and who points at it: with a key of its own, with one that is made of it, with none, and the table itself. */
export const enrolled = `
  create table enrolment (student int, course int, since date, after_course int, after_student int, primary key (student, course));
  alter table enrolment add constraint enrolment_after foreign key (after_student, after_course) references enrolment (student, course);
  insert into enrolment select 1 + (i - 1) / 10, 1 + (i - 1) % 10, date '2026-01-01' + i from generate_series(1, 100) i;
  update enrolment set after_student = student, after_course = course - 1 where course > 1;
  create table mark (id serial primary key, student int not null, course int not null, mark int,
    constraint mark_enrolment foreign key (student, course) references enrolment (student, course) on update cascade on delete cascade);
  comment on constraint mark_enrolment on mark is 'whose mark it is';
  create index mark_of on mark (course, student);
  insert into mark (student, course, mark) select student, course, 10 + i from enrolment, generate_series(1, 4) i;
  create table note (student int, course int, body text, constraint note_enrolment foreign key (student, course) references enrolment on delete set null);
  insert into note select student, course, 'b' from enrolment; insert into note values (null, null, 'none'), (1, null, 'half');
  create table attendance (student int, course int, day date, primary key (student, course, day), constraint attendance_enrolment foreign key (student, course) references enrolment on delete cascade);
  insert into attendance select student, course, date '2026-02-01' + i from enrolment, generate_series(1, 3) i`

/** Columns that have room for more already, and one that points at two tables. */
export const mixed = `create table person (id serial primary key, name text not null); insert into person (name) select 'p' || i from generate_series(1, 50) i;
    create table crew (id int primary key); insert into crew select id from person;
    create table wide (id bigint primary key references person (id), note text); insert into wide select id, 'n' from person where id % 2 = 0;
    create table deep (wide int references wide (id)); insert into deep select id from wide;
    create table member (id int primary key references person (id) references crew (id)); insert into member select id from person where id % 3 = 0`
