// Frees a database whose Godwit is gone. Nothing that the other would still write takes effect.
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) =>
  void command
    .argument('[run]', 'r4, if only that run is to be unlocked')
    .addHelpText('after', examples(['godwit unlock', 'shows who holds the lock, asks if that one seems to live, and frees it']))
    .action(act((context, run: string | undefined) => unlock(context, run)))

/** A heartbeat comes every two seconds. */
const overdue = 20

async function unlock(context: Context, run: string | undefined): Promise<Outcome> {
  const [{ configOf, withDatabase }, { holderInWords, holderOf }, { breakLock }, { confirmed }, { runUnknown }] = await Promise.all([
    import('../project.ts'),
    import('../holder.ts'),
    import('../../ledger/lock.ts'),
    import('../confirm.ts'),
    import('../../errors/cli.ts'),
  ])
  const config = await configOf(context)
  return withDatabase(context, config, async ({ db }) => {
    const holder = await db.session(holderOf)
    if (!holder) {
      context.screen.say('Nobody holds the lock: there is nothing to free.')
      return { json: { broken: false, holder: null } }
    }
    if (run !== undefined && holder.run !== undefined && holder.run !== run)
      throw runUnknown({ run, known: [`${holder.run}, which holds the lock`] })
    context.screen.say(`Held by ${holderInWords(holder)}.`)
    if (holder.heartbeat !== undefined && holder.heartbeat < overdue)
      await confirmed(context, 'That one seems to be alive. End its sessions and take the lock from it?')
    const { broken } = await db.session(breakLock)
    context.screen.say(
      broken
        ? `${context.screen.paint.green('✓')} Free. Whatever that one still writes is refused. godwit run goes on where it stopped.`
        : 'It has let go by itself meanwhile.',
    )
    return { json: { broken, holder } }
  })
}
