// A name stands for one person: else somebody's yes could be taken for another's.
import { plainText } from '../text.ts'

interface Wrong {
  readonly path: readonly PropertyKey[]
  readonly what: string
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

export function wrongPeople(settings: Record<string, unknown>, path: readonly PropertyKey[]): Wrong[] {
  const people = isObject(settings['people']) ? Object.entries(settings['people']) : []
  const owners = new Map(people.map(([name]) => [name, name]))
  return people.flatMap(([name, said]) => {
    const place = [...path, 'people', name]
    const unfit = name.trim() && !/[\u0000-\u001f]/.test(name) ? [] : [{ path: place, what: 'cannot be the name of a person.' }]
    const accounts = isObject(said) && Array.isArray(said['accounts']) ? said['accounts'].map(String) : []
    return [...unfit, ...accounts.flatMap((account, i) => shared(owners, name, account, [...place, 'accounts', i]))]
  })
}

function shared(owners: Map<string, string>, name: string, account: string, path: readonly PropertyKey[]): Wrong[] {
  const owner = owners.get(account)
  owners.set(account, owner ?? name)
  return owner === undefined || owner === name ? [] : [{ path, what: `is a name of ${plainText(owner)} as well.` }]
}
