// Tables that take no writes for a while: a trigger of each refuses them, and says until when.
import { partsOf, wordsOf } from './engine-words.ts'
import type { Hands } from './hands.ts'

interface Closing {
  close(table: string, until: string): readonly string[]
  open(table: string): readonly string[]
  /** Gives a row for each trigger of ours on the table. */
  there(table: string): string
}

const triggers = ['insert', 'update', 'delete'] as const
const nameOf = (event: string): string => `godwit_read_only_${event}`
/** Where names of triggers are the schema's. */
const wide = (table: string, event: string): string => `_${nameOf(event)}_${partsOf(table).name}`.slice(0, 63)
const said = (table: string, until: string): string => `${table} takes no writes until ${until}: maintenance`

const pg = wordsOf('postgres')
const lite = wordsOf('sqlite')
const maria = wordsOf('mariadb')

const closings: Readonly<Record<string, Closing>> = {
  postgres: {
    close: (table, until) => [
      `create or replace function godwit.refuse_write() returns trigger language plpgsql as $$ begin raise exception '%', tg_argv[0] using errcode = 'read_only_sql_transaction'; end $$`,
      `create or replace trigger ${nameOf('all')} before insert or update or delete or truncate on ${pg.table(table)} for each statement execute function godwit.refuse_write(${pg.literal(said(table, until))})`,
    ],
    open: (table) => [`drop trigger if exists ${nameOf('all')} on ${pg.table(table)}`],
    there: (table) =>
      `select tgname from pg_trigger where tgrelid = to_regclass(${pg.literal(pg.table(table))}) and tgname = '${nameOf('all')}'`,
  },
  sqlite: {
    close: (table, until) =>
      triggers.map(
        (event) =>
          `create trigger if not exists ${lite.quote(wide(table, event))} before ${event} on ${lite.quote(partsOf(table).name)} begin select raise(abort, ${lite.literal(said(table, until))}); end`,
      ),
    open: (table) => triggers.map((event) => `drop trigger if exists ${lite.quote(wide(table, event))}`),
    there: (table) => `select name from sqlite_schema where type = 'trigger' and name = ${lite.literal(wide(table, 'insert'))}`,
  },
  mariadb: {
    close: (table, until) =>
      triggers.map(
        (event) =>
          `create trigger if not exists ${maria.table(`${partsOf(table).schema}.${wide(table, event)}`)} before ${event} on ${maria.table(table)} for each row signal sqlstate '45000' set message_text = ${maria.literal(said(table, until).slice(0, 120))}`,
      ),
    open: (table) => triggers.map((event) => `drop trigger if exists ${maria.table(`${partsOf(table).schema}.${wide(table, event)}`)}`),
    there: (table) =>
      `select trigger_name from information_schema.triggers where trigger_schema = ${maria.literal(partsOf(table).schema)} and trigger_name = ${maria.literal(wide(table, 'insert'))}`,
  },
}

const closingOf = ({ target }: Hands): Closing => closings[target.engine]!

export const closeTables = (tables: readonly string[], until: string, hands: Hands): Promise<void> =>
  hands.target.change(tables.flatMap((t) => closingOf(hands).close(t, until)))

export const openTables = (tables: readonly string[], hands: Hands): Promise<void> =>
  hands.target.change(tables.flatMap((t) => closingOf(hands).open(t)))

export async function isClosed(tables: readonly string[], hands: Hands): Promise<boolean> {
  for (const t of tables) if (!(await hands.target.ask(closingOf(hands).there(t))).length) return false
  return true
}
