// A channel is of one kind, and has what belongs to that kind and nothing else.
import { channelKinds } from '../notify/channels/index.ts'
import { list } from '../text.ts'

interface Wrong {
  readonly path: readonly PropertyKey[]
  readonly what: string
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

export function wrongChannels(settings: Record<string, unknown>, path: readonly PropertyKey[]): Wrong[] {
  const channels = isObject(settings['notify']) && isObject(settings['notify']['channels']) ? settings['notify']['channels'] : {}
  return Object.entries(channels).flatMap(([name, said]) => {
    const place = [...path, 'notify', 'channels', name]
    return [
      ...(/^[A-Za-z][\w-]{0,40}$/.test(name)
        ? []
        : [{ path: place, what: 'cannot be the name of a channel. Use letters, digits, _ and -.' }]),
      ...(isObject(said) ? wrongChannel(said, place) : []),
    ]
  })
}

function wrongChannel(said: Record<string, unknown>, path: readonly PropertyKey[]): Wrong[] {
  const has = (key: string) => said[key] !== undefined
  const kinds = channelKinds.filter((k) => has(k.kind))
  const [kind] = kinds
  if (!kind || kinds.length > 1)
    return [
      {
        path,
        what: `must say one of ${list(
          channelKinds.map((k) => k.kind),
          'or',
        )}: what kind of channel it is.`,
      },
    ]
  const missing = kind.needs
    .filter((key) => !has(String(key)))
    .map((key) => ({ path, what: `must also say ${String(key)}: ${kind.keys[key]!.must}.` }))
  const others = new Set(channelKinds.flatMap((k) => Object.keys(k.keys)).filter((key) => !(key in kind.keys)))
  const strange = Object.keys(said).filter((key) => others.has(key))
  return [...missing, ...strange.map((key) => ({ path: [...path, key], what: `does not belong to a channel of the kind ${kind.kind}.` }))]
}
