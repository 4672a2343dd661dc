// What changes of a SQLite table have in common: questions, and a table made anew where ALTER is not enough.
import { undoRefused } from '../../../errors/run.ts'
import type { Row } from '../../hands.ts'
import { short as shown } from '../words.ts'
import type { Alteration, Circumstances, Way } from './engine.ts'
import { type Definition, definitionOf } from './sqlite-definition.ts'
import { columnsOf, edited, literal, named, nameOf, quote, rebuild, tableText } from './sqlite-rebuild.ts'

export const short = (id: string): string => shown(id).replace(/^main\./, '')
const tableThere = (id: string): string =>
  `select 1 as one from sqlite_schema where type = 'table' and name = ${literal(nameOf(id))} collate nocase and sql not like 'create virtual%'`
export const column = (id: string, c: string): string =>
  `select 1 as one from pragma_table_xinfo(${literal(nameOf(id))}) where name = ${literal(c)} collate nocase`
export const indexThere = (name: string): string =>
  `select 1 as one from sqlite_schema where type = 'index' and name = ${literal(name)} collate nocase`
export const saysIt = (id: string, text: string): string =>
  `select 1 as one from sqlite_schema where type = 'table' and name = ${literal(nameOf(id))} collate nocase and instr(sql, ${literal(text)}) > 0`

export const noTable = (id: string) => [tableThere(id), `there is no table ${short(id)}, or it is a virtual one`] as const
export const noColumn = (id: string, c: string) => [column(id, c), `there is no column ${short(id)}.${c}`] as const
export const names = (columns: readonly string[]): string => columns.map(quote).join(', ')
export const said = (id: string) => ({ table: named(id), quote })

export type Anew = Pick<Alteration, 'was' | 'forward' | 'back'>

interface Values {
  /** Columns that are made of something else than themselves, as SQL over the row as it was. */
  readonly values?: Readonly<Record<string, string>>
  /** And on the way back, over the row as it has become. */
  readonly back?: Readonly<Record<string, string>>
}

/** Whoever writes a name in small letters means the same column. */
function valued(columns: readonly string[], values: Readonly<Record<string, string>>): [column: string, expression: string][] {
  const given = new Map(Object.entries(values).map(([c, v]) => [c.toLowerCase(), v]))
  const there = columns.map((c): [string, string] => [c, given.get(c.toLowerCase()) ?? quote(c)])
  const added = Object.entries(values).filter(([c]) => !columns.some((x) => x.toLowerCase() === c.toLowerCase()))
  return [...there, ...added]
}

/** By a table made anew. */
export function rebuilt(id: string, edit: (d: Definition) => Definition, { values = {}, back = {} }: Values = {}): Anew {
  return {
    was: async (ask): Promise<Row> => ({ made: await tableText(ask, id), columns: JSON.stringify(await columnsOf(ask, id)) }),
    forward: async ({ ask }: Circumstances): Promise<readonly Way[]> => [
      await rebuild(ask, id, { to: await edited(ask, id, edit), values: valued(await columnsOf(ask, id), values) }),
    ],
    back: async ({ made, columns }, { ask }) => {
      const before = JSON.parse(columns!) as string[]
      const expected = edit(definitionOf(made!))
      const now = definitionOf(await tableText(ask, id))
      if (JSON.stringify(now) !== JSON.stringify(expected) && !isAsAltered(now, expected))
        throw undoRefused({
          reasons: [`somebody else has changed ${short(id)} since`],
          hint: 'Take that back first, or change the table by hand; then undo again.',
        })
      return [await rebuild(ask, id, { to: definitionOf(made!), values: valued(before, back) })]
    },
  }
}

/** SQLite's own ALTER writes a new column with its own blanks, and at the end. */
const isAsAltered = (now: Definition, expected: Definition): boolean => {
  const plain = ({ items, tail }: Definition) =>
    [...items.map((i) => i.replace(/[\s()]+/g, '').toLowerCase()).toSorted(), tail.trim()].join('\n')
  return plain(now) === plain(expected)
}
