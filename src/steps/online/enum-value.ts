// A value more for an enum, or another word for one. Postgres has no way to take a value away: whoever wants to be able to undo says
// beforehand that it may stay behind unused.
import { undoRefused } from '../../errors/run.ts'
import { origin } from '../../expr/origin.ts'
import { qualified } from '../../schema/schema.ts'
import type { Hands } from '../hands.ts'
import type { Step } from '../step.ts'
import { brief, holds, online, reasonsOf } from './move.ts'
import { literal, named, quote, reason, short } from './words.ts'

export interface EnumValue {
  /** Another value of the type; left out, the new one stands last. */
  readonly before?: string
  readonly after?: string
  /** An undo leaves it in the type, and is refused while a row has it. Left out, the step cannot be taken back. */
  readonly stays?: boolean
}

const oid = (id: string): string => `to_regtype(${literal(named(id))})`
const valueThere = (id: string, value: string): string =>
  `exists (select from pg_enum where enumtypid = ${oid(id)} and enumlabel = ${literal(value)})`
const noSuchType = (id: string): string =>
  reason(`not exists (select from pg_type where oid = ${oid(id)} and typtype = 'e')`, `there is no enum ${short(id)}`)
const noSuchValue = (id: string, value: string): string => reason(`not ${valueThere(id, value)}`, `${short(id)} has no value ${value}`)

export function enumValue(type: string, value: string, { before, after, stays = false }: EnumValue = {}): Step {
  const id = qualified(type)
  const place = before !== undefined ? ` before ${literal(before)}` : after !== undefined ? ` after ${literal(after)}` : ''
  const neighbour = before ?? after
  return online({
    kind: 'online enum value',
    title: `${short(id)} may be ${value}`,
    at: origin(),
    params: { type: id, value, before, after, stays },
    elsewhere: (words) =>
      words.enumValue(id, value, { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }),
    ...(stays ? {} : { irreversible: 'Postgres cannot take a value out of an enum (stays: true lets an undo leave it there unused)' }),
    moves: [
      {
        ...brief({ name: 'add', sql: `alter type ${named(id)} add value ${literal(value)}${place}`, there: valueThere(id, value) }),
        undo: (hands) => refuseWhileUsed(hands, id, value),
      },
    ],
    already: (hands) => holds(hands, `${valueThere(id, value)}${standsThere(id, value, before, after)}`),
    against: (hands) =>
      reasonsOf(
        hands,
        [
          noSuchType(id),
          reason(valueThere(id, value), `${short(id)} has a value ${value} already, at another place`),
          ...(neighbour === undefined ? [] : [noSuchValue(id, neighbour)]),
        ].join(' union all '),
      ),
  })
}

const standsThere = (id: string, value: string, before?: string, after?: string): string => {
  const neighbour = before ?? after
  if (neighbour === undefined) return ''
  const next = `(select ${before === undefined ? 'lag' : 'lead'} from (select enumlabel, lag(enumlabel) over w, lead(enumlabel) over w from pg_enum where enumtypid = ${oid(id)} window w as (order by enumsortorder)) x where enumlabel = ${literal(value)})`
  return ` and ${next} is not distinct from ${literal(neighbour)}`
}

/** Columns of this type, of arrays of it, and of domains over it. */
const columnsOf = (id: string): string =>
  `select c.oid::regclass::text as table, a.attname as column, (a.atttypid <> ${oid(id)} and t.typelem <> 0)::text as list
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where c.relkind in ('r', 'm') and not a.attisdropped and (t.oid = ${oid(id)} or t.typelem = ${oid(id)} or t.typbasetype = ${oid(id)}) order by 1, 2`

async function refuseWhileUsed(hands: Hands, id: string, value: string): Promise<void> {
  const reasons: string[] = []
  for (const { table, column, list } of await hands.target.ask(columnsOf(id))) {
    const has = list === 'true' ? `${literal(value)} = any (${quote(column!)}::text[])` : `${quote(column!)}::text = ${literal(value)}`
    const [row] = await hands.target.ask(`select count(*)::text as n from ${table!} where ${has}`)
    if (row!['n'] !== '0') reasons.push(`${row!['n']} rows of ${table}.${column} are ${value}`)
  }
  if (reasons.length) throw undoRefused({ reasons, hint: 'Give these rows another value; then undo again.' })
}

/** Whoever says the old word is refused from then on: its place is the cutover. */
export function renameEnumValue(type: string, from: string, to: string): Step {
  const id = qualified(type)
  const rename = (a: string, b: string) => `alter type ${named(id)} rename value ${literal(a)} to ${literal(b)}`
  return online({
    kind: 'online rename enum value',
    title: `${short(id)}: ${from} is called ${to}`,
    at: origin(),
    params: { type: id, from, to },
    elsewhere: (words) => words.renameEnumValue(id, from, to),
    moves: [
      brief({
        name: 'rename',
        sql: rename(from, to),
        there: `${valueThere(id, to)} and not ${valueThere(id, from)}`,
        back: [`do $$ begin if ${valueThere(id, to)} and not ${valueThere(id, from)} then ${rename(to, from)}; end if; end $$`],
      }),
    ],
    against: (hands) =>
      reasonsOf(
        hands,
        [
          noSuchType(id),
          noSuchValue(id, from),
          reason(valueThere(id, to), `${short(id)} has a value ${to} already`),
          sayingIt(id, from),
        ].join(' union all '),
      ),
  })
}

/** Expressions of the catalogue follow by themselves; functions are text. */
const sayingIt = (id: string, value: string): string => {
  const word = (name: string) => `'\\m' || regexp_replace(${name}, '\\W', '\\\\\\&', 'g') || '\\M'`
  const knows = `exists (select from pg_type t where t.oid = ${oid(id)} and p.prosrc ~ (${word('t.typname')}))
    or exists (select from pg_attribute a join pg_class c on c.oid = a.attrelid where a.atttypid = ${oid(id)} and c.relkind in ('r', 'p', 'v', 'm') and p.prosrc ~ (${word('c.relname::text')}))`
  return `select 'function ' || p.oid::regprocedure || ' says ' || ${literal(literal(value))} from pg_proc p where p.pronamespace::regnamespace::text not in ('pg_catalog', 'information_schema') and strpos(p.prosrc, ${literal(literal(value))}) > 0 and (${knows})`
}
