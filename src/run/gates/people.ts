// Who somebody is: a name, the roles that the configuration gives it, and the key that proves it.
import { keyMissing, personUnknown, roleMissing } from '../../errors/gates.ts'
import { whoIs } from '../../ledger/audit.ts'
import { didYouMean } from '../../text.ts'

export interface Person {
  readonly roles: readonly string[]
  /** Other names that machines know them by. */
  readonly accounts?: readonly string[] | undefined
  /** What they sign with: the variable that holds it, and its value where it is known here. */
  readonly key?: { readonly variable: string; readonly value: string | undefined } | undefined
}
/** By name. Nobody in it: anybody may claim any name and role, and nothing of that is proved. */
export type People = Readonly<Record<string, Person>>

export interface Somebody {
  readonly name: string
  /** Every name they go by. */
  readonly names: readonly string[]
  /** Undefined where no list of people says who they are. */
  readonly person: Person | undefined
}

export function somebody(by: string, people: People): Somebody {
  const known = Object.keys(people)
  if (!known.length) return { name: by, names: [by], person: undefined }
  const name = known.find((k) => k === by) ?? known.find((k) => people[k]!.accounts?.includes(by))
  if (name === undefined) throw personUnknown({ name: by, known, near: didYouMean(by, known) })
  const person = people[name]!
  return { name, names: [name, ...(person.accounts ?? [])], person }
}

/** Who sits here: by the name that people know, where that is known. */
export function somebodyHere(people: People): string {
  const by = whoIs()
  return Object.hasOwn(people, by) ? by : (Object.keys(people).find((k) => people[k]!.accounts?.includes(by)) ?? by)
}

/** Of the roles that are asked for, those that the answer is given in: all that they have, unless they name some. */
export function rolesOf({ name, person }: Somebody, named: readonly string[] | undefined, wanted: readonly string[]): readonly string[] {
  const has = person?.roles ?? named ?? []
  const meant = named ?? has
  const strange = meant.find((role) => !has.includes(role))
  const roles = wanted.length ? meant.filter((role) => wanted.includes(role)) : meant
  if (strange !== undefined || (wanted.length && !roles.length))
    throw roleMissing({ person: name, roles: has, wanted: wanted.length ? wanted : meant, claimed: !person })
  return roles
}

/** The key to sign with, where they have one: then no answer of theirs goes without. */
export function keyOf({ name, person }: Somebody): string | undefined {
  if (!person?.key) return undefined
  const { variable, value } = person.key
  if (!value) throw keyMissing({ person: name, variable })
  return value
}
