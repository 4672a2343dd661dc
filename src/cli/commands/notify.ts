// Who was told of what, what still waits to be sent, and whether a channel can be heard.
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) => {
  command
    .addHelpText(
      'after',
      examples(
        ['godwit notify', 'the channels, and what waits or was given up'],
        ['godwit notify test --to team', 'one message, to see whether it arrives'],
        ['godwit notify retry', 'send all that waits, now'],
      ),
    )
    .action(act((context) => show(context)))
  command
    .command('retry')
    .description('send all that waits or was given up, now')
    .action(act((context) => retry(context)))
  command
    .command('test')
    .description('one message by a channel, to see whether it arrives')
    .requiredOption('--to <channel>', 'its name in the configuration')
    .action(act((context, options: { to: string }) => test(context, options.to)))
}

/** Channels of which one does not open are listed all the same: it is what one looks for here. */
async function show(context: Context): Promise<Outcome> {
  const [{ configOf, withDatabase }, { entries }, { outboxText }] = await Promise.all([
    import('../project.ts'),
    import('../../notify/outbox.ts'),
    import('../terminal/notify-text.ts'),
  ])
  const config = await configOf(context)
  const channels = config.channels().map(({ name, kind, to, on }) => ({ name, kind, to, on: [...on] }))
  return withDatabase(context, config, async ({ db }) => {
    const notices = await db.session(entries)
    for (const line of outboxText(channels, notices, context.screen)) context.screen.say(line)
    return { json: { channels, notices } }
  })
}

async function retry(context: Context): Promise<Outcome> {
  const [{ configOf, withDatabase }, { retryNow }, { retriedText }, around] = await Promise.all([
    import('../project.ts'),
    import('../../notify/by-hand.ts'),
    import('../terminal/notify-text.ts'),
    surroundings(),
  ])
  const config = await configOf(context)
  const channels = config.channels()
  return withDatabase(context, config, async ({ db }) => {
    const scene = { environment: config.name, database: db.name }
    const done = await retryNow({ ...around, db, channels }, scene, AbortSignal.timeout(patienceMs))
    for (const line of retriedText(done, context.screen)) context.screen.say(line)
    return { exit: done.left.length ? 1 : 0, json: done }
  })
}

const patienceMs = 60_000

async function test(context: Context, to: string): Promise<Outcome> {
  const [{ configOf }, { sendTest }, { channelUnknown }, { didYouMean }, around] = await Promise.all([
    import('../project.ts'),
    import('../../notify/by-hand.ts'),
    import('../../errors/notify.ts'),
    import('../../text.ts'),
    surroundings(),
  ])
  const config = await configOf(context)
  const channels = config.channels()
  const channel = channels.find((c) => c.name === to)
  const known = channels.map((c) => c.name)
  if (!channel) throw channelUnknown({ name: to, known, near: didYouMean(to, known) })
  await sendTest(channel, { environment: config.name, database: config.address.describe() }, around, AbortSignal.timeout(patienceMs))
  context.screen.say(`${context.screen.paint.green('✓')} ${channel.name} (${channel.to}) has taken the message.`)
  return { json: { channel: channel.name, kind: channel.kind, to: channel.to } }
}

async function surroundings() {
  const [{ wallClock }, { scrubKnown }] = await Promise.all([import('../../run/clock.ts'), import('../../config/secret.ts')])
  return { clock: wallClock, scrub: scrubKnown }
}
