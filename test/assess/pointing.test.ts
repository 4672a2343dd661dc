// Columns that point at a table and are declared as no foreign key: with their numbers, where the keys of the table become others, and
// where its rows only go elsewhere.
import { expect, test } from 'vitest'
import { connect, assess as fromPlan, plan, run } from '../../src/api.ts'
import { bigint, byType, int, into, mapping, migration, references, rekey, table, text } from '../../src/index.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { assessed, ofRows, told } from './asking.ts'

const setup = `
  create table users (user_id serial primary key, name text not null);
  insert into users (name) select 'u' || i from generate_series(1, 1000) i;
  delete from users where user_id % 10 = 3;
  create table audit (id bigserial primary key, user_id int, record_id bigint not null, user_ref text, created_by numeric, table_name text);
  insert into audit (user_id, record_id, user_ref, created_by, table_name)
    select case when i % 50 = 0 then 5000 + i when i % 7 <> 0 then u end, 1 + i % 2, case i % 2 when 0 then u::text else '' end, u, 'users'
    from (select i, case when x % 10 = 3 then x + 1 else x end as u from (select i, 1 + (i * 7919) % 990 as x from generate_series(1, 400) i) y) z`

const within = async (more: string, body: (url: string) => Promise<void>) => {
  await using fresh = await freshDatabase()
  await query(fresh.url, `${setup};${more}`)
  await body(fresh.url)
}

const pointing = (a: Awaited<ReturnType<typeof assessed>>) => ofRows(a).filter((f) => f.kind === 'orphans')

const lines = [
  `error orphans: audit.created_by: all 400 values are keys of users (360 different), by chance that would be one case in more than a million; no foreign key tells of it.`,
  `error orphans: audit.record_id: all 400 values are keys of users (2 different), which may be chance: every number from 1 to 2 is one; no foreign key tells of it.`,
  `error orphans: audit.user_id: 336 of 344 values are keys of users (316 different), by chance that would be one case in more than a million; no foreign key tells of it.`,
  `error orphans: audit.user_ref: 200 of 400 values are keys of users (200 different), by chance that would be one case in more than a million; no foreign key tells of it.`,
]

test('a migration that changes keys: each column is told until it is decided, and the numbers are those that the run gives', async () => {
  await within('', async (url) => {
    const open = await assessed(migration('keys', rekey('users')), url)
    expect(told(pointing(open)).toSorted()).toEqual(lines)
    expect(open.verdict.outcome).toBe('not ready')
    expect(open.tables.map((t) => [t.table, t.rows, t.roles])).toEqual([['public.users', 900, ['rekeyed']]])
    expect(pointing(open).find((f) => f.columns[0] === 'user_id')!.fix).toBe(
      `In rekey: say also: ['audit.user_id'], or not: ['audit.user_id'].`,
    )
    for (const f of pointing(open)) expect(await query(url, `select count(*) from (${f.query}) q`)).toEqual([[String(f.found)]])
    const db = await connect(url)
    try {
      const m = migration('keys', rekey('users'))
      const said = await run(await plan(m, db), db, { to: 'assess' }).catch((problem: Error) => problem.message)
      for (const f of pointing(open))
        expect(said).toContain(f.title.replace('; no foreign key tells of it.', `: ${f.fix.slice('In rekey: '.length, -1)}`))
      expect(told(pointing(await fromPlan(await plan(m, db), db))).map((t) => t.slice(0, 30))).toHaveLength(4)
    } finally {
      await db.close()
    }
    const not = ['audit.created_by', 'audit.record_id', 'audit.user_ref']
    const decided = [
      rekey('users', { not, also: [{ column: 'audit.user_id', dangling: 'null' }] }),
      references([byType('audit.record_id', { type: 'table_name', of: { users: 'users' } })]),
    ]
    expect(pointing(await assessed(migration('keys', ...decided), url))).toEqual([])
  })
})

const users = table('users', { user_id: int().key(), name: text() })
const people = table('people', { id: bigint().key(), name: text() })
const moved = migration(
  'moved',
  mapping(users, (r) => into(people, { id: r.user_id, name: r.name })),
)

test('a migration whose rows go elsewhere: what surely points at them is told, and what may be chance is not', async () => {
  await within('create table people (id bigint primary key, name text not null)', async (url) => {
    const a = await assessed(moved, url)
    expect(told(pointing(a)).toSorted()).toEqual([
      lines[0]!.replace('error', 'note'),
      lines[2]!.replace('error', 'warning'),
      lines[3]!.replace('error', 'warning'),
    ])
    expect(a.verdict.outcome).toBe('ready with warnings')
  })
})

test('what may not be read is not looked at, by name; the rest is', async () => {
  await within(
    `create role godwit_pointing_reader login; grant usage on schema public to godwit_pointing_reader; grant select on users to godwit_pointing_reader`,
    async (url) => {
      try {
        const reading = new URL(url)
        reading.username = 'godwit_pointing_reader'
        const a = await assessed(migration('keys', rekey('users')), reading.href)
        expect(pointing(a)).toEqual([])
        expect(a.notLookedAt.map((u) => `${u.what}: ${u.why}`)).toContain(
          'whether public.audit.user_id points at public.users: permission denied for table audit',
        )
      } finally {
        await query(url, 'drop owned by godwit_pointing_reader; drop role godwit_pointing_reader')
      }
    },
  )
})
