// Messages sent because somebody says so: what waits, all of it and now; and a test of a channel.
import type { Database } from '../databases/database.ts'
import { delivered } from '../databases/workshop/delivered.ts'
import { noticeNotTaken } from '../errors/notify.ts'
import type { Channel } from './channel.ts'
import { deliver, type Office } from './deliver.ts'
import type { Scene } from './notice.ts'
import { type Entry, entries, retryAll, watchedRuns } from './outbox.ts'
import { catchUp } from './write-down.ts'

export interface Retried {
  readonly sent: number
  /** What has not arrived even so. */
  readonly left: readonly Entry[]
}

/** Also what was given up, and what a process that is gone never came to write down. */
export const retryNow = (office: Office, scene: Scene, signal: AbortSignal): Promise<Retried> =>
  delivered(office.db, async () => {
    const names = office.channels.map((c) => c.name)
    await office.db.session(async (s) => {
      const runs = await watchedRuns(s)
      for (const run of runs) await catchUp(s, office, scene, run)
      if (runs.length) await retryAll(s, names, office.clock.now())
    })
    const { sent } = (await watched(office.db)) ? await deliver(office, signal) : { sent: 0 }
    return { sent, left: (await office.db.session(entries)).filter((e) => e.state !== 'sent') }
  })

const watched = async (db: Database): Promise<boolean> => (await db.session(watchedRuns)).length > 0

/** One message by a channel, at once, whatever it is told of otherwise. */
export async function sendTest(
  channel: Channel,
  scene: Scene,
  { clock, scrub }: Pick<Office, 'clock' | 'scrub'>,
  signal: AbortSignal,
): Promise<void> {
  const at = clock.now()
  const notice = {
    ...scene,
    key: 'test',
    occasion: 'test' as const,
    run: 'r0',
    migration: 'a test',
    plan: 'none',
    at: new Date(at).toISOString(),
    title: `Godwit can be heard on ${channel.name}`,
    says: ['Nothing has happened. Somebody wanted to know whether this arrives.'],
    next: [],
  }
  try {
    await channel.send({ id: crypto.randomUUID(), notice }, { now: () => clock.now(), signal })
  } catch (error) {
    throw noticeNotTaken({ channel: channel.name, to: channel.to, said: scrub((error as Error).message) })
  }
}
