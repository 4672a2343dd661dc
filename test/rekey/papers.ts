// Tables whose keys stand in pairs of columns, documents, words and arrays: some without a key, some with rows that stand there twice.
import { byType, inArray, inJson, inText, migration, references, rekey } from '../../src/index.ts'

export const setup = `
  create table person (id serial primary key, name text not null);
  create table team (id serial primary key, name text not null);
  insert into person (name) select 'p' || i from generate_series(1, 60) i;
  insert into person (id, name) values (-1, 'nobody');
  insert into team (name) select 't' || i from generate_series(1, 9) i;
  create table paper (k int, t text, body jsonb not null default '{"owner": null}', raw json, twice text);
  create index paper_owner on paper ((body ->> 'owner'));
  alter table paper add constraint paper_is check (jsonb_typeof(body) <> 'number');
  comment on column paper.body is 'the paper';
  create view owners as select k, body ->> 'owner' as owner from paper;
  insert into paper (k, body, raw, twice) values
    (1, '{"owner": 7, "rest": [1, 2, {"a": null}], "readers": [1, "2", 999, null, "x", {"id": 3}, [4]]}', '{"b" : 1,  "who": {"x": 5, "y": "6"}}', '{"in":  "{\\"team\\": 4, \\"n\\": 12}"}'),
    (1, '{"owner": 7, "rest": [1, 2, {"a": null}], "readers": [1, "2", 999, null, "x", {"id": 3}, [4]]}', '{"b" : 1,  "who": {"x": 5, "y": "6"}}', '{"in":  "{\\"team\\": 4, \\"n\\": 12}"}'),
    (2, '{"owner": "8", "readers": []}', '{"b" : 2}', '{"in": "no document", "team": 4}'),
    (3, '{"owner": "007", "readers": {"id": 3}, "k": 5}', null, 'no document'),
    (4, '[]', '{"who": {"x": 100000000000000000000, "y": 1.5}}', null),
    (5, '{"owner": -1, "readers": [{"id": "60"}, {"id": 61}]}', '{"who": [1]}', '{"in": "{\\"team\\": \\"9\\"}"}');
  create table line (words varchar(180) not null, tags int[], names text[]);
  insert into line values
    ('user:7', '{1,2,3}', '{1,x,999}'), ('user:7', '{1,2,3}', '{1,x,999}'), ('see user:8, user:9 and user:61; 10', '{}', null), ('8', null, '{}'), ('', '{60,null}', '{"2",null}'), ('user:08', null, null);
  create table log (id serial primary key, kind text, about int, note text);
  create index log_about on log (kind, about);
  insert into log (kind, about) select (array['person', 'team', 'cat'])[1 + i % 3], case when i % 10 <> 0 then 1 + i % 8 end from generate_series(1, 60) i;
  insert into log (kind, about) values ('person', 888), ('team', 10), (null, 3)`

export const soft = [
  inJson('paper.body', { '$.owner': 'person', '$.readers[*]': 'person', '$.readers[*].id': 'person' }),
  inJson('paper.raw', { '$.who.*': 'person' }),
  inJson('paper.twice', { '$.in.json().team': 'team' }),
  inText('line.words', { '\\muser:(\\d+)': 'person', '^(\\d+)$': 'team' }),
  inArray('line.tags', 'person'),
  inArray('line.names', 'person'),
  byType('log.about', { type: 'kind', of: { person: 'person', team: 'team' }, keep: 'legacy_about' }),
]
export const all = (refs = soft) => migration('all', rekey('person'), rekey('team'), references(refs))
