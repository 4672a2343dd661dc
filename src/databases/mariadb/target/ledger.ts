// The ledger in a MariaDB database: a table of texts for each of its tables, and how these are made again in Postgres.
import type { LedgerDelta, LedgerTable } from '../../workshop/engine.ts'
import { quote } from '../connection.ts'
import type { Ask } from '../schema.ts'
import type { Run } from './stage.ts'

const list = quote('godwit_table')
const counter = quote('godwit_delivery')
/** Not the name of any column of the ledger. */
const digest = quote('godwit row')
const likeOurs = 'engine = InnoDB default charset utf8mb4 collate utf8mb4_bin'

const isThere = async (ask: Ask): Promise<boolean> =>
  (await ask(`select 1 from information_schema.tables where table_schema = database() and table_name = 'godwit_table'`)).length > 0

const tableOf = (name: string): string => quote(`godwit_${name}`)

export async function ledgerIn(ask: Ask): Promise<LedgerTable[]> {
  if (!(await isThere(ask))) return []
  const rows = await ask(`select name, made from ${list} order by name`)
  return rows.map(([name, made]) => ({ name: name!, ...(JSON.parse(made!) as Pick<LedgerTable, 'columns' | 'keeps' | 'sql'>) }))
}

export const ledgerRowsSql = ({ name, columns }: LedgerTable): string =>
  `select ${columns.map((c, i) => `${quote(c)} as c${i}`).join(', ')} from ${tableOf(name)}`

export async function deliveriesOf(ask: Ask, lock = ''): Promise<string> {
  if (!(await isThere(ask))) return '0'
  return (await ask(`select n from ${counter}${lock}`))[0]?.[0] ?? '0'
}

/** Before the transaction, which a CREATE would end. What is not listed in it counts as not there. */
export async function makeLedger(ask: Ask, deltas: readonly LedgerDelta[]): Promise<void> {
  await ask(
    `create table if not exists ${list} (name varchar(64) character set utf8mb4 collate utf8mb4_bin primary key, made longtext not null) ${likeOurs}`,
  )
  await ask(`create table if not exists ${counter} (one int primary key, n bigint not null, at datetime not null) ${likeOurs}`)
  for (const { table, known } of deltas) {
    if (known || !table.keeps) continue
    await ask(`drop table if exists ${tableOf(table.name)}`)
    const texts = table.columns.map((c) => `${quote(c)} longtext`).join(', ')
    await ask(
      `create table ${tableOf(table.name)} (${texts}, ${digest} char(64) character set ascii collate ascii_bin primary key) ${likeOurs}`,
    )
  }
}

/** In the transaction of a delivery. */
export async function putLedger(ask: Ask, run: Run, deltas: readonly LedgerDelta[], gone: readonly string[]): Promise<void> {
  await ask(`insert into ${counter} values (1, 1, utc_timestamp()) on duplicate key update n = n + 1, at = utc_timestamp()`)
  for (const name of gone) await run(`delete from ${list} where name = ?`, [name])
  for (const { table, known, removed, put } of deltas) {
    const { name, columns, keeps, sql } = table
    if (!known) await run(`replace into ${list} values (?, ?)`, [name, JSON.stringify({ columns, keeps, sql })])
    if (!keeps) continue
    for await (const key of removed()) await run(`delete from ${tableOf(name)} where ${digest} = ?`, [key])
    const head = `replace into ${tableOf(name)} (${digest}, ${columns.map(quote).join(', ')}) values `
    await inBatches(run, head, columns.length + 1, put())
  }
}

/** After the commit: a DROP would have ended the transaction. */
export async function dropLedger(ask: Ask, gone: readonly string[]): Promise<void> {
  for (const name of gone) await ask(`drop table if exists ${tableOf(name)}`)
}

const mostValues = 20_000
const mostCharacters = 1_000_000

/** Many rows in one statement. `row`: what stands for one of them, where its values are not just listed. */
export async function inBatches(
  run: Run,
  head: string,
  width: number,
  rows: AsyncIterable<readonly (string | null)[]>,
  row = `(${Array(width).fill('?').join(', ')})`,
): Promise<void> {
  let values: (string | null)[] = []
  let characters = 0
  const flush = async () => {
    if (values.length)
      await run(
        head +
          Array(values.length / width)
            .fill(row)
            .join(', '),
        values,
      )
    values = []
    characters = 0
  }
  for await (const each of rows) {
    for (const v of each) {
      values.push(v)
      characters += v?.length ?? 0
    }
    if (values.length + width > mostValues || characters > mostCharacters) await flush()
  }
  await flush()
}
