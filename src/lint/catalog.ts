// The schema that a migration will meet, as far as SQL that is known tells it. What was never seen is unknown, and judged as a table that is there and full.
import { type Name, type Node, type Type, temporarySchema } from './ast.ts'

export interface Column {
  readonly name: string
  readonly type: Type
  readonly notNull: boolean
  readonly default?: Node | undefined
  readonly generated?: boolean
  /** Generated, and not stored. */
  readonly virtual?: boolean
  readonly identity?: boolean
  /** Columns that it is generated from. */
  readonly from?: readonly string[]
}

export type ConstraintKind = 'check' | 'unique' | 'primary' | 'foreign' | 'exclude' | 'notNull'

export interface Constraint {
  readonly name: string
  readonly kind: ConstraintKind
  readonly columns: readonly string[]
  readonly validated: boolean
  readonly expression?: Node | undefined
  /** Nobody saw it made, nor knows what it says. */
  readonly unseen?: boolean
  /** The transaction that made it; undefined where it was there before. */
  readonly made?: number | undefined
  /** The table that a foreign key leads to. */
  readonly references?: string | undefined
}

export interface Index {
  readonly name: string
  /** Those of its expressions and of its condition too. */
  readonly columns: readonly string[]
  readonly unique: boolean
  readonly partial: boolean
  /** Columns and nothing else: no expression, no condition. */
  readonly plain: boolean
}

export interface Table {
  readonly name: Name
  readonly kind: 'table' | 'view' | 'matview' | 'sequence'
  /** Made by the migration itself, or temporary: nobody else sees it. */
  fresh: boolean
  /** Whether all its columns are known: not of one that was only altered. */
  readonly whole: boolean
  readonly columns: Map<string, Column>
  constraints: Constraint[]
  indexes: Index[]
  policies: number
  readonly triggers: Set<string>
  rowSecurity?: boolean
  unlogged?: boolean
  /** Names of a view's columns, in order, where all are known. */
  readonly gives?: readonly string[] | undefined
  /** Their types, as far as they are known. */
  readonly givesTypes?: readonly (string | undefined)[] | undefined
  /** Columns of the key, where it has partitions. */
  readonly partitionKey?: readonly string[] | undefined
  partitions?: number
  hasDefaultPartition?: boolean
  rows?: number | undefined
  /** Of a view: table.column that it reads. */
  readonly reads: ReadonlySet<string>
}

export interface Routine {
  readonly name: string
  readonly volatility: string
  readonly language: string
  readonly body: string
  /** Names of the arguments' types, and what comes back. */
  readonly takes: string
  readonly gives: string
  fresh: boolean
}

export interface UserType {
  readonly kind: 'enum' | 'domain' | 'composite' | 'other'
  readonly constrained: boolean
  /** Of a domain. */
  readonly notNull?: boolean | undefined
  readonly base?: Type | undefined
  /** Of a domain. */
  readonly default?: Node | undefined
  readonly labels: readonly string[]
  fresh: boolean
  readonly made?: number | undefined
}

/** Stands in for a name that is only known when it runs. */
export const anyName = 'godwit_any_name'

const untold =
  /^(pg_.*|information_schema|(alembic|goose_db|schema)_version|(schema|django|_prisma|knex|_sqlx|__diesel_schema|mikro_orm|gorp)_migrations|ar_internal_metadata|knex_migrations_lock|flyway_schema_history|databasechangelog(lock)?|pgmigrations|atlas_schema_revisions|typeorm_metadata|__EFMigrationsHistory|SequelizeMeta)$/

export class Catalog {
  readonly tables = new Map<string, Table>()
  routines = new Map<string, Routine>()
  readonly types = new Map<string, UserType>()
  /** Tables of each publication that names them. */
  readonly publications = new Map<string, { tables: readonly string[]; fresh: boolean }>()
  readonly extensions = new Set<string>()
  readonly schemas = new Set<string>()
  /** Whether everything that is there was told: then what is not here is not there. */
  closed = false

  table(name: Name): Table | undefined {
    if (name.schema) return this.tables.get(`${name.schema}.${name.name}`)
    const there = this.tables.get(`${temporarySchema}.${name.name}`) ?? this.tables.get(`public.${name.name}`)
    return there ?? [...this.tables.values()].find((t) => t.name.name === name.name)
  }

  /** Where everything is told, it is not among it; the tables of the server, and of whoever runs migrations, are never told. */
  lacks(name: Name): boolean {
    return this.closed && !this.table(name) && !untold.test(name.schema ?? '') && !untold.test(name.name) && !name.name.startsWith(anyName)
  }

  put(table: Table): void {
    this.tables.set(keyOf(table.name), table)
  }

  drop(name: Name): void {
    const found = this.table(name)
    if (found) this.tables.delete(keyOf(found.name))
  }

  /** What a migration made is old for the next one, and what it made for itself is gone. */
  settle(): void {
    for (const [key, table] of this.tables) if (table.name.schema === temporarySchema) this.tables.delete(key)
    for (const made of [...this.tables.values(), ...this.routines.values(), ...this.types.values(), ...this.publications.values()])
      made.fresh = false
    this.schemas.clear()
  }

  indexOwner(index: string): Table | undefined {
    return [...this.tables.values()].find((t) => t.indexes.some((i) => i.name === index))
  }

  /** Tables with a column that fits. */
  tablesWith(holds: (column: Column) => boolean): string[] {
    return [...this.tables.values()].filter((t) => [...t.columns.values()].some(holds)).map((t) => t.name.name)
  }

  /** Foreign keys that lead to a table. */
  keysTo(table: Name): string[] {
    return [...this.tables.values()]
      .filter((t) => t.name.name !== table.name)
      .flatMap((t) => t.constraints.filter((c) => c.references?.split('.').at(-1) === table.name).map((c) => `${c.name} of ${t.name.name}`))
  }

  viewsOver(table: string, column?: string): string[] {
    return [...this.tables.values()].filter((t) => readsOf(t.reads, table, column)).map((t) => t.name.name)
  }
}

export const keyOf = ({ schema, name }: Name): string => `${schema ?? 'public'}.${name}`

const readsOf = (reads: ReadonlySet<string>, table: string, column?: string): boolean =>
  column === undefined ? [...reads].some((r) => r.startsWith(`${table}.`)) : reads.has(`${table}.${column}`)

export const emptyTable = (name: Name, more: Partial<Table> = {}): Table => ({
  name,
  kind: 'table',
  fresh: false,
  whole: true,
  columns: new Map(),
  constraints: [],
  indexes: [],
  policies: 0,
  triggers: new Set(),
  reads: new Set(),
  ...more,
})
