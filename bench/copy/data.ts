// A table of ten mixed columns, some of whose texts have to be escaped, in each engine that rows are copied from.
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Connection } from 'mysql2/promise'
import type pg from 'pg'

export const table = 'thing'

export async function inPostgres(client: pg.Client, rows: number): Promise<void> {
  await client.query(`drop table if exists ${table}`)
  await client.query(
    `create table ${table} (id bigint primary key, a bigint not null, b text not null, c text not null, d text, e text not null, f double precision not null, g timestamp not null, h boolean not null, j jsonb not null)`,
  )
  await client.query(
    `insert into ${table} select i, i::bigint * 7919, 'name ' || i, case when i % 10 = 0 then E'esc\\t\\\\\\n' || i else 'plain value number ' || i end, case when i % 7 <> 0 then 'kind' || i % 13 end,
      'x' || substr('abcdefghijklmnopqrstuvwxyz', 1 + i % 20), i * 1.37, timestamp '2024-01-01 10:00:00.123456' + i * interval '1 second', i % 2 = 0, jsonb_build_object('k', i, 'v', array['a', 'b']) from generate_series(1, $1::int) i`,
    [rows],
  )
  await client.query(`analyze ${table}`)
}

export function inSqlite(file: string, rows: number): void {
  rmSync(file, { force: true })
  const db = new DatabaseSync(file)
  db.exec(`pragma journal_mode = off; pragma synchronous = off;
    create table ${table} (id integer primary key, a integer not null, b text not null, c text not null, d text, e text not null, f real not null, g text not null, h integer not null, j text not null);
    insert into ${table} with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
      select i, i * 7919, 'name ' || i, case when i % 10 = 0 then 'esc' || char(9, 92, 10) || i else 'plain value number ' || i end, case when i % 7 <> 0 then 'kind' || i % 13 end,
        'x' || substr('abcdefghijklmnopqrstuvwxyz', 1 + i % 20), i * 1.37, strftime('%Y-%m-%d %H:%M:%S', 1704103200 + i, 'unixepoch') || '.123456', i % 2, '{"k": ' || i || ', "v": ["a", "b"]}' from n`)
  db.close()
}

export async function inMariadb(connection: Connection, rows: number): Promise<void> {
  for (const sql of [
    `drop table if exists ${table}`,
    `create table ${table} (id bigint primary key, a bigint not null, b varchar(100) not null, c varchar(100) not null, d varchar(20), e varchar(40) not null, f double not null, g datetime(6) not null, h tinyint not null, j text not null)`,
    `insert into ${table} select seq, seq * 7919, concat('name ', seq), if(seq % 10 = 0, concat('esc', char(9, 92, 10 using utf8mb4), seq), concat('plain value number ', seq)), if(seq % 7 <> 0, concat('kind', seq % 13), null),
      concat('x', substr('abcdefghijklmnopqrstuvwxyz', 1 + seq % 20)), seq * 1.37, timestamp('2024-01-01 10:00:00.123456') + interval seq second, seq % 2, concat('{"k": ', seq, ', "v": ["a", "b"]}') from seq_1_to_${rows}`,
  ])
    await connection.query(sql)
}
