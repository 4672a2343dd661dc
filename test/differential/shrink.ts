// Smaller cases than one that failed: fewer rows, fewer columns, simpler expressions; the nearest to nothing first.
import { type CaseSpec, type E, type MappingSpec, type OutputSpec, type SourceSpec, type TargetSpec, walkE } from './spec.ts'

/** One of them alone first; where only several together fail, fewer of them. */
export function* smallerBatch(specs: readonly CaseSpec[]): IterableIterator<readonly CaseSpec[]> {
  if (specs.length > 1) {
    for (const s of specs) yield [s]
    for (const i of specs.keys()) yield specs.filter((_, j) => j !== i)
  }
  for (const [i, s] of specs.entries()) for (const one of smaller(s)) yield specs.with(i, one)
}

export function* smaller(spec: CaseSpec): IterableIterator<CaseSpec> {
  for (const s of simplified(spec)) if (isSound(s)) yield s
}

function* simplified(spec: CaseSpec): IterableIterator<CaseSpec> {
  yield* fewerMappings(spec)
  if (spec.changes.length) yield { ...spec, changes: [] }
  if (spec.story !== 'nothing') yield { ...spec, story: 'nothing' }
  yield* each(spec.sources, fewerRows, (sources) => ({ ...spec, sources }))
  yield* each(spec.mappings, simplerMapping, (mappings) => ({ ...spec, mappings }))
  yield* each(spec.targets, plainerTarget, (targets) => withoutStrayValues({ ...spec, targets }))
  yield* without(spec.changes, (changes) => ({ ...spec, changes }))
  yield* each(
    spec.sources,
    (s) => fewerColumns(s, spec),
    (sources) => ({ ...spec, sources }),
  )
  if (spec.workers > 1) yield { ...spec, workers: 1 }
  if (spec.chunk < 50) yield { ...spec, chunk: 50 }
}

function* each<T>(items: readonly T[], smallerOne: (item: T) => Iterable<T>, make: (items: T[]) => CaseSpec): IterableIterator<CaseSpec> {
  for (const [i, item] of items.entries()) for (const s of smallerOne(item)) yield make(items.with(i, s))
}

function* without<T>(items: readonly T[], make: (items: T[]) => CaseSpec): IterableIterator<CaseSpec> {
  for (const i of items.keys()) yield make(items.filter((_, j) => j !== i))
}

/** What nothing names any more goes with it. */
function* fewerMappings(spec: CaseSpec): IterableIterator<CaseSpec> {
  const named = new Set(spec.mappings.flatMap((m) => expressionsOf(m).flatMap((e) => namesIn(e, 'mapping'))))
  for (const m of spec.mappings)
    if (spec.mappings.length > 1 && !named.has(m.name)) yield { ...spec, mappings: spec.mappings.filter((x) => x !== m) }
  const used = new Set(spec.mappings.flatMap((m) => m.outputs.map((o) => o.target)))
  const referred = new Set(spec.targets.flatMap((t) => t.columns.flatMap((c) => c.references?.table ?? [])))
  const idle = spec.targets.filter((t) => !used.has(t.name) && !referred.has(t.name))
  if (idle.length) yield { ...spec, targets: spec.targets.filter((t) => !idle.includes(t)) }
  const read = new Set(spec.mappings.flatMap((m) => [m.from, ...expressionsOf(m).flatMap((e) => namesIn(e, 'table'))]))
  const unread = spec.sources.filter((s) => !read.has(s.name))
  if (unread.length)
    yield { ...spec, sources: spec.sources.filter((s) => read.has(s.name)), changes: spec.changes.filter((c) => read.has(c.table)) }
}

export const expressionsOf = (m: MappingSpec): E[] => [
  ...m.shared,
  ...m.only.map((f) => f.keep),
  ...m.outputs.flatMap((o) => [...Object.values(o.values), ...(o.when ? [o.when] : [])]),
]

function namesIn(e: E, parameter: string): string[] {
  const found: string[] = []
  walkE(e, (x) => {
    if (typeof x.p?.[parameter] === 'string') found.push(x.p[parameter])
  })
  return found
}

function* fewerRows(s: SourceSpec): Iterable<SourceSpec> {
  for (let size = Math.ceil(s.rows.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0)
    for (let at = 0; at < s.rows.length; at += size) yield { ...s, rows: s.rows.toSpliced(at, size) }
}

function* fewerColumns(s: SourceSpec, spec: CaseSpec): Iterable<SourceSpec> {
  const used = new Set(
    spec.mappings.flatMap((m) => expressionsOf(m)).flatMap((e) => [...namesIn(e, 'name'), ...namesIn(e, 'take'), ...ons(e)]),
  )
  const changed = new Set(spec.changes.filter((c) => c.table === s.name && c.op !== 'delete').map((c) => c.table))
  for (const [i, c] of s.columns.entries()) {
    if (s.key.includes(c.name) || used.has(c.name) || changed.size) continue
    yield { ...s, columns: s.columns.toSpliced(i, 1), rows: s.rows.map((r) => r.toSpliced(i, 1)) }
  }
}

function ons(e: E): string[] {
  const found: string[] = []
  walkE(e, (x) => found.push(...((x.p?.on as string[] | undefined) ?? [])))
  return found
}

function* simplerMapping(m: MappingSpec): Iterable<MappingSpec> {
  const keep = (o: OutputSpec, i: number) =>
    i === 0 || m.outputs.some((x) => Object.values(x.values).some((e) => namesIn(e, 'output').includes(o.name)))
  for (const [i, o] of m.outputs.entries()) if (!keep(o, i)) yield { ...m, outputs: m.outputs.toSpliced(i, 1) }
  for (const i of m.only.keys()) yield { ...m, only: m.only.toSpliced(i, 1) }
  for (const [i, f] of m.only.entries()) for (const s of simpler(f.keep)) yield { ...m, only: m.only.with(i, { ...f, keep: s }) }
  for (const [i, o] of m.outputs.entries()) for (const s of simplerOutput(o)) yield { ...m, outputs: m.outputs.with(i, s) }
  for (const [i, e] of m.shared.entries()) for (const s of simpler(e)) yield { ...m, shared: m.shared.with(i, s) }
}

function* simplerOutput(o: OutputSpec): Iterable<OutputSpec> {
  const { when, ...rest } = o
  if (when) yield rest
  for (const s of when ? simpler(when) : []) yield { ...o, when: s }
  for (const [name, e] of Object.entries(o.values)) for (const s of simpler(e)) yield { ...o, values: { ...o.values, [name]: s } }
}

const constants: Partial<Record<E['k'], unknown>> = { int: 1, dec: 1, text: 'x', bool: true }

/** One of its parts that is of its kind, a constant, or the same with simpler parts. */
function* simpler(e: E): Iterable<E> {
  if (e.w === 'lit' || e.w === 'key' || e.w === 'keyOf') return
  for (const a of e.a ?? []) if (a.k === e.k && typeof a.p?.v !== 'object') yield a
  if (e.k in constants) yield { w: 'lit', k: e.k, p: { v: constants[e.k] } }
  for (const [i, a] of (e.a ?? []).entries()) for (const s of simpler(a)) yield { ...e, a: e.a!.with(i, s) }
}

function* plainerTarget(t: TargetSpec): Iterable<TargetSpec> {
  if (t.natives.length) yield { ...t, natives: [] }
  for (const i of t.natives.keys()) yield { ...t, natives: t.natives.toSpliced(i, 1) }
  if (t.checks.length) yield { ...t, checks: [] }
  for (const i of t.uniques.keys()) yield { ...t, uniques: t.uniques.toSpliced(i, 1) }
  for (const [i, c] of t.columns.entries()) {
    const named = t.uniques.some((u) => u.includes(c.name)) || t.checks.some((x) => x.column === c.name)
    if (!named && t.columns.length > 1)
      yield { ...t, columns: t.columns.toSpliced(i, 1), natives: t.natives.map(({ [c.name]: _, ...rest }) => rest) }
  }
}

/** Columns that are gone are not filled. */
function withoutStrayValues(spec: CaseSpec): CaseSpec {
  const has = (target: string, column: string) => {
    const t = spec.targets.find((x) => x.name === target)!
    return t.key === column || t.columns.some((c) => c.name === column)
  }
  const cut = (o: OutputSpec): OutputSpec => ({
    ...o,
    values: Object.fromEntries(Object.entries(o.values).filter(([c]) => has(o.target, c))),
  })
  const whole = (m: MappingSpec): MappingSpec => ({ ...m, outputs: m.outputs.map(cut) })
  return { ...spec, mappings: spec.mappings.map(whole) }
}

/** Is all that is named still there? */
function isSound(spec: CaseSpec): boolean {
  const made = (m: MappingSpec) => m.outputs.map((o) => `${m.name}/${o.name}`)
  const outputs = new Set(spec.mappings.flatMap(made))
  const named = (m: MappingSpec) => expressionsOf(m).flatMap((e) => outputsIn(e, m.name))
  const grouped = spec.mappings.every((m) => m.outputs.every((o) => o.per?.every((p) => p in o.values) ?? true))
  return grouped && spec.mappings.every((m) => m.outputs.length > 0 && named(m).every((name) => outputs.has(name)))
}

function outputsIn(e: E, mapping: string): string[] {
  const found: string[] = []
  walkE(e, ({ p }) => {
    if (typeof p?.output === 'string') found.push(`${(p.mapping as string | undefined) ?? mapping}/${p.output}`)
  })
  return found
}
