// A second column beside the first in a MariaDB table: triggers have it follow every write, rows are filled a few at a time, it gets the
// indexes that the first one has, and the two change names at once.
import { partsOf } from '../../engine-words.ts'
import type { Hands } from '../../hands.ts'
import { cut } from '../../retire/names.ts'
import { short } from '../words.ts'
import { holds, present } from './asking.ts'
import { carry, circumstances, taken } from './carry-out.ts'
import type { Ask, Circumstances, Retyped, Way } from './engine.ts'
import { asRead, at, columnOf, columnThere, isPartitioned, literal, named, quote, schemaOf, ways, withOrder } from './mariadb-words.ts'

export const hasFresh = (ask: Ask, { id, fresh }: Retyped): Promise<boolean> => holds(ask, columnThere(id, fresh))
export const hasAway = (ask: Ask, { id, away }: Retyped): Promise<boolean> => holds(ask, columnThere(id, away))

const events = ['insert', 'update'] as const
const triggerOf = ({ id, column }: Retyped, event: string): string => quote(cut(`zzz_godwit_${partsOf(id).name}_${column}_${event}`, 63))
export const follows = async (ask: Ask, r: Retyped): Promise<boolean> => {
  for (const event of events)
    if (
      !(await holds(
        ask,
        `select 1 as one from information_schema.triggers where event_object_schema = ${schemaOf(r.id)} and event_object_table = ${literal(partsOf(r.id).name)} and trigger_name = ${literal(triggerOf(r, event).slice(1, -1).replaceAll('``', '`'))}`,
      ))
    )
      return false
  return true
}
const placed = (r: Retyped, name: string): string => `${schemaPart(r)}${name}`
const schemaPart = ({ id }: Retyped): string => (partsOf(id).schema === 'public' ? '' : `${quote(partsOf(id).schema)}.`)

/** Columns of a row that an expression may say: neither the second one, nor what is computed from others. */
export async function sayable(ask: Ask, { id, fresh, away }: Retyped): Promise<string[]> {
  const rows = await ask(
    `select column_name as its from information_schema.columns where ${at(id)} and column_name not in (${literal(fresh)}, ${literal(away)}) and generation_expression is null order by ordinal_position`,
  )
  return rows.map((r) => r['its']!)
}
export const rowOf = async (ask: Ask, r: Retyped): Promise<string> =>
  `select ${(await sayable(ask, r)).map(quote).join(', ')} from ${named(r.id)}`

const newRow = (columns: readonly string[]): string => columns.map((c) => `new.${quote(c)} as ${quote(c)}`).join(', ')
const overNew = (columns: readonly string[], value: string): string => `(select (${value}) from (select ${newRow(columns)}) godwit_row)`

/** What cannot be said of a second column, or would not come along with the change of names. */
export async function againstShadow(ask: Ask, r: Retyped): Promise<readonly string[]> {
  const { id, column } = r
  const name = partsOf(id).name
  const said = `concat('%', '"', ${literal(column)}, '"', '%')`
  const here = `table_schema = ${schemaOf(id)} and table_name = ${literal(name)}`
  return present(ask, [
    [
      `select 1 as one from dual where not exists (select 1 from information_schema.statistics where ${here} and index_name = 'PRIMARY')`,
      `${short(id)} has no primary key`,
    ],
    [
      `select 1 as one from information_schema.statistics where ${here} and index_name = 'PRIMARY' and column_name = ${literal(column)}`,
      'it is part of the primary key',
    ],
    [
      `select 1 as one from information_schema.statistics where ${here} and column_name = ${literal(column)} and index_type <> 'BTREE'`,
      'an index that is no tree is over it',
    ],
    [
      `select 1 as one from information_schema.key_column_usage where referenced_table_name is not null and (${here} and column_name = ${literal(column)} or referenced_table_schema = ${schemaOf(id)} and referenced_table_name = ${literal(name)} and referenced_column_name = ${literal(column)})`,
      'a foreign key is over it',
    ],
    [
      `select 1 as one from information_schema.check_constraints where constraint_schema = ${schemaOf(id)} and table_name = ${literal(name)} and (check_clause like ${said} or check_clause like replace(${said}, '"', '\`'))`,
      'a check names it',
    ],
    [
      `select 1 as one from information_schema.columns where ${here} and (column_name = ${literal(column)} and (generation_expression is not null or extra <> '') or generation_expression like replace(${said}, '"', '\`') or generation_expression like ${said})`,
      'it is computed from others, or others are, or the server sets it by itself',
    ],
    [isPartitioned(id), 'the table is made of partitions'],
    [
      `select 1 as one from information_schema.triggers where event_object_schema = ${schemaOf(id)} and event_object_table = ${literal(name)} and event_manipulation = 'UPDATE' and trigger_name not regexp '^zzz_godwit_'`,
      'a trigger fires for each row that is filled',
    ],
  ])
}

export async function addShadow(r: Retyped, c: Circumstances): Promise<readonly Way[]> {
  const { collation, comment, behind } = (await columnOf(c.ask, r.id, r.column))!
  const said = comment === '' ? '' : ` comment '${comment.replaceAll("'", "''")}'`
  return ways(
    r.id,
    `add column ${quote(r.fresh)} ${withOrder(r.to, collation)} null${said} ${behind === null ? 'first' : `after ${quote(behind)}`}`,
    c,
    asRead,
  )
}
export const dropShadow = async (r: Retyped, c: Circumstances): Promise<readonly Way[]> => ways(r.id, `drop column ${quote(r.fresh)}`, c)

/** A column that had to have a value has it from this trigger on: its own word for that is taken away before the change of names. */
const mustStay = ({ column }: Retyped, must: boolean): string =>
  must
    ? `if new.${quote(column)} is null then signal sqlstate '23000' set mysql_errno = 1048, message_text = 'Column ''${column.replaceAll("'", "''")}'' cannot be null'; end if; `
    : ''

export const dropTriggers = (r: Retyped): string[] => events.map((event) => `drop trigger if exists ${placed(r, triggerOf(r, event))}`)
const triggers = (r: Retyped, body: (event: string) => string): string[] =>
  events.map(
    (event) => `create trigger ${placed(r, triggerOf(r, event))} before ${event} on ${named(r.id)} for each row begin ${body(event)} end`,
  )

export async function forwardTriggers(ask: Ask, r: Retyped, must: boolean): Promise<string[]> {
  const value = r.using === undefined ? `new.${quote(r.column)}` : overNew(await sayable(ask, r), r.using)
  return triggers(r, () => `${mustStay(r, must)}set new.${quote(r.fresh)} = ${value};`)
}

/** From the change of names on: what the old type does not hold is no reason to refuse a write. */
export async function backwardTriggers(ask: Ask, r: Retyped, must: boolean): Promise<string[]> {
  const { column, away, back } = r
  const value = back === undefined ? `new.${quote(column)}` : overNew(await sayable(ask, r), back)
  const set = `set new.${quote(away)} = ${value};`
  const body = (event: string) =>
    event === 'update' && back === undefined
      ? `if not (binary new.${quote(column)} <=> binary old.${quote(column)}) then ${set} end if;`
      : set
  return triggers(
    r,
    (event) => `${mustStay(r, must)}begin declare continue handler for sqlexception set new.${quote(away)} = null; ${body(event)} end;`,
  )
}

/** What the step of expand has written down of the column. */
export const mustOf = async (hands: Hands, r: Retyped): Promise<boolean> => {
  const kept = (await hands.memory.of('online retype', `${short(r.id)}.${r.column} as ${r.to}, beside it`)) as unknown as {
    readonly was: { readonly line: string }
  }
  return / NOT NULL\b/.test(kept.was.line.replace(/'(?:[^']|'')*'/g, ''))
}

export const indexesOver = async (ask: Ask, { id }: Retyped, column: string): Promise<string[]> =>
  (
    await ask(
      `select distinct index_name as its from information_schema.statistics where ${at(id)} and column_name = ${literal(column)} order by 1`,
    )
  ).map((r) => r['its']!)
/** The name of the second column's, until they change; and of the first one's from then on. */
export const aside = (name: string): string => cut(`godwit_${name}`, 63)

export const carried = async (hands: Hands, r: Retyped, change: string): Promise<void> =>
  carry(hands, await ways(r.id, change, circumstances(hands), asRead), `${short(r.id)}.${r.column} as ${r.to}`, undefined)

export async function follow(hands: Hands, r: Retyped): Promise<void> {
  const { ask } = hands.target
  await taken(hands, [[...asRead[0], ...dropTriggers(r), ...(await forwardTriggers(ask, r, await mustOf(hands, r))), ...asRead[1]]])
}

export const newValue = ({ using, column }: Retyped): string => using ?? quote(column)
export const unfilled = async (ask: Ask, r: Retyped): Promise<string> =>
  `select 1 as one from (select ${[...(await sayable(ask, r)), r.fresh].map(quote).join(', ')} from ${named(r.id)}) godwit_row where not (${quote(r.fresh)} <=> (${newValue(r)})) limit 1`
