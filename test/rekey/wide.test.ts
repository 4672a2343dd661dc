// Eight tables, one after the other, in a schema where everything points at everything: 33 foreign keys, a circle, keys made of keys.
import path from 'node:path'
import { expect, test } from 'vitest'
import { connect, plan, run, undo } from '../../src/api.ts'
import { ddl, type Migration, migration, rekey } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { freshDatabase, query } from '../support/postgres.ts'

/** A body that is right with either key, which is what whoever says `looked` stands for. */
const touch = (record: string) =>
  `create or replace function t.touch() returns trigger language plpgsql as $$ begin insert into t.audit_logs(table_name,record_id,user_id,created_at) values('users',${record},new.user_id,'2026-01-01'); return new; end $$`

const first = migration('ready', {
  expand: [
    ddl('a trigger for either key', {
      forward: touch(`case when to_jsonb(new) ->> 'user_id' ~ '^\\d+$' then (to_jsonb(new) ->> 'user_id')::int end`),
      back: touch('new.user_id'),
    }),
    ddl('no function of numbers', {
      forward: 'drop function t.phase_owner(int)',
      back: 'create function t.phase_owner(p int) returns int language sql stable as $$ select r.owner_id from t.workflow_phases w join t.reports r using(report_id) where w.phase_id=p $$',
    }),
    ddl('no index over an expression', {
      forward: 'drop index t.ix_rep_expr',
      back: 'create index ix_rep_expr on t.reports((owner_id*10))',
    }),
  ],
})

const tables = ['users', 'lobs', 'reports', 'test_cycles', 'workflow_phases', 'planning_attributes', 'test_cases', 'audit_logs']
const all = tables.map((name) =>
  migration(
    `uuid-${name}`,
    rekey(`t.${name}`, { way: 'online', looked: ['t.touch()'], not: ['t.audit_logs.record_id', 't.notifications.user_ref'] }),
  ),
)

const bound = `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 't'::regnamespace and contype in ('p', 'f') and pg_get_constraintdef(oid) !~ '_retired_' order by 1, 2`

test('all of them, each through and back', { timeout: 600_000 }, async () => {
  await using fresh = await freshDatabase({ load: [path.join(import.meta.dirname, '../../examples/uuid/source.sql')] })
  const db = await connect(fresh.url)
  const sql = (text: string) => query(fresh.url, text)
  const go = async (m: Migration) => run(await plan(m, db), db)
  try {
    const [before, keys] = [await dumpOf(fresh.url), await sql(bound)]
    expect(keys.filter(([, , text]) => text!.startsWith('FOREIGN KEY'))).toHaveLength(33)
    await expect(go(all[0]!)).rejects.toThrow(/t\.phase_owner\(integer\) names/)
    await undo(await plan(all[0]!, db, { recorded: true }), db)
    await go(first)
    for (const m of all) await go(m)
    expect(await sql(bound)).toEqual(keys)
    expect(await sql(`select count(*) from t.audit_logs where table_name = 'users'`)).toEqual([['1000']])
    expect(
      (
        await sql(`select format('%s.%s', c.relname, a.attname) from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_constraint k on k.conrelid = c.oid and a.attnum = any (k.conkey)
        where c.relnamespace = 't'::regnamespace and k.contype = 'f' and a.atttypid <> 'uuid'::regtype`)
      ).flat(),
    ).toEqual([])
    await sql(`update t.users set lob_id = (select lob_id from t.lobs where lob_name = 'LOB 3') where email = 'u50@x.test'`)
    expect(await sql(`select count(*) from t.audit_logs where table_name = 'users'`)).toEqual([['1001']])
    await sql(`delete from t.audit_logs where created_at = '2026-01-01'`)
    await sql(
      `update t.users u set lob_id = l.lob_id from t.lobs l where u.email = 'u50@x.test' and l._retired_lob_id = 1 + public.h(50, 'l') % 20`,
    )
    await sql(`delete from t.audit_logs where created_at = '2026-01-01'`)
    for (const m of [...all.toReversed(), first]) await undo(await plan(m, db, { recorded: true }), db)
    // numbers that were drawn stay drawn
    const rows = (lines: readonly string[]) => lines.filter((l) => !l.startsWith('next value'))
    expect(rows(await dumpOf(fresh.url))).toEqual(rows(before))
  } finally {
    await db.close()
  }
})
