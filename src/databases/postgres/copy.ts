// COPY both ways: text in blocks of whole lines, never more in memory than a few of them.
import { TextDecoder } from 'node:util'
import type pg from 'pg'
import { type CopyToStreamQuery, to } from 'pg-copy-streams'
import { CopyIn } from './copy-in.ts'
import { PostgresFailure } from './failure.ts'

/** Large enough that the round trips do not count, small enough for any runner. */
const blockSize = 128 * 1024
const newline = 10

export const notUnicode = (): PostgresFailure =>
  new PostgresFailure({ message: 'A text holds half a surrogate pair, which no encoding can carry', sqlstate: '22021' })

/** Lines of COPY's text form: texts of one or more, whose last newline is put there where it is missing, or blocks of bytes as they are. */
export type Lines = AsyncIterable<string | Buffer> | Iterable<string | Buffer>

/** Rows in. Whoever gives blocks may fill one anew when the next is asked for. */
export const copyInto = (client: pg.Client, sql: string, lines: Lines): Promise<number> =>
  feed(client, sql, blocksOf(lines), (copy, block) => copy.write(block))

/** Rows in as they are, from whoever has kept them. */
export const bytesInto = (client: pg.Client, sql: string, bytes: AsyncIterable<Buffer>): Promise<number> =>
  feed(client, sql, bytes, (copy, block) => copy.write(block))

/** Rows in, as another server wrote them. */
export const messagesInto = (client: pg.Client, sql: string, messages: AsyncIterable<readonly Buffer[]>): Promise<number> =>
  feed(client, sql, messages, (copy, some) => copy.send(some))

async function feed<T>(
  client: pg.Client,
  sql: string,
  items: AsyncIterable<T>,
  give: (copy: CopyIn, item: T) => Promise<void>,
): Promise<number> {
  const copy = new CopyIn(client, sql)
  try {
    for await (const item of items) {
      if (copy.refused) break
      await give(copy, item)
    }
  } catch (problem) {
    if (copy.refused) return copy.end()
    await copy.fail('the rows could not be read to their end')
    throw problem
  }
  return copy.end()
}

async function* blocksOf(lines: Lines): AsyncGenerator<Buffer> {
  let waiting = ''
  for await (const line of lines) {
    if (typeof line !== 'string') {
      yield line
      continue
    }
    if (!line.isWellFormed()) throw notUnicode()
    waiting += line.endsWith('\n') ? line : `${line}\n`
    if (waiting.length < blockSize) continue
    yield Buffer.from(waiting)
    waiting = ''
  }
  if (waiting !== '') yield Buffer.from(waiting)
}

/** Rows out, in blocks of whole lines. `stop` is called where the reader leaves before the end. */
export async function* copyFrom(client: pg.Client, sql: string, stop: () => Promise<void>): AsyncGenerator<string> {
  const stream = client.query(to(sql, { highWaterMark: blockSize }))
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let rest: Buffer[] = []
  // the stream's own `errored` stays empty when it says 'error' for the server
  let finished = false
  const finish = () => {
    finished = true
  }
  stream.once('error', finish)
  stream.once('end', finish)
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const end = chunk.lastIndexOf(newline) + 1
      if (end === 0) {
        rest.push(chunk)
        continue
      }
      yield decodeWith(decoder, Buffer.concat([...rest, chunk.subarray(0, end)]))
      rest = end < chunk.length ? [chunk.subarray(end)] : []
    }
  } finally {
    if (!finished) await drain(stream, stop)
  }
}

function decodeWith(decoder: TextDecoder, bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new PostgresFailure({
      message: 'The server sent text that is not UTF-8; its database has another encoding, or none',
      sqlstate: '22021',
      cause,
    })
  }
}

/** The connection is of no use until all that is on its way has been taken off it. */
async function drain(stream: ReturnType<typeof to>, stop: () => Promise<void>): Promise<void> {
  const over = new Promise<void>((resolve) => {
    for (const event of ['end', 'error', 'close']) stream.once(event, () => resolve())
  })
  await stop()
  stream.resume()
  await over
}

/** Rows out as they are, for whoever passes them on. */
export const bytesFrom = (client: pg.Client, sql: string): CopyToStreamQuery => client.query(to(sql, { highWaterMark: blockSize }))
