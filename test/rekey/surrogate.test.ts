// A key of one column for a table whose key has several: what stands there afterwards, while old and new columns are written, and back again.
import { expect, test } from 'vitest'
import { migration, type SurrogateOptions, surrogate } from '../../src/index.ts'
import { dumpOf } from '../crash/state.ts'
import { enrolled } from './graphs.ts'
import { within } from './within.ts'

const keyed = (options: SurrogateOptions = {}) => migration('keyed', surrogate('enrolment', options))
const ways = ['online', 'offline'] as const

const keys = `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and contype in ('p', 'u', 'f') order by 1, 2`

test.each(ways)('the primary key, and foreign keys by their names, over one column; the old key is a unique one, %s', async (way) => {
  await within(enrolled, async (p) => {
    await p.run(keyed({ way }))
    expect(await p.sql(`${keys.replace('order by', `and conname !~ '^godwit' order by`)}`)).toEqual([
      ['attendance', 'attendance_enrolment', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id) ON DELETE CASCADE'],
      ['attendance', 'attendance_pkey', 'PRIMARY KEY (student, course, day)'],
      ['enrolment', 'enrolment_after', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id)'],
      ['enrolment', 'enrolment_pkey', 'PRIMARY KEY (id)'],
      ['enrolment', 'enrolment_student_course_key', 'UNIQUE (student, course)'],
      ['mark', 'mark_enrolment', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id) ON DELETE CASCADE'],
      ['mark', 'mark_pkey', 'PRIMARY KEY (id)'],
      ['note', 'note_enrolment', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id) ON DELETE SET NULL'],
    ])
    expect(
      await p.sql(`select conname, obj_description(oid, 'pg_constraint') from pg_constraint where conname = 'mark_enrolment'`),
    ).toEqual([['mark_enrolment', 'whose mark it is']])
    expect(
      await p.sql(
        `select (select count(*) from enrolment where id <> godwit.uuid_of('public.enrolment', student::text, course::text)), (select count(*) from mark m join enrolment e on e.id = m.enrolment_id and (e.student, e.course) = (m.student, m.course)),
          (select count(*) from note where enrolment_id is null and course is not null or enrolment_id is not null and course is null), (select count(*) from enrolment e join enrolment f on f.id = e.enrolment_id and f.student = e.after_student and f.course = e.after_course)`,
      ),
    ).toEqual([['0', '400', '0', '90']])
    expect(
      await p.sql(
        `select indexrelid::regclass::text, indisunique::text from pg_index where indrelid in ('mark'::regclass, 'note'::regclass, 'attendance'::regclass) and indexrelid::regclass::text ~ 'enrolment_id' order by 1`,
      ),
    ).toEqual([
      ['attendance_enrolment_id_idx', 'false'],
      ['mark_enrolment_id_idx', 'false'],
    ])
  })
})

test.each(ways.flatMap((way) => (['uuid', 'bigint'] as const).map((to) => [way, to] as const)))(
  'whoever writes old columns or the new one has written both, and rows that came since go back, %s, %s',
  async (way, to) => {
    await within(enrolled, async (p) => {
      await p.run(keyed({ way, to }))
      const both = `select count(*) from mark m join enrolment e on e.id = m.enrolment_id where (e.student, e.course) is distinct from (m.student, m.course)`
      await p.sql(`insert into enrolment (student, course) values (500, 1);
        insert into mark (student, course, mark) values (500, 1, 1);
        insert into mark (enrolment_id, mark) select id, 2 from enrolment where student = 500;
        insert into note (enrolment_id, body) select id, 'n' from enrolment where student = 500`)
      expect(await p.sql(`select student, course, count(*) from mark where student = 500 group by 1, 2`)).toEqual([['500', '1', '2']])
      expect(await p.sql(both)).toEqual([['0']])
      // moved by either, let go, and a row that is called otherwise
      await p.sql(`update mark set enrolment_id = (select id from enrolment where student = 1 and course = 1) where student = 500 and mark = 2;
        update mark set student = 2, course = 1 where student = 500 and mark = 1`)
      expect(await p.sql(`select student, course from mark where mark in (1, 2) and id > 400 order by mark`)).toEqual([
        ['2', '1'],
        ['1', '1'],
      ])
      expect(await p.sql(both)).toEqual([['0']])
      const [[kept]] = (await p.sql(`select id from enrolment where student = 3 and course = 10`)) as [[string]]
      await p.sql(
        `delete from attendance where student = 3; delete from note where student = 3; update enrolment set student = 700 where student = 3 and course = 10`,
      )
      expect(await p.sql(`select id from enrolment where student = 700`)).toEqual([[kept]])
      expect(await p.sql(both)).toEqual([['0']])
      await p.sql(`delete from enrolment where student = 500`)
      expect(await p.sql(`select student, course, enrolment_id from note where body = 'n'`)).toEqual([[null, null, null]])
      await expect(p.sql(`insert into enrolment (student, course) values (1, 1)`)).rejects.toThrow(/enrolment_student_course_key/)
      await expect(p.sql(`insert into mark (student, course, mark) values (999, 1, 1)`)).rejects.toThrow(/mark_enrolment/)
      const there = await p.sql('select student, course, mark from mark order by id')
      const ids = await p.sql('select student, course, id from enrolment where student < 100 order by 1, 2')
      await p.undo(keyed({ way, to }))
      expect(await p.sql('select student, course, mark from mark order by id')).toEqual(there)
      expect(await p.sql(`${keys.replace('order by', `and conrelid = 'mark'::regclass order by`)}`)).toEqual([
        [
          'mark',
          'mark_enrolment',
          'FOREIGN KEY (student, course) REFERENCES enrolment(student, course) ON UPDATE CASCADE ON DELETE CASCADE',
        ],
        ['mark', 'mark_pkey', 'PRIMARY KEY (id)'],
      ])
      // once more: the same keys
      await p.run(keyed({ way, to }))
      if (to === 'bigint') expect(await p.sql('select student, course, id from enrolment where student < 100 order by 1, 2')).toEqual(ids)
    })
  },
)

test.each(ways)('purged: old columns are gone where nothing else needs them, and stay where something does, %s', async (way) => {
  const m = keyed({ way })
  await within(`${enrolled}; create view seen as select student, body from note`, async (p) => {
    const says = (await p.plan(m)).steps.flatMap((s) => (s.kind === 'surrogate' ? [...s.doing!.says] : []))
    expect(says.filter((l) => / for good|is dropped by/.test(l)).toSorted()).toEqual([
      'attendance (student, course): beside enrolment_id for good, because of constraint attendance_pkey on table attendance; foreign key attendance_enrolment holds for enrolment_id, and one more for them',
      'enrolment (after_student, after_course): gives way to enrolment_id, and is dropped by godwit purge',
      'mark (student, course): gives way to enrolment_id, and is dropped by godwit purge',
      'note (student, course): beside enrolment_id for good, because of rule _RETURN on view seen; foreign key note_enrolment holds for enrolment_id, and one more for them',
    ])
    await p.run(m)
    await p.purge(m, { clock: { now: () => Date.now() + 8 * 86_400_000, sleep: () => Promise.resolve() }, withoutCopy: 'a test' })
    expect(await p.sql(`${keys.replace('order by', `and contype = 'f' order by`)}`)).toEqual([
      ['attendance', 'attendance_enrolment', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id) ON DELETE CASCADE'],
      [
        'attendance',
        'attendance_enrolment_natural',
        'FOREIGN KEY (student, course) REFERENCES enrolment(student, course) ON DELETE CASCADE',
      ],
      ['enrolment', 'enrolment_after', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id)'],
      ['mark', 'mark_enrolment', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id) ON DELETE CASCADE'],
      ['note', 'note_enrolment', 'FOREIGN KEY (enrolment_id) REFERENCES enrolment(id) ON DELETE SET NULL'],
      ['note', 'note_enrolment_natural', 'FOREIGN KEY (student, course) REFERENCES enrolment(student, course) ON DELETE SET NULL'],
    ])
    expect(
      await p.sql(`select attname from pg_attribute where attrelid = 'mark'::regclass and attnum > 0 and not attisdropped order by 1`),
    ).toEqual([['enrolment_id'], ['id'], ['mark']])
    expect(await p.sql(`select count(*) from pg_trigger where not tgisinternal`)).toEqual([['0']])
    await p.sql(
      `insert into enrolment (student, course) values (900, 1); insert into mark (enrolment_id, mark) select id, 7 from enrolment where student = 900`,
    )
  })
})

test('a table without a primary key: a unique one whose columns must have values', async () => {
  const setup = `create table seat (room text not null, place int not null, name text, unique (room, place)); insert into seat select 'r' || i % 5, i, 'n' from generate_series(1, 50) i;
    create table sitter (room text, place int, who text, constraint sitter_seat foreign key (room, place) references seat (room, place)); insert into sitter select room, place, 'w' from seat`
  for (const way of ways) {
    const m = migration('seats', surrogate('seat', { way, to: 'bigint', key: 'seat_no', columns: { sitter_seat: 'seat_no' } }))
    await within(setup, async (p) => {
      await p.run(m)
      expect(
        await p.sql(
          `select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'seat'::regclass and contype in ('p', 'u') order by 1`,
        ),
      ).toEqual([
        ['seat_pkey', 'PRIMARY KEY (seat_no)'],
        ['seat_room_place_key', 'UNIQUE (room, place)'],
      ])
      expect(await p.sql('select count(*) from sitter x join seat s using (seat_no) where (x.room, x.place) = (s.room, s.place)')).toEqual([
        ['50'],
      ])
      expect(await p.sql(`insert into seat (room, place) values ('new', 1) returning seat_no`)).toEqual([['51']])
    })
  }
})

test('rows that come before those that they point at', async () => {
  const late = enrolled.replace('on update cascade on delete cascade', 'on update cascade on delete cascade deferrable initially deferred')
  await within(late, async (p) => {
    await p.run(keyed({ way: 'online' }), { to: 'verify' })
    await p.sql(
      `begin; insert into mark (student, course, mark) values (800, 1, 5); insert into enrolment (student, course) values (800, 1); commit`,
    )
    await p.run(keyed({ way: 'online' }))
    await p.sql(
      `begin; insert into mark (student, course, mark) values (801, 1, 5); insert into enrolment (student, course) values (801, 1); commit`,
    )
    expect(
      await p.sql(
        `select count(*) from mark m join enrolment e on e.id = m.enrolment_id where m.student in (800, 801) and e.student = m.student`,
      ),
    ).toEqual([['2']])
  })
})

const refused: Readonly<Record<string, readonly [more: string, options: SurrogateOptions, says: RegExp]>> = {
  'a column of that name': ['alter table enrolment add id int', {}, /enrolment has a column id already: say key/],
  'a column of that name in a table that points at it': [
    'alter table mark add enrolment_id int',
    {},
    /mark has a column enrolment_id already: say columns: \{ mark_enrolment: '…' \}/,
  ],
  'two foreign keys of one table': [
    'alter table note add s2 int, add c2 int, add constraint note_other foreign key (s2, c2) references enrolment',
    {},
    /two foreign keys of note would have one column enrolment_id: say columns: \{ note_other: '…' \}/,
  ],
  'defaults in the place of what is gone': [
    'alter table note drop constraint note_enrolment, add constraint note_enrolment foreign key (student, course) references enrolment on delete set default',
    {},
    /foreign key note_enrolment of note puts defaults in the place of what is gone/,
  ],
  'a view that groups by the key': [
    'create view grouped as select student, course, since, count(*) as n from enrolment group by student, course',
    {},
    /view grouped stands on the primary key, by what it groups by/,
  ],
  'an identity of replicas': [
    'alter table enrolment replica identity using index enrolment_pkey',
    {},
    /the replica identity of enrolment is the index of its primary key/,
  ],
  'a table with heirs': ['create table heir () inherits (mark)', {}, /mark is partitioned, or has tables that inherit from it/],
  'a publication': [
    'create publication pub for table mark',
    {},
    /pub carries mark elsewhere, where there is no such column: say looked: \['pub'\]/,
  ],
  'a function that names what goes': [
    'create function marks_of(n int) returns bigint language plpgsql as $$ begin return (select count(*) from mark where student = n); end $$',
    {},
    /marks_of\(integer\) names mark.student: say looked/,
  ],
  'a foreign key that is not there': ['', { keep: ['nobody'] }, /no foreign key nobody points at the key of enrolment/],
}

test.each(Object.entries(refused))('not past %s', async (_, [more, options, says]) => {
  await within(`${enrolled}; ${more}`, async (p) => {
    const before = await dumpOf(p.url)
    await expect(p.run(keyed({ way: 'online', ...options }))).rejects.toMatchObject({
      code: 'GW_ONLINE_REFUSED',
      message: expect.stringMatching(says),
    })
    expect(await dumpOf(p.url)).toEqual(before)
  })
})

test('not where there is nothing to choose, or too much', async () => {
  const setup = 'create table a (id int primary key); create table b (x int); create table c (x int not null unique, y int not null unique)'
  const run = (name: string, options?: SurrogateOptions) => migration(name, surrogate(name, { way: 'online', ...options }))
  await within(setup, async (p) => {
    await expect(p.run(run('a'))).rejects.toThrow(/a has a key of one column, id: say rekey\('a'\)/)
    await expect(p.run(run('b'))).rejects.toThrow(/b has no primary key, and no unique one/)
    await expect(p.run(run('c'))).rejects.toThrow(
      /c has no primary key, and 2 keys that could be one: say over: \['x'\], or another of \(x\), \(y\)/,
    )
    await p.undo(run('c'))
    await p.run(run('c', { over: ['y'] }))
    expect(() => surrogate('c', { to: 'bigint', ids: 'v4' })).toThrow(/keys of type bigint have no ids: 'v4'/)
  })
})

test('not back past a table that has come to point at the new key', async () => {
  await within(enrolled, async (p) => {
    await p.run(keyed({ way: 'online' }))
    await p.sql('create table late (e uuid references enrolment (id))')
    await expect(p.undo(keyed({ way: 'online' }))).rejects.toThrow(/late \(e\) has come to point at id/)
    await p.sql('drop table late')
    await p.undo(keyed({ way: 'online' }))
  })
})

test('a column that two foreign keys share stays where one of them does', async () => {
  const shared = `${enrolled}; create table swap (student int, gives int, takes int check (takes > 0),
    constraint swap_gives foreign key (student, gives) references enrolment, constraint swap_takes foreign key (student, takes) references enrolment)`
  await within(shared, async (p) => {
    const m = keyed({ columns: { swap_gives: 'given', swap_takes: 'taken' } })
    const says = (await p.plan(m)).steps.flatMap((s) => (s.kind === 'surrogate' ? [...s.doing!.says] : []))
    expect(says.filter((l) => l.startsWith('swap (')).map((l) => l.replace(/;.*/, ''))).toEqual([
      'swap (student, gives): beside given for good, because of foreign key swap_takes',
      'swap (student, takes): beside taken for good, because of constraint swap_takes_check on table swap',
    ])
  })
})
