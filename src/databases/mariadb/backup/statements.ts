// What makes a MariaDB database again, in the server's own words.
import { quote } from '../connection.ts'
import type { Asking, Table } from './session.ts'

export interface Statement {
  readonly what: string
  readonly section: 'tables' | 'last'
  readonly sql: string
  /** The mode that it was written in, where that is kept with it. */
  readonly mode?: string
  readonly of?: string
}

export interface KeptCatalogue {
  readonly statements: readonly Statement[]
  readonly tables: readonly Table[]
}
export const catalogueFile = 'catalogue.json'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** `whole`: with views, routines and events, which belong to no table. */
export async function statementsOf(s: Pick<Asking, 'ask'>, tables: readonly Table[], whole: boolean): Promise<Statement[]> {
  const made: Statement[] = []
  for (const t of tables) {
    const [row] = await s.ask(`show create table ${quote(t.name)}`)
    made.push({ what: `table ${t.name}`, section: 'tables', sql: row![1]!, of: t.name })
  }
  const names = tables.map((t) => literal(t.name)).join(', ') || 'null'
  const triggers = await s.ask(
    `select trigger_name, event_object_table from information_schema.triggers where trigger_schema = database() and event_object_table in (${names}) order by event_object_table, action_order, trigger_name`,
  )
  for (const [name, table] of triggers) made.push({ ...(await shown(s, 'trigger', name!)), of: table! })
  return whole ? [...made, ...(await inDatabase(s))] : made
}

/** How SHOW CREATE gives it: its mode, and then the statement. */
async function shown({ ask }: Pick<Asking, 'ask'>, kind: string, name: string): Promise<Statement> {
  const [row] = await ask(`show create ${kind} ${quote(name)}`)
  // an event has its time zone between the two
  const sql = kind === 'event' ? row![3]! : row![2]!
  return { what: `${kind} ${name}`, section: 'last', sql, mode: row![1]! }
}

async function inDatabase(s: Pick<Asking, 'ask'>): Promise<Statement[]> {
  const made: Statement[] = []
  const routines = await s.ask(
    'select routine_type, routine_name from information_schema.routines where routine_schema = database() order by routine_type, routine_name',
  )
  for (const [type, name] of routines) made.push(await shown(s, type!.toLowerCase(), name!))
  for (const name of await viewsInOrder(s)) {
    const [row] = await s.ask(`show create view ${quote(name)}`)
    made.push({ what: `view ${name}`, section: 'last', sql: row![1]! })
  }
  const events = await s.ask('select event_name from information_schema.events where event_schema = database() order by event_name')
  for (const [name] of events) made.push(await shown(s, 'event', name!))
  return made
}

/** One that looks at another comes after it: by the names that stand in it, since the server keeps no list. */
async function viewsInOrder({ ask }: Pick<Asking, 'ask'>): Promise<string[]> {
  const views = new Map(
    (await ask('select table_name, view_definition from information_schema.views where table_schema = database() order by table_name')).map(
      (r) => [r[0]!, r[1]!],
    ),
  )
  const order: string[] = []
  const visit = (name: string, path: readonly string[]): void => {
    if (order.includes(name) || path.includes(name)) return
    for (const other of views.keys()) if (other !== name && views.get(name)!.includes(quote(other))) visit(other, [...path, name])
    order.push(name)
  }
  for (const name of views.keys()) visit(name, [])
  return order
}
