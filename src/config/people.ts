// People of the configuration, with the keys that are known here; and what a protected environment wants to see.
import { milliseconds } from '../events/duration.ts'
import type { People, Person } from '../run/gates/people.ts'
import type { Protection } from '../run/surroundings.ts'
import type { Config, PersonGiven } from './config.ts'
import { settingOf } from './environment.ts'
import { keyVariable } from './shape.ts'

interface Given {
  readonly config: Config
  readonly environment: string | undefined
}

/** On each machine only some of the keys are known, and that is as it should be. */
export function peopleOf({ config, environment }: Given, secret: (variable: string) => string | undefined): People {
  const keyOf = (key: string): Person['key'] => {
    const variable = keyVariable.exec(key)![1]!
    return { variable, value: secret(variable) }
  }
  const personOf = ({ roles, accounts, key }: PersonGiven): Person => ({
    roles,
    accounts,
    ...(key === undefined ? {} : { key: keyOf(key) }),
  })
  return Object.fromEntries(Object.entries(settingOf(config, environment, 'people') ?? {}).map(([name, p]) => [name, personOf(p)]))
}

export function protectionOf(config: Config, environment: string | undefined): Protection {
  const { verifiedWithin = '30min', backedUpWithin } = settingOf(config, environment, 'protection') ?? {}
  return {
    verifiedWithinMs: milliseconds(verifiedWithin),
    backup: { withinMs: milliseconds(backedUpWithin ?? '24h'), needed: backedUpWithin !== undefined },
  }
}
