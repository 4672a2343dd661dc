// Which types become which by themselves, as the server's own casts have it.
import type { Type } from './ast.ts'
import type { Catalog } from './catalog.ts'
import { settled } from './types.ts'

const families: readonly (readonly string[])[] = [
  ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'],
  ['text', 'varchar', 'bpchar', 'name', 'citext'],
  ['date', 'timestamp', 'timestamptz'],
  ['json', 'jsonb'],
  ['bit', 'varbit'],
  ['inet', 'cidr'],
  ['bool'],
  ['uuid'],
  ['bytea'],
  ['interval'],
]

/** Undefined for a type of which nothing is said here. */
function familyOf(type: Type, catalog: Catalog): string | undefined {
  const { name, array } = settled(type, catalog)
  if (array) return undefined
  const found = families.find((f) => f.includes(name))?.[0]
  return found ?? (catalog.types.get(name)?.kind === 'enum' ? `enum ${name}` : undefined)
}

/** Whether the two are surely of other kinds: then no foreign key joins them. */
export function areForeign(a: Type, b: Type, catalog: Catalog): boolean {
  const [one, other] = [familyOf(a, catalog), familyOf(b, catalog)]
  return one !== undefined && other !== undefined && one !== other
}

/** Without USING the server finds no way from the one to the other. Whatever it is, it becomes a text. */
export const needsUsing = (from: Type, to: Type, catalog: Catalog): boolean =>
  areForeign(from, to, catalog) && familyOf(to, catalog) !== 'text'
