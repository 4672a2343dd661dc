// People of an old table that become rows of several: what the same migration makes of them on every engine.
import { bigint, concat, countRows, type Expr, into, lookup, mapping, max, migration, none, table, text, uuidOf } from '../../src/index.ts'
import type { Kind } from './place.ts'

export const setup = ({ drawn, word, decimal, name }: Kind): string => {
  const end = name === 'MariaDB' ? ' engine = innodb' : ''
  const id = name === 'Postgres' ? 'bigint' : name === 'SQLite' ? 'integer' : 'bigint'
  const rows = Array.from({ length: 40 }, (_, i) => i + 1).map((i) => {
    const state = i === 3 ? `'X'` : i % 2 ? `'A'` : `'I'`
    const name = i === 5 ? 'null' : `'Name ${i}'`
    const born = i === 7 ? `'31/02/2011'` : `'${String((i % 27) + 1).padStart(2, '0')}/0${(i % 9) + 1}/19${50 + (i % 49)}'`
    const mail = i % 4 === 0 ? 'null' : i === 9 || i === 10 ? `'same@example.com'` : `'Person${i}@example.com'`
    const town = i % 5 === 0 ? `'Oslo'` : i === 11 ? `'Atlantis'` : i % 2 ? `'Bergen'` : `'Tromsø'`
    const boss = i > 20 ? String(i - 20) : 'null'
    return `(${i}, ${name}, ${state}, ${born}, ${mail}, ${town}, ${boss}, '${i}.${String(i % 100).padStart(2, '0')}')`
  })
  return [
    `create table city (code ${word} primary key not null, name ${word} not null)${end}`,
    `create table old_person (id ${id} primary key, name ${word}, state ${word}, born ${word}, mail ${word}, town ${word}, boss bigint, paid ${word})${end}`,
    `create table person (id ${drawn}, name ${word} not null, active ${word} not null, born ${word}, city_code ${word} references city (code), boss_id bigint, paid ${decimal}, foreign key (boss_id) references person (id), foreign key (city_code) references city (code))${end}`,
    `create table contact (id ${drawn}, person_id bigint not null, kind ${word} not null, value ${word} not null, unique (kind, value), foreign key (person_id) references person (id) on delete cascade)${end}`,
    `create table town (id ${drawn}, name ${word} not null unique, people bigint, last_paid ${decimal})${end}`,
    `create table happening (id ${word} primary key not null, person_id bigint not null, said ${word}, foreign key (person_id) references person (id))${end}`,
    `insert into city values ('OSL', 'Oslo'), ('BGO', 'Bergen'), ('TOS', 'Tromsø')`,
    `insert into person (name, active, city_code) values ('Own One', 'yes', 'OSL')`,
    `insert into contact (person_id, kind, value) select id, 'mail', 'own@example.com' from person`,
    `insert into town (name, people) values ('Elsewhere', 7)`,
    // so far off that no stretch of numbers is set aside: keys are then drawn in the same way on every engine
    `insert into old_person values ${rows.join(', ')}, (1000000, 'Name far', 'A', '01/01/1999', 'far@example.com', 'Oslo', 1, '0')`,
  ].join(';\n')
}

export const tables = ['person', 'contact', 'town', 'happening'] as const

export function people({ schema, paid }: Kind) {
  const old = table(`${schema}.old_person`, {
    id: bigint().key(),
    name: text().null(),
    state: text().null(),
    born: text().null(),
    mail: text().null(),
    town: text().null(),
    boss: bigint().null(),
    paid: text().null(),
  })
  const city = table(`${schema}.city`, { code: text().key(), name: text() })
  const drawn = () => bigint().key().identity()
  const person = table(`${schema}.person`, {
    id: drawn(),
    name: text(),
    active: text(),
    born: text().null(),
    city_code: text().null(),
    boss_id: bigint().null(),
    paid: paid().null(),
  })
  const contact = table(`${schema}.contact`, { id: drawn(), person_id: bigint(), kind: text(), value: text() })
  const town = table(`${schema}.town`, { id: drawn(), name: text(), people: bigint().null(), last_paid: paid().null() })
  const happening = table(`${schema}.happening`, { id: text().key(), person_id: bigint(), said: text().null() })

  const persons = mapping(
    old,
    (r) => {
      const self = into(person, {
        name: r.name.trim().required(),
        active: r.state.match({ A: 'yes', I: 'no' }).required(),
        born: r.born.asDate('DD/MM/YYYY').asText(),
        city_code: lookup(city, { name: r.town }).code,
        paid: r.paid.asDecimal().warnIf(r.id.is(12), 'is an odd sum'),
      })
      const mail = into(contact, { person_id: self.key(), kind: 'mail', value: r.mail.lower().required() }, { when: r.mail.notNull() })
      const came = into(happening, {
        id: uuidOf('old person', r.id).asText(),
        person_id: self.key(),
        said: concat('came with ', r.paid.orElse('nothing')),
      })
      return { self, mail, came }
    },
    { name: 'persons', ignore: { boss: 'nobody keeps that' } },
  )
  const towns = mapping(
    old,
    (r) =>
      into(
        town,
        { name: r.town.required(), people: countRows(), last_paid: max(r.paid.asDecimal()) as unknown as Expr<never> },
        { per: ['name'] },
      ),
    { name: 'towns', ignore: { name: 'of one', state: 'of one', born: 'of one', mail: 'of one', boss: 'of one' } },
  )
  const check = none('nobody without a name', { of: person, rows: `select id from ${schema}.person where name = ''` })
  return migration('people', persons, towns, { verify: [check], reads: [city] })
}
