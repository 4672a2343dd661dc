// What is to be told and has not arrived yet: in the ledger, where it outlives this process.
import type { Row, Session } from '../databases/database.ts'
import type { Letter } from './channel.ts'
import type { Notice } from './notice.ts'

/** So long nobody else sends what somebody has taken to send it; after that he is taken to be gone. */
const leaseMs = 120_000

const time = (parameter: string): string => `(timestamptz 'epoch' + ${parameter}::bigint * interval '1 millisecond')`
const numberOf = (run: string): number => Number(run.slice(1))

/** From here on these channels are told of what happens in a run. What happened before is no news. */
export async function watch(session: Session, run: string, channels: readonly string[]): Promise<void> {
  for (const channel of channels)
    await session.query(
      `insert into godwit.notice (run, key, channel, id, state, due) values ($1, 'watched', $2, '', 'watched', clock_timestamp()) on conflict do nothing`,
      [numberOf(run), channel],
    )
}

/** Once for each channel, whoever says it and how often. `after`: only where the channel was watching at that time already. */
export async function put(session: Session, notice: Notice, channels: readonly string[], now: number, after?: string): Promise<void> {
  const { key, run, ...body } = notice
  for (const channel of channels)
    await session.query(
      `insert into godwit.notice (run, key, channel, id, body, state, due) select $1::integer, $2::text, $3::text, $4::text, $5::jsonb, 'waiting', ${time('$6')}
        where $7::timestamptz is null or exists (select from godwit.notice w where w.run = $1::integer and w.key = 'watched' and w.channel = $3::text and w.since <= $7::timestamptz)
        on conflict do nothing`,
      [numberOf(run), key, channel, crypto.randomUUID(), JSON.stringify(body), now, after ?? null],
    )
}

export interface Taken extends Letter {
  /** This one among them. */
  readonly tries: number
}

/** The first that is due for a channel, taken for a while. */
export async function take(session: Session, channel: string, now: number): Promise<Taken | undefined> {
  const { rows } = await session.query(
    `update godwit.notice n set attempts = attempts + 1, due = ${time('$3')} from (
        select run, key, channel from godwit.notice where channel = $1 and state = 'waiting' and due <= ${time('$2')} order by seq limit 1 for update skip locked) d
      where (n.run, n.key, n.channel) = (d.run, d.key, d.channel)
      returning n.run::text as run, n.key, n.id, n.body::text as body, n.attempts::text as tries`,
    [channel, now, now + leaseMs],
  )
  const r = rows[0]
  return r && { id: r['id']!, notice: noticeOf(r), tries: Number(r['tries']) }
}

const noticeOf = (r: Row): Notice => ({ ...(JSON.parse(r['body']!) as Omit<Notice, 'key' | 'run'>), key: r['key']!, run: `r${r['run']}` })

export const markSent = (session: Session, id: string, now: number): Promise<unknown> =>
  session.query(`update godwit.notice set state = 'sent', sent = ${time('$2')}, error = null where id = $1`, [id, now])

/** Later again: and so does all else that waits for this channel, which would fare no better. */
export async function postpone(
  session: Session,
  { id, channel, error, due }: { id: string; channel: string; error: string; due: number },
): Promise<void> {
  await session.query(`update godwit.notice set error = $2, due = ${time('$3')} where id = $1`, [id, error, due])
  await session.query(`update godwit.notice set due = ${time('$2')} where channel = $1 and state = 'waiting' and due < ${time('$2')}`, [
    channel,
    due,
  ])
}

export const giveUp = (session: Session, id: string, error: string): Promise<unknown> =>
  session.query(`update godwit.notice set state = 'failed', error = $2 where id = $1`, [id, error])

/** All that has not arrived is due now, what was given up included. */
export async function retryAll(session: Session, channels: readonly string[], now: number): Promise<number> {
  const { count } = await session.query(
    `update godwit.notice set state = 'waiting', due = ${time('$2')} where channel = any ($1::text[]) and state in ('waiting', 'failed')`,
    [`{${channels.map((c) => JSON.stringify(c)).join(',')}}`, now],
  )
  return count
}

export interface Entry {
  readonly run: string
  readonly channel: string
  readonly state: 'waiting' | 'sent' | 'failed'
  readonly occasion: Notice['occasion']
  readonly migration: string
  readonly title: string
  readonly attempts: number
  readonly since: string
  readonly due: string
  readonly sent: string | undefined
  readonly error: string | undefined
}

/** The newest last. */
export async function entries(session: Session): Promise<Entry[]> {
  if (!(await outboxThere(session))) return []
  const at = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ${column}`
  const { rows } = await session.query(
    `select run::text as run, key, channel, state, body::text as body, attempts::text as attempts, ${at('since')}, ${at('due')}, ${at('sent')}, error
      from godwit.notice where state <> 'watched' order by seq`,
  )
  return rows.map((r) => {
    const { run, occasion, migration, title } = noticeOf(r)
    return {
      run,
      channel: r['channel']!,
      state: r['state'] as Entry['state'],
      occasion,
      migration,
      title,
      attempts: Number(r['attempts']),
      since: r['since']!,
      due: r['due']!,
      sent: r['sent'] ?? undefined,
      error: r['error'] ?? undefined,
    }
  })
}

/** When the next is due for one of these channels, in milliseconds. */
export async function nextDue(session: Session, channels: readonly string[]): Promise<number | undefined> {
  const { rows } = await session.query(
    `select (extract(epoch from min(due)) * 1000)::bigint::text as due from godwit.notice where state = 'waiting' and channel = any ($1::text[])`,
    [`{${channels.map((c) => JSON.stringify(c)).join(',')}}`],
  )
  return rows[0]?.['due'] == null ? undefined : Number(rows[0]['due'])
}

/** Runs that some channel watches; none where nobody was ever told of anything. */
export async function watchedRuns(session: Session): Promise<string[]> {
  if (!(await outboxThere(session))) return []
  const { rows } = await session.query(`select distinct run::text as run from godwit.notice where key = 'watched' order by 1`)
  return rows.map((r) => `r${r['run']}`)
}

const outboxThere = async (session: Session): Promise<boolean> =>
  (await session.query(`select to_regclass('godwit.notice')::text as there`)).rows[0]!['there'] !== null
