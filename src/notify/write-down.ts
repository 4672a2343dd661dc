// Notices into the outbox: as they come, and those that a process which is gone has left untold.
import type { Session } from '../databases/database.ts'
import type { Event } from '../events/event.ts'
import type { Office } from './deliver.ts'
import { type Notice, type Scene, type Tell, teller } from './notice.ts'
import { put } from './outbox.ts'

type Desk = Pick<Office, 'channels' | 'clock' | 'scrub'>

/** `after`: only for channels that were watching at that time already. */
export function writeDown(session: Session, { channels, clock, scrub }: Desk, notice: Notice, after?: string): Promise<void> {
  const names = wanting(channels, notice).map((c) => c.name)
  return put(session, scrubbed(notice, scrub), names, clock.now(), after)
}

export const scrubbed = (notice: Notice, scrub: Desk['scrub']): Notice => ({
  ...notice,
  title: scrub(notice.title),
  says: notice.says.map(scrub),
  next: notice.next.map(scrub),
})

export const wanting = (channels: Desk['channels'], { occasion }: Notice): Desk['channels'] =>
  channels.filter((c) => occasion === 'test' || c.on.has(occasion))

/** The events of a run read again make the same notices: those that were written down before stay as they are. Goes on from there, before `own`. */
export async function catchUp(session: Session, desk: Desk, scene: Scene, run: string, own?: Event): Promise<Tell> {
  const { rows } = await session.query('select body::text as body, at::text as at from godwit.event where run = $1 order by seq', [
    Number(run.slice(1)),
  ])
  const tell = teller(scene)
  for (const { body, at } of rows) {
    const event = JSON.parse(body!) as Event
    if (event.type === 'run.started' && event.at === own?.at && event.seq === own.seq) break
    const notice = tell(event)
    if (notice) await writeDown(session, desk, notice, at!)
  }
  return tell
}
