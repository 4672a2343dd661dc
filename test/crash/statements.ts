// Every statement that a run sends, counted where the driver sends it: BEGIN, COMMIT and COPY are among them.
// At the i-th one the process dies, or only the connection does.
import pg from 'pg'
import type { Database } from '../../src/databases/database.ts'
import { openPostgres, type PostgresOptions } from '../../src/databases/postgres/postgres.ts'

/** The process dies with all of its connections: nothing more is sent, nobody hears an answer. */
export const deaths = ['before', 'sent', 'after'] as const
/** Only the connection of that statement goes, the process lives on: its answer is lost, or the server has ended the session. */
export const cuts = ['lost', 'ended'] as const
export type Mode = (typeof deaths)[number] | (typeof cuts)[number]

export interface Fault {
  /** 1 is the first statement. */
  readonly at: number
  readonly mode: Mode
}

/** A process, as far as a database can tell. */
export interface Life {
  readonly db: Database
  /** What was sent so far, in order. */
  readonly sent: readonly string[]
  /** Settled when the process has died of its fault; never, if it does not. */
  readonly died: Promise<void>
  readonly struck: boolean
  end(): Promise<void>
}

interface Watch {
  readonly fault: Fault | undefined
  readonly sent: string[]
  readonly clients: Set<pg.Client>
  readonly died: PromiseWithResolvers<void>
  readonly url: string
  dead: boolean
  struck: boolean
}

const watches = new Map<string, Watch>()
let lives = 0

/** Settings of a session, sent again and again: where one of them is the last thing sent, so is the statement before. */
const isUpkeep = (sql: string): boolean => /^(discard all$|select set_config\(|select pg_backend_pid\(\) as pid)/.test(sql)

export async function openLife(url: string, fault?: Fault, options: Omit<PostgresOptions, 'url' | 'applicationName'> = {}): Promise<Life> {
  const applicationName = `life ${process.pid}.${++lives}`
  const watch: Watch = { fault, sent: [], clients: new Set(), died: Promise.withResolvers(), url, dead: false, struck: false }
  watches.set(applicationName, watch)
  const db = await openPostgres({ ...options, url, applicationName })
  return {
    db,
    sent: watch.sent,
    died: watch.died.promise,
    get struck() {
      return watch.struck
    },
    end: async () => {
      if (!watch.dead) await db.close()
      // it stays known as dead: what still waits for something in it must not send anything when it wakes up
      kill(watch)
    },
  }
}

function kill(watch: Watch): void {
  watch.dead = true
  for (const client of watch.clients) cut(client)
  watch.died.resolve()
}

function cut(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

const never = new Promise<never>(() => {})
const soon = () => new Promise<void>((resolve) => setImmediate(resolve))

type Query = (...args: unknown[]) => unknown
const watchOf = (client: pg.Client): Watch | undefined =>
  watches.get((client as unknown as { connectionParameters: { application_name?: string } }).connectionParameters.application_name ?? '')

const original = { connect: pg.Client.prototype.connect as Query, query: pg.Client.prototype.query as Query }

pg.Client.prototype.connect = async function connect(this: pg.Client) {
  const watch = watchOf(this)
  if (watch?.dead) return never
  watch?.clients.add(this)
  await original.connect.call(this)
  if (!watch?.dead) return
  cut(this)
  return never
} as unknown as typeof pg.Client.prototype.connect

pg.Client.prototype.query = function query(this: pg.Client, ...args: unknown[]) {
  const watch = watchOf(this)
  const send = () => original.query.apply(this, args)
  const sql = textOf(args[0])
  if (!watch || isUpkeep(sql)) return watch?.dead ? never : send()
  if (watch.dead) return isStream(args[0]) ? args[0] : never
  watch.sent.push(sql)
  const { fault } = watch
  if (fault?.at !== watch.sent.length) return send()
  watch.struck = true
  return strike(watch, fault.mode, this, args[0], send)
} as unknown as typeof pg.Client.prototype.query

const textOf = (config: unknown): string =>
  typeof config === 'string'
    ? config
    : ((config as { text?: string }).text ?? (config as { cursor?: { text?: string } }).cursor?.text ?? 'copy')
const isStream = (config: unknown): boolean => typeof (config as { submit?: unknown }).submit === 'function'

function strike(watch: Watch, mode: Mode, client: pg.Client, config: unknown, send: () => unknown): unknown {
  if (mode === 'before') {
    kill(watch)
    return isStream(config) ? config : never
  }
  const answer = send()
  if (mode === 'sent') void soon().then(() => kill(watch))
  if (mode === 'lost') void soon().then(() => cut(client))
  if (mode === 'ended') void terminate(watch.url, (client as unknown as { processID: number }).processID)
  if (mode !== 'after') return answer
  // a stream has no answer to wait for: it is cut off while it runs
  if (isStream(config)) return void soon().then(() => kill(watch)), answer
  return (answer as Promise<unknown>)
    .catch(() => {})
    .then(() => {
      kill(watch)
      return never
    })
}

async function terminate(url: string, backend: number): Promise<void> {
  const other = new pg.Client({ connectionString: url })
  other.on('error', () => {})
  await other.connect()
  await other.query('select pg_terminate_backend($1)', [backend]).finally(() => other.end())
}
