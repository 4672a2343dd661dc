// Columns that point at a table without a foreign key: found, decided, and taken along.
import { expect, test } from 'vitest'
import { migration, rekey } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { type Place, within } from './within.ts'

const setup = `
  create table users (user_id serial primary key, name text not null);
  create table reports (report_id serial primary key, title text);
  insert into users (name) select 'u' || i from generate_series(1, 1000) i;
  delete from users where user_id % 10 = 3;
  insert into reports (title) select 't' || i from generate_series(1, 50) i;
  create table audit (id bigserial primary key, user_id int, report_id int, record_id bigint not null, version int, user_ref text, created_by numeric, approver int, batch_id int);
  create index audit_by on audit (user_id, version) where version > 1;
  insert into audit (user_id, report_id, record_id, version, user_ref, created_by, approver, batch_id)
    select case when i % 50 = 0 then 5000 + i when i % 7 <> 0 then u end, 1 + i % 50, 1 + i % 2, 1 + i % 3, case i % 2 when 0 then u::text else '' end, u, case when i % 40 = 0 then u end, i * 977
    from (select i, case when x % 10 = 3 then x + 1 else x end as u from (select i, 1 + (i * 7919) % 990 as x from generate_series(1, 400) i) y) z`

const undecided = async (p: Place, options: Parameters<typeof rekey>[1] = {}): Promise<readonly string[]> => {
  const said = await p.run(migration('users', rekey('users', options)), { to: 'assess' }).then(
    () => '',
    (problem: Error) => problem.message,
  )
  return said
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
}

test('found by name and by what stands in them, and only those', async () => {
  await within(setup, async (p) => {
    expect(await undecided(p)).toEqual([
      `audit.approver: all 10 values are keys of users (10 different), which may be chance: 90 % of all numbers from 591 to 951 is one: say also: ['audit.approver'], or not: ['audit.approver']`,
      `audit.created_by: all 400 values are keys of users (360 different), by chance that would be one case in more than a million: make it a column of whole numbers, or say not: ['audit.created_by']`,
      `audit.record_id: all 400 values are keys of users (2 different), which may be chance: every number from 1 to 2 is one: say also: ['audit.record_id'], or not: ['audit.record_id']`,
      `audit.user_id: 336 of 344 values are keys of users (316 different), by chance that would be one case in more than a million: say also: ['audit.user_id'], or not: ['audit.user_id']`,
      `audit.user_ref: 200 of 400 values are keys of users (200 different), by chance that would be one case in more than a million: take it along by references([inText('audit.user_ref', …)]), and say not: ['audit.user_ref'] here`,
    ])
    const not = ['audit.approver', 'audit.created_by', 'audit.record_id', 'audit.user_ref']
    expect(await undecided(p, { not })).toEqual([expect.stringMatching(/^audit.user_id: /)])
    await p.run(users({ not: [...not, 'audit.user_id'] }), { to: 'assess' })
    expect(await undecided(p, { not, also: [{ column: 'audit.user_id', dangling: 'null' }] })).toEqual([])
  })
})

const not = ['audit.created_by', 'audit.record_id', 'audit.user_ref']
const users = (options: Parameters<typeof rekey>[1]) => migration('users', rekey('users', options))
const along = { not, also: [{ column: 'audit.user_id', keep: 'legacy_user_id' }, 'audit.approver'] } as const
const refused = { code: 'GW_ONLINE_REFUSED' }

test.each(['online', 'offline'] as const)('taken along as if there were a foreign key (%s), and back', { timeout: 60_000 }, async (way) => {
  await within(setup, async (p) => {
    const before = await dumpOf(p.url)
    await p.run(users({ ...along, way }))
    expect(
      await p.sql(
        `select count(*), count(a.user_id), count(legacy_user_id), count(u.name), count(a.approver), count(b.name),
          count(*) filter (where u._retired_user_id is distinct from case when legacy_user_id < 5000 then legacy_user_id end), count(*) filter (where b._retired_user_id is distinct from a._retired_approver)
          from audit a left join users u using (user_id) left join users b on b.user_id = a.approver`,
      ),
    ).toEqual([['400', '336', '344', '336', '10', '10', '0', '0']])
    expect(await p.sql(`select indexdef from pg_indexes where indexname = 'audit_by'`)).toEqual([
      ['CREATE INDEX audit_by ON public.audit USING btree (user_id, version) WHERE (version > 1)'],
    ])
    const there = await dumpOf(p.url)
    await p.run(users({ ...along, way }))
    expect(await dumpOf(p.url)).toEqual(there)
    // in the soak, by new keys; what pointed nowhere is still known
    await p.sql(
      `insert into users (name) values ('new'); insert into audit (user_id, record_id) select user_id, 7 from users where name = 'new'; update audit set version = 9 where legacy_user_id = 5050`,
    )
    await p.undo(users({ ...along, way }))
    expect(await p.sql(`select count(*) from audit join users using (user_id) where name = 'new'`)).toEqual([['1']])
    expect(await p.sql('select user_id, version from audit where user_id = 5050')).toEqual([['5050', '9']])
    await p.sql(
      `delete from audit where record_id = 7; delete from users where name = 'new'; update audit set version = 3 where user_id = 5050`,
    )
    const rows = (lines: readonly string[]) => lines.filter((l) => !l.startsWith('next value')).toSorted()
    expect(rows(await dumpOf(p.url))).toEqual(rows(before))
  })
})

test('what is no key has to be decided as well', async () => {
  await within(setup, async (p) => {
    const go = (options: Parameters<typeof rekey>[1]) => p.run(users({ ...options, not: [...not, 'audit.approver', 'audit.user_id'] }))
    await expect(go({ also: ['audit.user_id'] })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('audit.user_id has 8 values that no row of users has as its key, 5050, 5100, 5150 among them'),
    })
    await expect(go({ also: ['audit.created_by'] })).rejects.toThrow(/audit\.created_by is numeric: only whole numbers go along/)
    await expect(go({ also: ['audit.nobody'] })).rejects.toThrow(/audit\.nobody is not there/)
    await p.sql(
      'alter table audit alter user_id set default 1; delete from audit where user_id is null or user_id > 5000; alter table audit alter user_id set not null',
    )
    await p.sql('update audit set user_id = 7000 where id = 1')
    await expect(go({ also: [{ column: 'audit.user_id', dangling: 'null' }] })).rejects.toThrow(/7000 among them: it must have a value/)
    await p.sql('delete from audit where id = 1')
    await expect(go({ also: [{ column: 'audit.user_id', dangling: 'null' }] })).rejects.toThrow(/audit\.user_id has a default of its own/)
  })
})
