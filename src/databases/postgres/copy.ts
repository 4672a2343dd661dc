// COPY both ways: text in blocks of whole lines, never more in memory than a few of them.
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TextDecoder } from 'node:util'
import type pg from 'pg'
import { type CopyToStreamQuery, from, to } from 'pg-copy-streams'
import { PostgresFailure } from './failure.ts'

/** Large enough that the round trips do not count, small enough for any runner. */
const blockSize = 128 * 1024
const newline = 10

export const notUnicode = (): PostgresFailure =>
  new PostgresFailure({ message: 'A text holds half a surrogate pair, which no encoding can carry', sqlstate: '22021' })

/** Rows in. An item is one or more lines; where its last newline is missing, it is put there. */
export async function copyInto(client: pg.Client, sql: string, lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
  const stream = client.query(from(sql))
  let refused = false
  const ended = new Promise<number>((resolve, reject) => {
    stream.once('finish', () => resolve(stream.rowCount))
    stream.once('error', (problem) => {
      refused = true
      reject(problem)
    })
  })
  // it is awaited below; until then a refusal must not count as unhandled
  ended.catch(() => {})
  try {
    for await (const block of blocksOf(lines)) {
      if (refused) return await ended
      if (!stream.write(block)) await Promise.race([once(stream, 'drain'), ended])
    }
  } catch (problem) {
    if (refused) return ended
    // the server forgets what it was sent, and says so
    stream.destroy(new Error('the rows could not be read to their end'))
    await ended.catch(() => {})
    throw problem
  }
  if (!refused) stream.end()
  return ended
}

async function* blocksOf(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  let waiting = ''
  for await (const line of lines) {
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

/** Rows in as they are. Gives how many. */
export async function bytesInto(client: pg.Client, sql: string, bytes: Readable): Promise<number> {
  const stream = client.query(from(sql, { highWaterMark: blockSize }))
  await pipeline(bytes, stream)
  return stream.rowCount
}
