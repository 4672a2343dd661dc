// The channels by which people are told: opened when they are needed, so that a command that tells nobody does not ask for their keys.
import { configInvalid, type MissingVariable } from '../errors/config.ts'
import { type Channel, Unfit } from '../notify/channel.ts'
import { type NotifyChannel, openChannel } from '../notify/channels/index.ts'
import { problemAt } from './check.ts'
import { pathOf, settingOf } from './environment.ts'
import type { Given } from './resolve.ts'
import { registerSecret } from './secret.ts'
import { expand } from './variables.ts'

/** `refuse`: says which variables are not there. */
export function channelsOf(given: Given, refuse: (missing: readonly MissingVariable[]) => void): readonly Channel[] {
  const { config, environment } = given
  const path = [...pathOf(config, environment, 'notify'), 'channels']
  return Object.entries(settingOf(config, environment, 'notify')?.channels ?? {}).map(([name, said]) => {
    const keys = expanded(given, said, [...path, name], refuse)
    const channel = opened(given, [...path, name], () => openChannel(name, keys, given.root))
    for (const secret of channel.secrets) registerSecret(secret)
    return channel
  })
}

function expanded(
  { places }: Given,
  said: NotifyChannel,
  path: readonly string[],
  refuse: (missing: readonly MissingVariable[]) => void,
): NotifyChannel {
  const missing: MissingVariable[] = []
  const put = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((v) => put(key, v))
    if (typeof value !== 'string') return value
    const { text, missing: names } = expand(value, places)
    missing.push(...names.map((m) => ({ ...m, key: [...path, key].join('.') })))
    return text
  }
  const all = Object.fromEntries(Object.entries(said).map(([key, value]) => [key, put(key, value)]))
  refuse(missing)
  return all as unknown as NotifyChannel
}

function opened({ written, file }: Given, path: readonly string[], open: () => Channel): Channel {
  try {
    return open()
  } catch (problem) {
    if (!(problem instanceof Unfit)) throw problem
    throw configInvalid({ file: file ?? written.shown, problems: [problemAt(written, [...path, problem.key], `${problem.message}.`)] })
  }
}
