// What a user writes in godwit.config.ts, and what Godwit makes of it.

import type { FileTables } from '../databases/files/declared.ts'
import type { DatabaseAddress } from './address.ts'
import type { Secret } from './secret.ts'

/** How a run works. Written at the top or in an environment; an environment's keys are laid over those at the top, one by one. */
export interface RunSettings {
  /** How many units are worked on at once. Default 2. */
  readonly workers?: number | undefined
  /**
   * Rows of one unit. A number is a fixed size. `{ rows, targetMs }` begins with `rows` and adapts them so that a unit takes about
   * `targetMs`. Default `{ rows: 20_000, targetMs: 1_000 }`.
   */
  readonly chunk?: number | { readonly rows?: number | undefined; readonly targetMs?: number | undefined } | undefined
  /** How much may go to quarantine before the run stops, resumably: the lower of the two. Default `{ rows: 1_000, percent: 1 }`. */
  readonly budget?: { readonly rows?: number | undefined; readonly percent?: number | undefined } | undefined
  /** How long to wait for a lock before giving way and trying again. Default '2s'. */
  readonly lockTimeout?: string | undefined
  /** How long one statement may take. Default '10min'. */
  readonly statementTimeout?: string | undefined
  /** How often a unit is tried again after a lost connection, a deadlock or a lock that did not come. Default 5. */
  readonly retries?: number | undefined
}

export interface Owns {
  /** Schemas, or tables as schema.table, that Godwit may only read. */
  readonly readOnly?: readonly string[] | undefined
  /** Schemas in which Godwit may write. */
  readonly schemas?: readonly string[] | undefined
}

/** One of `database` and `files`. */
export interface Source {
  /** A URL (postgres, mariadb), 'sqlite:FILE', 'files:FOLDER' or 'embedded'. May hold ${NAME}. */
  readonly database?: string | undefined
  /** SQL files for an embedded one. */
  readonly load?: readonly string[] | undefined
  /** A folder whose files are tables, relative to the configuration. May hold ${NAME}. Nothing outside of it is read. */
  readonly files?: string | undefined
  /** Which of its files are tables, by the names of these. Default: each whose ending tells its format, by its name without the ending. */
  readonly tables?: FileTables | undefined
}

/** What may stand at the top of the configuration and in every environment. */
export interface Settings {
  /**
   * Files or globs, relative to the configuration; a glob leaves out .d.ts, .test.ts and .spec.ts.
   * Default ['migration.ts', 'migrations/*.ts'].
   */
  readonly migrations?: readonly string[] | undefined
  /** Where ledger and target live: a URL, 'sqlite:FILE' (or 'file:FILE'), or 'embedded' for a private Postgres. May hold ${NAME}. Default '${DATABASE_URL:-embedded}'. */
  readonly database?: string | undefined
  /**
   * Other databases that tables may be read from, by the names that `database('NAME')` gives them: a URL (postgres, mariadb), 'sqlite:FILE',
   * 'files:FOLDER', 'embedded', or an object that says more of one. May hold ${NAME}. Nothing is ever written there.
   */
  readonly sources?: { readonly [name: string]: string | Source } | undefined
  /**
   * A Postgres on which scratch databases may be made, for a `database` that is none: its rows are worked on there. A URL, or 'embedded', the
   * private Postgres. May hold ${NAME}. Default 'embedded'.
   */
  readonly workshop?: string | undefined
  /** SQL files loaded once into a fresh embedded database, or into a SQLite file in the project's folder `.godwit` that is not there yet; never into one that was given. */
  readonly load?: readonly string[] | undefined
  /** What `godwit pull` writes and --check compares. Default 'schema.ts'. */
  readonly schema?: string | undefined
  /** What is Godwit's to change. An environment that has `owns` replaces all of it, so that nothing becomes writable by a merge. */
  readonly owns?: Owns | undefined
  /** The role that a run takes on with SET ROLE, so that the database's own privileges hold it back. May hold ${NAME}. */
  readonly runAs?: string | undefined
  readonly run?: RunSettings | undefined
  /** Whether steps that cannot be taken back must be confirmed by typing the database's name. Default false. */
  readonly protected?: boolean | undefined
}

export interface Config<E extends string = string> extends Settings {
  /** The environment when neither --env nor GODWIT_ENV names one. */
  readonly defaultEnvironment?: NoInfer<E> | undefined
  /** Each may say anew whatever stands at the top. `run` is merged key by key; all else is replaced whole. */
  readonly environments?: { readonly [name in E]: Settings } | undefined
}

/** What godwit.config.ts exports as its default. It only gives the types: the object comes back as it is. */
export const defineConfig = <const E extends string = never>(config: Config<E>): Config<E> => config

export interface ResolvedSource {
  readonly name: string
  readonly database: Secret
  readonly address: DatabaseAddress
  /** Empty unless it is embedded. */
  readonly load: readonly string[]
  /** Of a folder of files. */
  readonly tables: FileTables | undefined
}

export interface ResolvedRun {
  readonly workers: number
  /** Without `targetMs` the size is fixed. */
  readonly chunk: { readonly rows: number; readonly targetMs: number | undefined }
  readonly budget: { readonly rows: number; readonly percent: number }
  readonly lockTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly retries: number
}

/** One environment with everything decided: all paths absolute, all variables put in, all durations in milliseconds. */
export interface ResolvedConfig {
  /** The configuration that was read; undefined when Godwit works without one. */
  readonly file: string | undefined
  /** The folder that paths are relative to. */
  readonly root: string
  /** The environment; 'default' when the configuration has none or none was chosen. */
  readonly name: string
  /** All there are, in the order written. */
  readonly environments: readonly string[]
  readonly protected: boolean
  readonly migrations: readonly string[]
  /** Empty unless the database is embedded. */
  readonly load: readonly string[]
  readonly schema: string
  readonly database: Secret
  readonly address: DatabaseAddress
  readonly sources: readonly ResolvedSource[]
  readonly workshop: DatabaseAddress
  /** `schemas` is undefined where nothing is said: then all may be written that is not readOnly. */
  readonly owns: { readonly readOnly: readonly string[]; readonly schemas: readonly string[] | undefined }
  readonly runAs: string | undefined
  readonly run: ResolvedRun
  /** For people: `prod (app@prod-db/app), protected`. */
  describe(): string
}

/** What a person must type before something that cannot be taken back: the database's name, not "yes". */
export const typedConfirmation = (config: ResolvedConfig): { needed: boolean; word: string; where: string } => ({
  needed: config.protected,
  word: config.address.database ?? config.name,
  where: config.describe(),
})
