// Checks: for new rows at once, and looked at afterwards if the others have been.
import { exchangeNames } from '../exchange-names.ts'
import { constraintThere, constraintValid, named, quote, relation } from '../words.ts'
import { row, type Way, words } from './twin.ts'

const of = (trial: string): string => `from pg_constraint where conrelid = '${trial}'::regclass and conname = 'g'`

export const check: Way = {
  over: (id) => `
  ${row({
    kind: `'check'`,
    schema: 'connamespace::regnamespace::text',
    name: 'conname',
    tail: `replace(pg_get_constraintdef(oid), ' NOT VALID', '')`,
    manner: `case when convalidated then '' else ' not valid' end`,
    worn: [words('constraint %I on %s', 'conname, conrelid::regclass', `obj_description(oid, 'pg_constraint')`)],
  })} from c, pg_constraint where conrelid = ${relation(id)} and contype = 'c' and conkey && c.nums`,
  trial: ({ tail }, trial) => `alter table ${trial} add constraint g ${tail}`,
  tried: (_, trial) => `select pg_get_constraintdef(oid) as made ${of(trial)}`,
  there: ({ id, manner }, name) => (manner ? constraintThere(id, name) : constraintValid(id, name)),
  async make(hands, { id, manner }, name, made) {
    const [table, constraint] = [named(id), quote(name)]
    await hands.schema.reshape([
      `alter table ${table} drop constraint if exists ${constraint}`,
      `alter table ${table} add constraint ${constraint} ${made} not valid`,
    ])
    if (!manner) await hands.schema.validate([`alter table ${table} validate constraint ${constraint}`])
  },
  exchanged: ({ id, name }, other) => exchangeNames({ id, kind: 'constraint', name, other }),
}
