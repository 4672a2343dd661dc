// What a user writes in godwit.config.ts, and what Godwit makes of it.

import type { FileTables } from '../databases/files/declared.ts'
import type { Channel } from '../notify/channel.ts'
import type { NotifyChannel } from '../notify/channels/index.ts'
import type { People } from '../run/gates/people.ts'
import type { Protection } from '../run/surroundings.ts'
import type { DatabaseAddress } from './address.ts'
import type { LintGiven } from './lint.ts'
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
  /** How long to wait for a lock before giving way and trying again; whoever comes after waits as long. Default '500ms'. */
  readonly lockTimeout?: string | undefined
  /** How long one statement may take, unless it stands in nobody's way: an index built beside others, a look at rows. Default '10min'. */
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

export interface Notify {
  /** By names of one's own. */
  readonly channels?: { readonly [name: string]: NotifyChannel } | undefined
  /** Whom to ask, by what they answer for: { 'the data': 'Ana Ruiz, ana@example.org' }. In announcements and runbooks. */
  readonly contacts?: { readonly [what: string]: string } | undefined
}

/** Somebody who may be asked for an approval. */
export interface PersonGiven {
  /** What they answer for: the names that `approve(…, { by })` asks for. */
  readonly roles: readonly string[]
  /** Other names that machines know them by: users, mail addresses. */
  readonly accounts?: readonly string[] | undefined
  /** The variable that holds the key they sign with: '${ADA_KEY}'. From then on nothing in their name counts without it. */
  readonly key?: string | undefined
}

/** What must hold in a protected environment before anything is cut over or taken away. */
export interface ProtectionGiven {
  /** How old the verification of this very plan may be; older, and it is made anew. Default '30min'. */
  readonly verifiedWithin?: string | undefined
  /**
   * How old the last backup that was proven may be. Said, there must be one; left out, those that Godwit has taken here must not be older
   * than '24h'.
   */
  readonly backedUpWithin?: string | undefined
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
  /**
   * `scratch`: where backups are proved, if not on the server of `database` itself, because its role may not make databases or it is not given
   * the work. A URL of the same kind of server, with a role that may make them. May hold ${NAME}.
   */
  readonly backup?: { readonly scratch?: string | undefined } | undefined
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
  readonly protection?: ProtectionGiven | undefined
  /** Who may approve and reject, by name. Left out: anybody may, and nothing of who it was is proved. An environment that has `people` replaces all of them. */
  readonly people?: { readonly [name: string]: PersonGiven } | undefined
  /** Who is told of a run, and by what. An environment that has `notify` replaces all of it. */
  readonly notify?: Notify | undefined
  /** What `godwit lint` should know. An environment that has `lint` replaces all of it. */
  readonly lint?: LintGiven | undefined
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
  /** Undefined where the environment is not protected. */
  readonly protection: Protection | undefined
  readonly people: People
  readonly migrations: readonly string[]
  /** Empty unless the database is embedded. */
  readonly load: readonly string[]
  readonly schema: string
  readonly database: Secret
  readonly address: DatabaseAddress
  readonly sources: readonly ResolvedSource[]
  readonly workshop: DatabaseAddress
  /** Undefined where backups are proved on the server of the database. */
  readonly scratch: DatabaseAddress | undefined
  /** `schemas` is undefined where nothing is said: then all may be written that is not readOnly. */
  readonly owns: { readonly readOnly: readonly string[]; readonly schemas: readonly string[] | undefined }
  readonly runAs: string | undefined
  readonly run: ResolvedRun
  /** A variable, from where ${NAME} is looked for; its value is never printed from then on. */
  variable(name: string): string | undefined
  /** Opens the channels, and says what is wrong with one. */
  channels(): readonly Channel[]
  /** Whom to ask, by what they answer for. */
  readonly contacts: Readonly<Record<string, string>>
  /** For people: `prod (app@prod-db/app), protected`. */
  describe(): string
}

/** What a person must type before something that cannot be taken back: the database's name, not "yes". */
export const typedConfirmation = (config: ResolvedConfig): { needed: boolean; word: string; where: string } => ({
  needed: config.protected,
  word: config.address.database ?? config.name,
  where: config.describe(),
})
