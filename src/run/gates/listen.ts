// A door for signed replies over HTTP: one JSON object in a POST, verified before anything is opened for it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '../../databases/database.ts'
import { GodwitError } from '../../errors/error.ts'
import { notSigned, replyUnreadable } from '../../errors/gates.ts'
import { clocksApartMs } from '../../steps/approval.ts'
import { type Clock, wallClock } from '../clock.ts'
import { type Answered, answerSigned, provenBy } from './answer.ts'
import type { People } from './people.ts'
import { readReply } from './reply.ts'

const mostBytes = 16_384

export interface Listening {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

export interface ListenOptions {
  readonly people: People
  /** Lends a database for one answer. */
  readonly withDatabase: <T>(work: (db: Database) => Promise<T>) => Promise<T>
  /** Left out, only this machine is listened to. */
  readonly host?: string
  /** Left out, one that is free. */
  readonly port?: number
  readonly clock?: Clock
  readonly tell?: (answered: Answered) => void
}

export async function listen(options: ListenOptions): Promise<Listening> {
  const inTurn = oneByOne()
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 1_000 }, (request, response) => {
    void respond(request, response, { ...options, withDatabase: (work) => inTurn(() => options.withDatabase(work)) })
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', done)
  })
  const { address, port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await inTurn(async () => undefined)
  }
  return { host: address, port, close }
}

/** Two at once would be two that write to one ledger. Only this is in turn: whoever sends slowly keeps nobody waiting. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, options: ListenOptions): Promise<void> {
  try {
    if (request.method !== 'POST') return said(response, 405, { message: 'Send a signed reply by POST.' }, { allow: 'POST' })
    const answered = await recorded(await bodyOf(request), options)
    options.tell?.(answered)
    const { run, step, plan, answer, lacking } = answered
    said(response, 200, { run, step, plan, person: answer.person, verdict: answer.verdict, lacking })
  } catch (error) {
    const known = error instanceof GodwitError ? error : undefined
    const { code = 'GW_INTERNAL', message = 'It was not recorded.', hint = '' } = known ?? {}
    said(response, statusOf(code), { code, message, hint })
  }
}

/** The signature first: who cannot sign is given no connection, and told nothing about runs. */
async function recorded(text: string, { people, withDatabase, clock = wallClock }: ListenOptions): Promise<Answered> {
  const reply = readReply(text)
  try {
    provenBy(reply, people)
  } catch {
    throw notSigned()
  }
  return withDatabase((db) => answerSigned(db, reply, { people, clock, withinMs: clocksApartMs }))
}

const statuses: Readonly<Record<string, number>> = {
  [notSigned.code]: 401,
  [replyUnreadable.code]: 400,
  GW_INTERNAL: 500,
}
const statusOf = (code: string): number => statuses[code] ?? 409

function said(response: ServerResponse, status: number, body: object, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const blocks: Buffer[] = []
  let bytes = 0
  for await (const block of request) {
    bytes += (block as Buffer).length
    if (bytes > mostBytes) throw replyUnreadable({ what: `it is longer than ${mostBytes} bytes` })
    blocks.push(block as Buffer)
  }
  return Buffer.concat(blocks).toString('utf8')
}
