// People are told of what a command does, by the channels of the configuration: beside it, and never in its way.
import type { ResolvedConfig } from '../config/config.ts'
import { scrubKnown } from '../config/secret.ts'
import type { Database } from '../databases/database.ts'
import type { Observe } from '../events/event.ts'
import type { Unsent } from '../notify/notifier.ts'
import { plural } from '../text.ts'
import { type Context, commandLine } from './context.ts'

/** `shown`: who looks on besides. Channels are opened first: what is wrong with one is said before anything happens. */
export async function telling<T>(
  context: Context,
  { config, db }: { readonly config: ResolvedConfig; readonly db: Database },
  shown: Observe,
  work: (observe: Observe) => Promise<T>,
): Promise<T> {
  const channels = config.channels()
  if (!channels.length) return work(shown)
  const { notifier } = await import('../notify/notifier.ts')
  const told = notifier(db, { channels, environment: config.name, scrub: scrubKnown })
  try {
    return await work((event) => {
      shown(event)
      told.observe(event)
    })
  } finally {
    noteUnsent(context, await told.settle())
  }
}

function noteUnsent(context: Context, unsent: readonly Unsent[]): void {
  if (!unsent.length) return
  const by = [...new Set(unsent.map((u) => `${u.channel}${u.error ? ` (${u.error})` : ''}`))].join(', ')
  context.screen.note(
    `${plural(unsent.length, 'message')} not sent yet, by ${by}. They wait in the ledger: ${commandLine(context, 'notify')}`,
  )
}
