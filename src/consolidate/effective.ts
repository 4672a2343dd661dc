// Which of the old values counts: for a key and an environment, those that no other lies over, in the unit of the new key.
import { asList, type Consolidation, filesOf, type NewKey } from './declaration.ts'
import { below } from './declared.ts'
import { keyText } from './path.ts'
import type { Source } from './read.ts'
import { typed } from './typed.ts'
import { converted, notConvertible } from './units.ts'
import { sameQuantity, sameValue, type Value } from './value.ts'

/** By new key, where it comes from; in the order in which the files have them. */
export const byNewKey = (sources: readonly Source[]): ReadonlyMap<string, readonly Source[]> =>
  Map.groupBy(
    sources.filter((s) => s.to !== undefined),
    (s) => keyText(s.to!),
  )

export type Layers = ReadonlyMap<string, ReadonlySet<string>>

/** By file, all that it lies over. */
export function layersOf(c: Consolidation): Layers {
  const over = new Map(filesOf(c).map((f) => [f.file, asList(f.over)]))
  return new Map([...over.keys()].map((file) => [file, below(file, over)]))
}

const liesOver = (a: Source, b: Source, layers: Layers): boolean =>
  layers.get(a.file)!.has(b.file) || (a.file === b.file && a.particular && !b.particular)

/** Several, where files do not lie over each other: then they must agree. */
export function topmost(sources: readonly Source[], environment: string, layers: Layers): readonly Source[] {
  const here = sources.filter((s) => s.environments.includes(environment))
  return here.filter((s) => !here.some((other) => liesOver(other, s, layers)))
}

/** Its value in the unit of the new key; undefined where that cannot be said exactly. */
function inUnit(source: Source, unit: string | undefined): Value | undefined {
  if (unit === undefined || source.unit === undefined || source.unit === unit) return source.value
  return notConvertible(source.unit, unit) ? undefined : converted(source.value, source.unit, unit)
}

/** The old value as it is to be: a text of a file that knows only texts as what it is declared to be, a quantity in the unit of the new key. */
export function oldValue(source: Source, said: NewKey | undefined): Value | undefined {
  const value = source.untyped ? (typed(source.value, said?.as) ?? source.value) : source.value
  return inUnit({ ...source, value }, said?.unit)
}

/** Whether somebody must decide. */
export function differ(from: readonly Source[], said: NewKey | undefined): boolean {
  const values = from.map((s) => oldValue(s, said) ?? s.value)
  return values.some((v) => !agree(values[0]!, v, said?.unit))
}

/** Where a unit is declared it is the quantity that counts; else the type as well. */
export const agree = (a: Value, b: Value, unit: string | undefined): boolean => (unit === undefined ? sameValue(a, b) : sameQuantity(a, b))

/** Where it stands, for people: config/kpi.yml:12 par90.warning */
export const placeOf = (s: Pick<Source, 'file' | 'line' | 'path'>): string =>
  `${s.file}${s.line === undefined ? '' : `:${s.line}`} ${keyText(s.path)}`
