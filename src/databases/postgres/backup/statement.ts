// The statements that make a database's objects again: what each is, what it hangs on, and when it is its turn.
import type { Row } from '../../database.ts'

/** before: what must be there for the rows · table: with the rows of its table · after: what looks at several tables · last: what must not meet the rows. */
export const sections = ['before', 'table', 'after', 'last'] as const
export type Section = (typeof sections)[number]

export interface Statement {
  readonly kind: string
  /** For people: `index public.customer_name`. */
  readonly what: string
  readonly section: Section
  readonly sql: readonly string[]
  /** SQL: whether it is there already. Then it is left as it is, and so is what is a part of it. */
  readonly there?: string
  /** SQL: whether what it points at is there. */
  readonly given?: string
  /** Where it was there before: instead of it. */
  readonly again?: string
  /** It may be refused (a role or a tablespace that is not there), and is told then. */
  readonly optional?: true
  /** The table that it belongs to. */
  readonly of?: string
  /** Numbers of the statements that must have been before it. */
  readonly needs: readonly number[]
  /** The number of that which it is a part of. */
  readonly part?: number
  /** What it is called in the canonical form: `constraint public.a.a_b_fkey`. */
  readonly line?: string
}

/** How one kind is written: a question whose rows are statements. $1: the oids of its class. */
export interface Writing {
  readonly kind: string
  readonly class: string
  readonly section?: Section
  readonly optional?: true
  readonly sql: string
}

/** Names of a row's columns in the questions. `key` and `also`: what it is in the catalogue; `hangs`: what it needs besides what Postgres knows of. */
export interface Written {
  readonly key: string
  readonly also: readonly string[]
  readonly hangs: readonly string[]
  readonly partOf: string | undefined
  readonly statement: Omit<Statement, 'needs' | 'part'>
}

export function writtenFrom(row: Row, { kind, section, optional }: Writing): Written {
  const list = (json: string | null | undefined): string[] =>
    json ? (JSON.parse(json) as (string | null)[]).filter((k) => k !== null) : []
  const some = <K extends string>(name: K): Partial<Record<K, string>> =>
    row[name] === null || row[name] === undefined ? {} : ({ [name]: row[name] } as Record<K, string>)
  return {
    key: row['key']!,
    also: list(row['also']),
    hangs: list(row['hangs']),
    partOf: row['part'] ?? undefined,
    statement: {
      kind,
      what: row['what']!,
      section: (row['section'] as Section | undefined) ?? section!,
      sql: list(row['sql']),
      ...some('there'),
      ...some('given'),
      ...some('again'),
      ...some('of'),
      ...some('line'),
      ...(optional ? { optional } : {}),
    },
  }
}
