// A table of SQLite made anew under guard: references are off and read back by whoever carries it out, rows are counted around it; here all
// values are compared before the old table goes, and what hangs on the table is made again as it was.
import { partsOf, wordsOf } from '../../engine-words.ts'
import type { Ask, Way } from './engine.ts'
import { type Definition, definitionOf, written } from './sqlite-definition.ts'

export const { quote, literal } = wordsOf('sqlite')
export const nameOf = (id: string): string => partsOf(id).name
export const named = (id: string): string => quote(nameOf(id))

const ofTable = (id: string): string => `tbl_name = ${literal(nameOf(id))} collate nocase and sql is not null`

export async function tableText(ask: Ask, id: string): Promise<string> {
  const [row] = await ask(`select sql from sqlite_schema where type = 'table' and ${ofTable(id)}`)
  return row!['sql']!
}

/** Without those that are computed. */
export async function columnsOf(ask: Ask, id: string): Promise<string[]> {
  const rows = await ask(`select name from pragma_table_xinfo(${literal(nameOf(id))}) where hidden = 0 order by cid`)
  return rows.map((r) => r['name']!)
}

export interface Rebuilding {
  readonly to: Definition
  /** Columns of the new table, and what they are made of. */
  readonly values: readonly (readonly [column: string, expression: string])[]
}

export const edited = async (ask: Ask, id: string, edit: (d: Definition) => Definition): Promise<Definition> =>
  edit(definitionOf(await tableText(ask, id)))

/** A value as text, by which two are told apart: a column of numbers has 2.0 as 2. */
export const told = (value: string): string =>
  `case when typeof(${value}) = 'real' and ${value} = cast(${value} as integer) and abs(${value}) < 9e15 then quote(cast(${value} as integer)) else quote(${value}) end`

export async function rebuild(ask: Ask, id: string, { to, values }: Rebuilding): Promise<Way> {
  const [table, fresh] = [named(id), quote(`godwit_new_${nameOf(id)}`)]
  const about = await ask(`select type, sql from sqlite_schema where ${ofTable(id)} order by rowid`)
  const columns = values.map(([c]) => quote(c)).join(', ')
  const sides = [
    `select ${values.map(([c, v]) => (v === quote(c) ? `quote(${v})` : told(`(${v})`))).join(', ')} from ${table}`,
    `select ${values.map(([c, v]) => (v === quote(c) ? `quote(${v})` : told(quote(c)))).join(', ')} from ${fresh}`,
  ] as const
  const text = about.map((r) => r['sql']!).join('\n')
  const counts = await numbered(ask, id)
  return [
    'create temp table godwit_same (what text not null, same integer not null check (same = 1))',
    // what was read a moment ago is what stands there in this transaction
    `insert into temp.godwit_same select 'the table is as it was read', coalesce(group_concat(sql, char(10)), '') = ${literal(text)} from (select sql from sqlite_schema where ${ofTable(id)} order by rowid)`,
    ...counts.before,
    written(fresh, to),
    `insert into ${fresh} (${columns}) select ${values.map(([, v]) => v).join(', ')} from ${table}`,
    `insert into temp.godwit_same select 'as many rows', (select count(*) from ${table}) = (select count(*) from ${fresh})`,
    `insert into temp.godwit_same select 'the same values', not exists (${sides[0]} except ${sides[1]}) and not exists (${sides[1]} except ${sides[0]})`,
    `drop table ${table}`,
    // views and triggers that name the table are left as they are: they find it again under its name
    'pragma legacy_alter_table = on',
    `alter table ${fresh} rename to ${table}`,
    'pragma legacy_alter_table = off',
    ...about.filter((r) => r['type'] !== 'table').map((r) => r['sql']!),
    ...counts.after,
    'drop table temp.godwit_same',
  ]
}

/** Numbers that were drawn are not drawn again, also where their rows are gone. */
async function numbered(ask: Ask, id: string): Promise<{ before: Way; after: Way }> {
  const there = await ask(`select 1 as one from sqlite_schema where name = 'sqlite_sequence'`)
  if (!there.length) return { before: [], after: [] }
  const own = `name = ${literal(nameOf(id))} collate nocase`
  return {
    before: [`create temp table godwit_drawn as select name, seq from sqlite_sequence where ${own}`],
    after: [
      `delete from sqlite_sequence where ${own} and exists (select 1 from temp.godwit_drawn)`,
      'insert into sqlite_sequence (name, seq) select name, seq from temp.godwit_drawn',
      'drop table temp.godwit_drawn',
    ],
  }
}
