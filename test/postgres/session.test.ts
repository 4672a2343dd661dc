import { describe, expect, test } from 'vitest'
import type { Session } from '../../src/databases/database.ts'
import { pinned, settingsHash } from '../../src/databases/postgres/settings.ts'
import { allOf, opened, refusal } from './open.ts'

const values: [type: string, text: string][] = [
  ['int8', '9223372036854775807'],
  ['int8', '-9223372036854775808'],
  ['int2', '-32768'],
  ['numeric', '1.10'],
  ['numeric', '0.00'],
  ['numeric', 'NaN'],
  ['numeric', '-Infinity'],
  ['numeric', '123456789012345678901234567890.123456789012345678901234567890'],
  ['numeric(30,10)', '0.1000000000'],
  ['float8', '0.1'],
  ['float8', '0.30000000000000004'],
  ['float8', '5e-324'],
  ['float8', '-0'],
  ['float8', 'NaN'],
  ['float8', 'Infinity'],
  ['float4', '3.4028235e+38'],
  ['float4', '1.6777216e+07'],
  ['timestamptz', '2024-02-29 23:59:59.999999+00'],
  ['timestamptz', '0044-03-15 12:00:00+00 BC'],
  ['timestamptz', 'infinity'],
  ['timestamptz', '294276-12-31 23:59:59.999999+00'],
  ['timestamp', '2024-03-10 02:30:00.000001'],
  ['timestamp', '-infinity'],
  ['date', '4713-01-01 BC'],
  ['date', '5874897-12-31'],
  ['date', 'infinity'],
  ['time', '24:00:00'],
  ['timetz', '12:00:00.123456+05:30'],
  ['interval', '1 year 2 mons -3 days +04:05:06.000007'],
  ['interval', '-00:00:00.000001'],
  ['jsonb', '{"a": 9007199254740993, "b": 1.10, "c": 1e-10}'.replace('1e-10', '0.0000000001')],
  ['json', '{"a":1e2, "a":2 ,"b":9007199254740993}'],
  ['bytea', '\\x00ff5c0a'],
  ['bytea', '\\x'],
  ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['bool', 't'],
  ['bool', 'f'],
  ['money', '$1,234.56'],
  ['text', ''],
  ['text', 'NULL'],
  ['text', '\\N'],
  ['text', '\\.'],
  ['text', 'tab\there\nline\r\n\\back'],
  ['text', '🐦 é e\u0301 ß \u2028 \ufeff \u200b'],
  ['text', '  padded  '],
  ['text', "'; drop table x; --"],
  ['char(5)', 'ab   '],
  ['varchar(3)', 'ab '],
  ['int4[]', '{1,NULL,3}'],
  ['int4[]', '[0:1]={1,2}'],
  ['text[]', '{"",NULL,"NULL","a,b","\\"q\\""}'],
  ['int4range', '[1,5)'],
  ['inet', '10.0.0.0/8'],
  ['bit(3)', '101'],
  ['point', '(1,2.5)'],
  ['xml', '<a b="1"/>'],
]

describe('values', () => {
  test('come back as they went, bound and by COPY', async () => {
    await using on = await opened()
    await on.db.session(async (session) => {
      for (const [type, text] of values) {
        expect((await session.query(`select $1::${type} as v`, [text])).rows, type).toEqual([{ v: text }])
        expect(await throughCopy(session, type, text), type).toBe(escaped(text))
      }
    })
  })

  test('NULL is null, also beside an empty text', async () => {
    await using on = await opened()
    const { rows } = await on.db.session((s) =>
      s.query(`select null::text as a, ''::text as b, $1::int as c, $2::bool as d, $3::int8 as e`, [null, true, 2 ** 40]),
    )
    expect(rows).toEqual([{ a: null, b: '', c: null, d: 't', e: '1099511627776' }])
  })

  test('half a surrogate pair is refused and not replaced', async () => {
    await using on = await opened('create table t (a text)')
    await on.db.session(async (session) => {
      expect((await refusal(session.query('select $1::text', ['a\ud800b']))).sqlstate).toBe('22021')
      expect((await refusal(session.query(`select '\udc00'`))).sqlstate).toBe('22021')
      expect((await refusal(session.copyIn('copy public.t from stdin', ['ok\n', 'a\ud800b\n']))).sqlstate).toBe('22021')
      expect((await session.query('select count(*) from public.t')).rows).toEqual([{ count: '0' }])
    })
  })

  test('a column called __proto__ is a column', async () => {
    await using on = await opened()
    const { rows } = await on.db.session((s) => s.query(`select 'x' as "__proto__", 'y' as "constructor"`))
    expect(Object.entries(rows[0]!)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
  })
})

async function throughCopy(session: Session, type: string, text: string): Promise<string> {
  await session.query(`create temp table v (v ${type})`)
  await session.copyIn('copy pg_temp.v from stdin', [escaped(text)])
  const out = (await allOf(session.copyOut('copy pg_temp.v to stdout'))).join('')
  await session.query('drop table pg_temp.v')
  return out.replace(/\n$/, '')
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')

describe('settings', () => {
  const hostile = {
    timezone: 'Asia/Tokyo',
    datestyle: 'SQL, DMY',
    intervalstyle: 'iso_8601',
    extra_float_digits: '-5',
    bytea_output: 'escape',
    search_path: 'public',
    row_security: 'on',
    standard_conforming_strings: 'off',
    quote_all_identifiers: 'on',
    statement_timeout: '300ms',
    idle_in_transaction_session_timeout: '300ms',
    client_encoding: 'latin1',
    xmlbinary: 'hex',
    transform_null_equals: 'on',
    lock_timeout: '10ms',
    idle_session_timeout: '300ms',
  }
  const unpinned = Object.entries(hostile)
    .map(([name, value]) => `execute format('alter database %I set ${name} = %L', current_database(), '${value}');`)
    .join('\n')

  test('are ours, whatever the database has set', async () => {
    await using on = await opened(`do $$ begin ${unpinned} end $$`)
    await on.db.session(async (session) => {
      for (const [name, value] of Object.entries(pinned)) {
        expect((await session.query('select current_setting($1) as v', [name])).rows[0]!.v, name).toBe(value)
      }
      await new Promise((r) => setTimeout(r, 500))
      expect((await session.query('select pg_sleep(0.5), now()::date::text as d')).rows[0]!.d).toMatch(/^\d{4}-\d\d-\d\d$/)
    })
  })

  test('are ours again in a session that somebody else has had, and nothing of theirs is left', async () => {
    await using on = await opened(
      `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Tokyo'); end $$`,
    )
    const before = await on.db.session(async (session) => {
      await session.query(`set TimeZone = 'Asia/Kolkata'`)
      await session.query('create temp table left_behind (a int)')
      await session.query('select pg_advisory_lock(1)')
      return session.pid
    })
    // the lock goes with DISCARD ALL, shortly before the session is free again
    await until(async () =>
      expect(
        await on.sql(
          `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
        ),
      ).toEqual([]),
    )
    await new Promise((r) => setTimeout(r, 200))
    const { rows } = await on.db.session((s) =>
      s.query(`select pg_backend_pid() as pid, current_setting('TimeZone') as zone, to_regclass('pg_temp.left_behind') as left`),
    )
    expect(rows).toEqual([{ pid: String(before), zone: 'UTC', left: null }])
  })

  test('an unqualified name finds no table of the user, and a temporary one stands in for no catalogue', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      expect((await refusal(session.query('select * from t'))).sqlstate).toBe('42P01')
      await session.query('create temp table pg_class (a int)')
      expect((await session.query(`select count(*) > 100 as real from pg_class`)).rows).toEqual([{ real: 't' }])
      expect((await session.query('select * from pg_temp.pg_class')).rows).toEqual([])
    })
  })

  test('limits are set as asked for', async () => {
    await using on = await opened('', { statementTimeout: 200, lockTimeout: 100, applicationName: 'mine' })
    await on.db.session(async (session) => {
      expect((await refusal(session.query('select pg_sleep(5)'))).sqlstate).toBe('57014')
      expect((await session.query(`select current_setting('lock_timeout') as l, current_setting('application_name') as a`)).rows).toEqual([
        { l: '100ms', a: 'mine' },
      ])
    })
  })

  test('have a hash that each of them changes', () => {
    const hashes = Object.keys(pinned).map((name) => settingsHash({ ...pinned, [name]: 'other' }))
    expect(new Set([settingsHash(), ...hashes]).size).toBe(hashes.length + 1)
    expect(settingsHash(Object.fromEntries(Object.entries(pinned).toReversed()))).toBe(settingsHash())
  })

  test('runAs works as that role, and rows that a policy hides are an error', async () => {
    const role = `gw_role_${Math.floor(performance.now())}_${process.pid}`
    await using on =
      await opened(`create role ${role}; create table t (a int); insert into t values (1), (2); grant select on t to ${role}; alter table t enable row level security;
      create policy p on t using (a = 1)`)
    const as = await import('../../src/databases/postgres/postgres.ts').then((m) => m.openPostgres({ url: on.url, runAs: role }))
    try {
      await as.session(async (session) => {
        expect((await session.query('select current_user::text as u')).rows).toEqual([{ u: role }])
        expect((await refusal(session.query('select * from public.t'))).sqlstate).toBe('42501')
      })
      const refused = await refusal(
        import('../../src/databases/postgres/postgres.ts').then((m) => m.openPostgres({ url: on.url, runAs: 'nobody at all' })),
      )
      expect(refused.code).toBe('GW_ROLE_REFUSED')
    } finally {
      await as.close()
      await on.sql(`drop owned by ${role}; drop role ${role}`)
    }
  })
})

describe('statements', () => {
  test('one at a time: a second one in the same text is refused', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      expect((await refusal(session.query('select 1; drop table public.t'))).sqlstate).toBe('42601')
      expect((await session.query('select count(*) from public.t')).rows).toEqual([{ count: '0' }])
    })
  })

  test('an error tells what it is about', async () => {
    await using on = await opened(
      'create table t (a int not null, constraint only_small check (a < 10), constraint one_of_each unique (a)); insert into t values (1)',
    )
    await on.db.session(async (session) => {
      expect(await refusal(session.query('insert into public.t values (1)'))).toMatchObject({
        sqlstate: '23505',
        constraint: 'one_of_each',
        table: 't',
        schema: 'public',
        detail: 'Key (a)=(1) already exists.',
      })
      expect(await refusal(session.query('insert into public.t values (null)'))).toMatchObject({
        sqlstate: '23502',
        column: 'a',
        table: 't',
      })
      expect(await refusal(session.query('insert into public.t values (11)'))).toMatchObject({
        sqlstate: '23514',
        constraint: 'only_small',
      })
    })
  })

  test('counts what it touched', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      expect((await session.query('insert into public.t select generate_series(1, 7)')).count).toBe(7)
      expect((await session.query('update public.t set a = a where a > 3')).count).toBe(4)
      expect(await session.query('delete from public.t where false')).toEqual({ rows: [], count: 0 })
    })
  })

  test('asked for at once, they come in order', async () => {
    await using on = await opened('create table t (n int generated always as identity, a int)')
    await on.db.session(async (session) => {
      await Promise.all([5, 3, 8, 1].map((a) => session.query('insert into public.t (a) values ($1)', [a])))
      expect((await session.query('select a from public.t order by n')).rows.map((r) => r.a)).toEqual(['5', '3', '8', '1'])
    })
  })
})

describe('transactions', () => {
  test('what throws rolls back, what does not commits', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      expect(
        (
          await refusal(
            session.transaction(async (tx) => {
              await tx.query('insert into public.t values (1)')
              throw new Error('mine')
            }),
          )
        ).message,
      ).toBe('mine')
      expect(
        await session.transaction(async (tx) => {
          await tx.query('insert into public.t values (2)')
          return 'done'
        }),
      ).toBe('done')
      expect((await session.query('select a from public.t')).rows).toEqual([{ a: '2' }])
    })
  })

  test('an error that was swallowed inside does not pass for a commit', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      const failed = await refusal(
        session.transaction(async (tx) => {
          await tx.query('insert into public.t values (1)')
          await tx.query('select 1/0').catch(() => {})
        }),
      )
      expect(failed.sqlstate).toBe('25P02')
      expect(failed.outcomeUnknown).toBeUndefined()
      expect((await session.query('select count(*) from public.t')).rows).toEqual([{ count: '0' }])
    })
  })

  test('what only COMMIT refuses is refused as what it is', async () => {
    await using on = await opened('create table p (a int primary key); create table c (a int references p deferrable initially deferred)')
    await on.db.session(async (session) => {
      const failed = await refusal(session.transaction((tx) => tx.query('insert into public.c values (1)')))
      expect(failed).toMatchObject({ sqlstate: '23503' })
      expect(failed.outcomeUnknown).toBeUndefined()
      await session.transaction((tx) => tx.query('insert into public.p values (1)'))
    })
  })

  test('one inside another is a savepoint', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session((session) =>
      session.transaction(async (tx) => {
        await tx.query('insert into public.t values (1)')
        await refusal(
          tx.transaction(async (inner) => {
            await inner.query('insert into public.t values (2)')
            await inner.query('select 1/0')
          }),
        )
        await tx.transaction((inner) => inner.transaction((deeper) => deeper.query('insert into public.t values (3)')))
        await expect(tx.transaction((inner) => inner.query('select 1'), { isolation: 'repeatable read' })).rejects.toThrow('promises less')
      }),
    )
    expect(await on.sql('select a from t order by a')).toEqual([['1'], ['3']])
  })

  test('read-only and repeatable read are what they say', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      expect((await refusal(session.transaction((tx) => tx.query('insert into public.t values (1)'), { readOnly: true }))).sqlstate).toBe(
        '25006',
      )
      const seen = await session.transaction(
        async (tx) => {
          await tx.query('select count(*) from public.t')
          await on.sql('insert into t values (1)')
          return (await tx.query('select count(*) from public.t')).rows[0]!.count
        },
        { isolation: 'repeatable read' },
      )
      expect(seen).toBe('0')
    })
  })
})

async function until(holds: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await holds()
    } catch (problem) {
      if (tries > 40) throw problem
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
