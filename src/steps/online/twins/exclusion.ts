// Rows that keep out of each other's way. Postgres builds that while everybody waits, so it is done where there are few rows.
import type { Hands } from '../../hands.ts'
import { exchangeNames } from '../exchange-names.ts'
import { constraintThere, named, quote, relation, short } from '../words.ts'
import { row, type Twin, type Way, words } from './twin.ts'

/** They are built in some tenths of a second. */
const fewRows = 10_000

export const exclusion: Way = {
  over: (id) => `
  ${row({
    kind: `'exclusion'`,
    schema: 'connamespace::regnamespace::text',
    name: 'conname',
    tail: 'pg_get_constraintdef(oid)',
    worn: [words('constraint %I on %s', 'conname, conrelid::regclass', `obj_description(oid, 'pg_constraint')`)],
  })} from c, pg_constraint where conrelid = ${relation(id)} and contype = 'x' and exists (select from pg_depend d where (d.classid, d.objid) in (('pg_constraint'::regclass, pg_constraint.oid), ('pg_class'::regclass, conindid)) and d.refobjid = conrelid and d.refobjsubid = any (c.nums))`,
  trial: ({ tail }, trial) => `alter table ${trial} add constraint g ${tail}`,
  tried: (_, trial) =>
    `select pg_get_constraintdef(oid) as made from pg_constraint where conrelid = '${trial}'::regclass and conname = 'g'`,
  there: ({ id }, name) => constraintThere(id, name),
  make: (hands, { id }, name, made) => hands.schema.reshape([`alter table ${named(id)} add constraint ${quote(name)} ${made}`]),
  exchanged: ({ id, name }, other) => exchangeNames({ id, kind: 'constraint', name, other }),
}

/** As reasons: those that would take too long. */
export async function tooManyRows(
  { schema, copyUpTo = fewRows }: Pick<Hands, 'schema' | 'copyUpTo'>,
  { id, name }: Twin,
): Promise<readonly string[]> {
  const [counted] = await schema.ask(`select count(*)::text as n from (select from ${named(id)} limit ${copyUpTo + 1}) x`)
  if (Number(counted!['n']) <= copyUpTo) return []
  return [
    `${name} of ${short(id)} keeps rows out of each other's way, which is built while everybody waits, and there are more than ${copyUpTo} rows: say online.copying(step, { upTo: … }) of the step in expand, or drop it before and add it again afterwards`,
  ]
}
