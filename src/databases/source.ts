// A database that is only read. To write one for another engine:
// 1. a folder beside `postgres/`, with a class that implements Source;
// 2. `schema`: its tables as LiveTables, each column with the type that its copy will have in Postgres; `text` where the engine promises nothing;
// 3. `extent`: how many rows, and the ends of a whole-number key, so that numbers can be set aside for them; `contents` where
//    rows stand in files, so that the plan holds them to what they are;
// 4. `send`: all rows, in one snapshot, as the bytes of a COPY or as lines of its text form; nothing rounded, cut or replaced on the way:
//    a value that cannot be carried is an error that names its row;
// 5. the digest of what was sent, and the SQL that gives the same digest of what has arrived;
// 6. an entry in `config/address.ts` for how it is addressed, and one in `open.ts`;
// 7. `test/sources` says when it is done.
import type { Content } from '../schema/content.ts'
import type { LiveSchema } from '../schema/schema.ts'
import type { SqlType } from '../schema/type.ts'
import type { Session } from './database.ts'
import type { Looking } from './looking.ts'

export interface Sending {
  /** The table's id there. */
  readonly table: string
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[]
  readonly key: readonly string[]
  /** Where the rows go: quoted and qualified, in the target. */
  readonly copy: string
  /** What the table's files were when they were planned: others are refused. */
  readonly contents?: readonly Content[] | undefined
}

export interface Sent {
  readonly rows: string
  readonly digest: string
  /** Gives `rows` and `digest` of the copy, as one row of texts. */
  readonly asked: string
}

export interface Source {
  /** For people. Never a password. */
  readonly name: string
  schema(only?: readonly string[]): Promise<LiveSchema>
  extent(table: string, key: string | undefined): Promise<{ readonly rows: string; readonly lo: string | null; readonly hi: string | null }>
  /** Where the rows are in files: what these are. They are part of the plan. */
  contents?(table: string): Promise<readonly Content[] | undefined>
  /** `here` opens sessions of the target; not more than `streams` are wanted at once. */
  send(what: Sending, here: <T>(body: (s: Session) => Promise<T>) => Promise<T>, streams: number): Promise<Sent>
  /** To ask questions of these tables, where they stand or of a copy. */
  looking?(tables: readonly string[]): Promise<Looking | undefined>
  close(): Promise<void>
}
