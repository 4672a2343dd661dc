// Values of an enum, which is the type of a single column in MariaDB: `orders.state`. One that comes last changes nothing that is stored; any
// other change has the table copied.
import { partsOf } from '../../engine-words.ts'
import { short } from '../words.ts'
import { counted, first, missing, present } from './asking.ts'
import type { Alteration, Ask, Circumstances, Way } from './engine.ts'
import { asRead, at, columnLine, columnThere, literal, named, noColumn, quote, schemaOf, ways } from './mariadb-words.ts'

interface Place {
  readonly id: string
  readonly column: string
}

const place = (type: string): Place => {
  const at = type.lastIndexOf('.')
  const table = type.slice(0, at)
  return { id: table.includes('.') ? table : `public.${table}`, column: type.slice(at + 1) }
}

const isEnum = ({ id, column }: Place): string => `${columnThere(id, column)} and data_type = 'enum'`
const list = /enum\(((?:'(?:[^']|'')*',?)+)\)/

const valuesIn = (line: string): string[] =>
  [...list.exec(line)![1]!.matchAll(/'((?:[^']|'')*)'/g)].map(([, v]) => v!.replaceAll("''", "'"))
const valuesOf = async (ask: Ask, { id, column }: Place): Promise<string[]> => {
  const line = await columnLine(ask, id, column)
  return line && list.test(line) ? valuesIn(line) : []
}
const withValues = (line: string, values: readonly string[]): string =>
  line.replace(list, () => `enum(${values.map((v) => `'${v.replaceAll("'", "''")}'`).join(',')})`)

/** Behind the last, if no neighbour is said. */
function placed(values: readonly string[], value: string, before: string | undefined, after: string | undefined): string[] {
  const at = before === undefined ? (after === undefined ? values.length : values.indexOf(after) + 1) : values.indexOf(before)
  return values.toSpliced(at, 0, value)
}

const noEnum = (p: Place) =>
  [isEnum(p), `${short(p.id)}.${p.column} is no enum: here a column is one, and is said as 'table.column'`] as const

const rowsWith = ({ id, column }: Place, value: string): string =>
  `select count(*) as n from ${named(id)} where ${quote(column)} = ${literal(value)}`

const said = async (p: Place, values: readonly string[], c: Circumstances) =>
  ways(p.id, `modify column ${withValues((await columnLine(c.ask, p.id, p.column))!, values)}`, c, asRead)

export const enumValue = (
  type: string,
  value: string,
  { before, after }: { readonly before?: string; readonly after?: string },
): Alteration => {
  const p = place(type)
  const neighbour = before ?? after
  return {
    there: async (ask) => (await valuesOf(ask, p)).includes(value),
    against: (ask) =>
      first(
        () => missing(ask, [noColumn(p.id, p.column), noEnum(p)]),
        async () => {
          const values = await valuesOf(ask, p)
          return [
            ...(values.includes(value) ? [`${short(p.id)}.${p.column} has a value ${value} already`] : []),
            ...(neighbour !== undefined && !values.includes(neighbour) ? [`${short(p.id)}.${p.column} has no value ${neighbour}`] : []),
          ]
        },
      ),
    was: async (ask) => ({ line: (await columnLine(ask, p.id, p.column))! }),
    forward: async (c) => said(p, placed(await valuesOf(c.ask, p), value, before, after), c),
    back: ({ line }, c) => said(p, valuesIn(line!), c),
    hinders: async (_, ask) =>
      (await valuesOf(ask, p)).includes(value) ? counted(ask, rowsWith(p, value), `is ${value}`, `are ${value}`) : [],
  }
}

const elsewhereSet = ({ id, column }: Place): string =>
  `select column_name as its from information_schema.columns where ${at(id)} and column_name <> ${literal(column)} and extra like '%on update%'`

const firing = ({ id }: Place): string =>
  `select 1 as one from information_schema.triggers where event_object_schema = ${schemaOf(id)} and event_object_table = ${literal(partsOf(id).name)} and event_manipulation = 'UPDATE'`

/** By way of a list that has both words; then the rows, and the table is copied with the list as it is to be. */
async function renamed(p: Place, from: string, to: string, c: Circumstances): Promise<readonly Way[]> {
  const values = await valuesOf(c.ask, p)
  const line = (await columnLine(c.ask, p.id, p.column))!
  const both = values.includes(to) ? values : [...values, to]
  const last = both.filter((v) => v !== to).map((v) => (v === from ? to : v))
  const renaming = withValues(
    line.replace(` DEFAULT '${from.replaceAll("'", "''")}'`, () => ` DEFAULT '${to.replaceAll("'", "''")}'`),
    last,
  )
  const copies = await ways(p.id, `modify column ${renaming}`, c, asRead)
  // a moment that the server sets by itself with each change stays what it is
  const kept = (await c.ask(elsewhereSet(p))).map((r) => `, ${quote(r['its']!)} = ${quote(r['its']!)}`).join('')
  const first = [
    ...asRead[0],
    `alter table ${named(p.id)} modify column ${withValues(line, both)}, algorithm=instant`,
    `update ${named(p.id)} set ${quote(p.column)} = ${literal(to)}${kept} where ${quote(p.column)} = ${literal(from)}`,
  ]
  return copies.map((way) => (way.some((sql) => sql.includes('algorithm=copy')) ? [...first, ...way] : way))
}

export const renameEnumValue = (type: string, from: string, to: string): Alteration => {
  const p = place(type)
  return {
    there: async (ask) => {
      const values = await valuesOf(ask, p)
      return values.includes(to) && !values.includes(from)
    },
    against: (ask) =>
      first(
        () => missing(ask, [noColumn(p.id, p.column), noEnum(p)]),
        async () => {
          const values = await valuesOf(ask, p)
          return [
            ...(values.includes(from) ? [] : [`${short(p.id)}.${p.column} has no value ${from}`]),
            ...(values.includes(to) ? [`${short(p.id)}.${p.column} has a value ${to} already`] : []),
          ]
        },
        () => present(ask, [[firing(p), 'a trigger fires for each row that gets the new word: write it as ddl(…) with its way back']]),
      ),
    forward: (c) => renamed(p, from, to, c),
    back: (_, c) => renamed(p, to, from, c),
  }
}
