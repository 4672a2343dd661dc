// Which changes of a type leave the rows as they are.
import type { Type } from './ast.ts'
import type { Catalog } from './catalog.ts'
import type { Scene } from './scene.ts'

/** free: nothing is read; index: only indexes are built anew; narrow: every row is checked or cut; rewrite: every row is written; refused: there is no way. */
export type Change = 'free' | 'index' | 'narrow' | 'rewrite' | 'refused'

/** Of four bytes, compared alike but for the sign. */
const numbered = ['int4', 'oid', 'regclass', 'regtype', 'regproc']
const endless = ['text', 'varchar', 'citext']
const moments = ['timestamp', 'timestamptz', 'time', 'timetz']
const zeroZones =
  /^(utc|etc\/utc|uct|etc\/uct|gmt|etc\/gmt([+-]?0)?|gmt[+-]?0|zulu|etc\/zulu|universal|etc\/universal|greenwich|etc\/greenwich|[+-]?0|\+00(:00)?)$/i

export const isUtc = (zone: string | undefined): boolean => zone !== undefined && zeroZones.test(zone)

export function typeChange(given: Type, wanted: Type, scene: Scene): Change {
  if (same(given, wanted)) return 'free'
  const from = settled(given, scene.catalog)
  if (constrained(wanted, scene.catalog)) return 'rewrite'
  const to = settled(wanted, scene.catalog)
  if (from.array || to.array) return same(from, to) || unbounded(from, to) ? 'free' : 'rewrite'
  // a domain's own limit is not compared: what leaves it is cut again
  if (from !== given && from.mods.length && to.mods.length) return 'rewrite'
  if (from.name === to.name) return sameName(from, to)
  if (endless.includes(from.name) && endless.includes(to.name)) return amongTexts(from, to)
  if (from.name === 'cidr' && to.name === 'inet') return 'free'
  if (from.name === 'inet' && to.name === 'cidr') return 'narrow'
  if (from.name === 'xml' && ['text', 'varchar'].includes(to.name) && to.mods.length === 0) return 'free'
  if (from.name === 'bit' && to.name === 'varbit' && to.mods.length === 0) return 'index'
  if (numbered.includes(from.name) && numbered.includes(to.name)) return from.name === 'int4' || to.name === 'int4' ? 'index' : 'free'
  const zoned = ['timestamp', 'timestamptz'].includes(from.name) && ['timestamp', 'timestamptz'].includes(to.name)
  if (zoned && scene.pg >= 12 && isUtc(scene.zone)) return digits(to) === 6 ? 'index' : 'rewrite'
  return 'rewrite'
}

/** varchar(10)[] to varchar[] */
const unbounded = (a: Type, b: Type) => a.array && b.array && a.name === 'varchar' && b.name === 'varchar' && b.mods.length === 0

const same = (a: Type, b: Type) => a.name === b.name && a.schema === b.schema && a.array === b.array && a.mods.join() === b.mods.join()

const constrained = (type: Type, catalog: Catalog): boolean => !type.array && catalog.types.get(type.name)?.constrained === true

/** A domain is stored as what it is made of. */
export function settled(type: Type, catalog: Catalog): Type {
  const known = catalog.types.get(type.name)
  return known?.kind === 'domain' && known.base ? settled({ ...known.base, array: type.array || known.base.array }, catalog) : type
}

function sameName(from: Type, to: Type): Change {
  if (same(from, to)) return 'free'
  if (from.name === 'numeric') return numbers(from, to)
  if (from.name === 'varchar' || from.name === 'varbit') return limit(to) >= limit(from) ? 'free' : 'narrow'
  if (moments.includes(from.name) || from.name === 'interval') return digits(to) >= digits(from) ? 'free' : 'narrow'
  return 'rewrite'
}

function amongTexts(from: Type, to: Type): Change {
  if (limit(to) < limit(from)) return 'narrow'
  return from.name === 'citext' || to.name === 'citext' ? 'index' : 'free'
}

function numbers(from: Type, to: Type): Change {
  const [p = Number.POSITIVE_INFINITY, s = 0] = to.mods
  const [p0 = Number.POSITIVE_INFINITY, s0 = 0] = from.mods
  if (to.mods.length === 0) return 'free'
  return from.mods.length && s === s0 && p >= p0 ? 'free' : 'narrow'
}

const limit = (t: Type): number => t.mods[0] ?? Number.POSITIVE_INFINITY
const digits = (t: Type): number => (t.name === 'interval' ? (t.mods[1] ?? 6) : (t.mods[0] ?? 6))
