// A flag of a service that the project has a client for: given as plain functions, or as an OpenFeature provider with a way to set it.
import { flagUnreadable } from '../../errors/cutover.ts'
import type { Hands } from '../hands.ts'
import type { FlagPlace } from './store.ts'

type Value = string | number | boolean | null | undefined

export interface FlagClient {
  /** For people, and for the plan: `LaunchDarkly production`. */
  readonly name: string
  get(flag: string): Promise<Value> | Value
  set(flag: string, value: string): Promise<unknown> | unknown
  /** Takes it away again, where it was not set before. */
  unset?(flag: string): Promise<unknown> | unknown
}

export const flagProvider = (client: FlagClient): FlagPlace => ({
  says: client.name,
  params: { provider: client.name },
  canUnset: client.unset !== undefined,
  async get(flag, hands) {
    const found = await told(flag, client, hands, () => client.get(flag))
    return found === undefined || found === null ? null : String(found as Value)
  },
  async set(flag, value, hands) {
    await told(flag, client, hands, () => (value === null ? client.unset!(flag) : client.set(flag, value)))
  },
})

const told = async (flag: string, { name }: FlagClient, { signal }: Hands, ask: () => unknown): Promise<unknown> => {
  signal.throwIfAborted()
  try {
    return await ask()
  } catch (cause) {
    throw flagUnreadable({ flag, place: name, said: `failed: ${(cause as Error).message}`, cause })
  }
}

/** So much of an OpenFeature provider as it takes to read a flag; reading is all that OpenFeature does. */
export interface ReadsFlags {
  readonly metadata: { readonly name: string }
  resolveBooleanEvaluation(flag: string, fallback: boolean, context: object, logger?: never): Promise<{ readonly value: boolean }>
  resolveStringEvaluation(flag: string, fallback: string, context: object, logger?: never): Promise<{ readonly value: string }>
}

/** `as`: how the flag is asked for; default 'boolean'. `context`: what the answer may depend on. */
export function openFeature(
  provider: ReadsFlags,
  told: Pick<FlagClient, 'set' | 'unset'> & { readonly as?: 'boolean' | 'string'; readonly context?: object },
): FlagPlace {
  const { as = 'boolean', context = {} } = told
  return flagProvider({
    name: provider.metadata.name,
    get: (flag) => (as === 'boolean' ? booleanOf(provider, flag, context) : stringOf(provider, flag, context)),
    set: (flag, value) => told.set(flag, value),
    ...(told.unset ? { unset: (flag: string) => told.unset!(flag) } : {}),
  })
}

/** A flag that is not there answers with whatever it is offered: two offers tell. */
async function booleanOf(provider: ReadsFlags, flag: string, context: object): Promise<boolean | null> {
  const { value } = await provider.resolveBooleanEvaluation(flag, false, context)
  return value === (await provider.resolveBooleanEvaluation(flag, true, context)).value ? value : null
}

async function stringOf(provider: ReadsFlags, flag: string, context: object): Promise<string | null> {
  const { value } = await provider.resolveStringEvaluation(flag, 'godwit: not there', context)
  return value === 'godwit: not there' ? null : value
}
