// What every new key is to be, in every environment; and what nobody has decided yet.
import type { OpenQuestion } from '../errors/consolidate.ts'
import { list } from '../text.ts'
import { type Change, type Consolidation, type Decision, inForce, type NewKey, type Said, saidOf } from './declaration.ts'
import { agree, byNewKey, differ, type Layers, layersOf, oldValue, placeOf, topmost } from './effective.ts'
import { apartBy } from './number.ts'
import { keyText, type Path, pathOf } from './path.ts'
import type { Old, Source } from './read.ts'
import { isReference } from './secrets.ts'
import { typed } from './typed.ts'
import { notConvertible, tellingRatios } from './units.ts'
import { numberIn, shownWithType, type Value } from './value.ts'
import { valueWritten } from './written.ts'

export interface Cell {
  readonly environment: string
  /** Undefined: it is not there. */
  readonly value: Value | undefined
  readonly from: readonly Source[]
  readonly decided: Decision | undefined
  readonly changed: Change | undefined
  /** What all files that say it there say of it, those that do not count among them. */
  readonly comment: readonly string[]
}

export interface SettledKey {
  readonly path: Path
  readonly name: string
  readonly said: NewKey | undefined
  readonly cells: readonly Cell[]
}

export interface Settled {
  readonly keys: readonly SettledKey[]
  readonly questions: readonly OpenQuestion[]
}

export function settle(c: Consolidation, old: Old): Settled {
  const said = saidOf(c)
  const settling = new Settling(c, said, layersOf(c))
  settling.unmapped(old)
  const sources = byNewKey(old.sources)
  const names = new Set([...sources.keys(), ...said.changes.keys(), ...said.decide.keys()])
  const keys = [...names].map((name) => settling.key(name, sources.get(name) ?? []))
  settling.nesting(keys)
  return { keys: keys.filter((k) => k.cells.some((cell) => cell.value !== undefined)), questions: settling.questions }
}

class Settling {
  readonly questions: OpenQuestion[] = []
  readonly #c: Consolidation
  readonly #said: Said
  readonly #layers: Layers
  constructor(c: Consolidation, said: Said, layers: Layers) {
    this.#c = c
    this.#said = said
    this.#layers = layers
  }

  unmapped({ sources, idle }: Old): void {
    for (const s of sources.filter((one) => one.to === undefined && one.dropped === undefined))
      this.#ask(
        'GW_KEY_UNMAPPED',
        `${keyText(s.path)} goes nowhere.`,
        placeOf(s),
        'Map it under keys (from), or say under dropped why nobody needs it.',
      )
    for (const { file, key } of idle)
      this.#ask(
        'GW_KEY_NOT_THERE',
        `${file} has no key ${key}, and the migration names it.`,
        undefined,
        'Look for a slip in the name, or take it out.',
      )
  }

  key(name: string, sources: readonly Source[]): SettledKey {
    const path = pathOf(name)!
    const said = this.#said.keys.get(name)
    for (const s of sources) this.#typed(s, name, said)
    const open = this.#units(name, said, sources)
    const cells = this.#c.environments.map((environment) => this.#cell(name, said, sources, environment))
    if (!open) this.#disagreements(name, said, cells)
    this.#secrets(name, cells)
    this.#idle(name, cells)
    return { path, name, said, cells }
  }

  /** A key that has a value cannot have keys within it as well. */
  nesting(keys: readonly SettledKey[]): void {
    const inner = new Map(keys.flatMap((k) => k.path.slice(0, -1).map((_, i) => [keyText(k.path.slice(0, i + 1)), k.name] as const)))
    for (const { name } of keys.filter((k) => inner.has(k.name)))
      this.#ask(
        'GW_KEY_NESTED',
        `${name} is a value, and ${inner.get(name)} stands within it.`,
        undefined,
        'Give one of the two another name under keys.',
      )
  }

  #ask(code: string, message: string, at: string | undefined, hint: string): void {
    this.questions.push({ code, message, at, hint })
  }

  #typed(source: Source, name: string, said: NewKey | undefined): void {
    if (source.untyped && typed(source.value, said?.as) === undefined)
      this.#ask(
        'GW_KEY_TYPE',
        `${name} is declared as ${said!.as}, and what stands there is none.`,
        placeOf(source),
        'Mend the file, or leave out as: then it is a text.',
      )
  }

  // ── units ────────────────────────────────────────────────────────────────────────────────

  /** Whether something is in doubt that a comparison of the values would only repeat. */
  #units(name: string, said: NewKey | undefined, sources: readonly Source[]): boolean {
    if (this.#said.decide.has(name)) return false
    const before = this.questions.length
    for (const s of sources.filter((one) => oldValue(one, said) === undefined)) {
      const why = notConvertible(s.unit!, said!.unit!)
        ? 'nobody can turn the one into the other'
        : 'it is no number that can be said exactly in both'
      this.#ask(
        'GW_KEY_UNIT',
        `${name} is in ${said!.unit}, and its source in ${s.unit}: ${why}.`,
        placeOf(s),
        'Mend the unit, or decide the value.',
      )
    }
    const silent = sources.filter((s) => s.unit === undefined)
    if (said?.unit === undefined) this.#suspicious(name, silent)
    return this.questions.length > before
  }

  #suspicious(name: string, sources: readonly Source[]): void {
    const numbers = sources.flatMap((s) => ({ source: s, number: numberIn(s.value) }))
    for (const [i, a] of numbers.entries())
      for (const b of numbers.slice(i + 1)) {
        const ratio = a.number && b.number && tellingRatios.find((r) => apartBy(a.number!, b.number!, r))
        if (ratio === undefined) continue
        this.#ask(
          'GW_KEY_UNIT',
          `${name} is ${shownWithType(a.source.value)} in ${placeOf(a.source)} and ${shownWithType(b.source.value)} in ${placeOf(b.source)}, which is ${ratio} times apart: two units?`,
          undefined,
          `Say the unit of each: keys: { '${name}': { unit: 'percent', from: { '${b.source.file}': { key: '${keyText(b.source.path)}', unit: 'fraction' } } } }; where they are of one unit, unit alone says so.`,
        )
        return
      }
  }

  // ── values ───────────────────────────────────────────────────────────────────────────────

  #cell(name: string, said: NewKey | undefined, sources: readonly Source[], environment: string): Cell {
    const from = topmost(sources, environment, this.#layers)
    const decided = differ(from, said) ? inForce(this.#said.decide.get(name), environment) : undefined
    const changed = inForce(this.#said.changes.get(name), environment)
    const values = from.map((s) => oldValue(s, said) ?? s.value)
    const old = decided ? this.#decided(decided, from, values) : values[0]
    const value = changed ? (changed.remove ? undefined : valueWritten(changed.value!)) : old
    const comment = sources.filter((s) => s.environments.includes(environment)).flatMap((s) => s.comment)
    return { environment, value, from, decided, changed, comment }
  }

  #decided(decision: Decision, from: readonly Source[], values: readonly Value[]): Value | undefined {
    if (decision.from === undefined) return valueWritten(decision.value)
    const chosen = from.findIndex((s) => s.file === decision.from || this.#layers.get(s.file)!.has(decision.from!))
    return values[chosen]
  }

  #disagreements(name: string, said: NewKey | undefined, cells: readonly Cell[]): void {
    const open = cells.filter((cell) => !cell.decided && differ(cell.from, said))
    for (const [, same] of Map.groupBy(open, (cell) => cell.from.map(placeOf).join())) {
      const { from } = same[0]!
      const values = from.map((s) => `${shownWithType(s.value)} in ${placeOf(s)}`)
      this.#ask(
        'GW_KEY_DISAGREES',
        `${name} is ${list(values)} (${list(same.map((cell) => cell.environment))}).`,
        undefined,
        `Decide: decide: { '${name}': { from: '${from[0]!.file}', why: '…', by: '…' } }, or value instead of from; or say that one file lies over the other (over).`,
      )
    }
  }

  #secrets(name: string, cells: readonly Cell[]): void {
    const wrong = cells.flatMap((cell) => cell.from).find((s) => s.value.type === 'secret' && !s.value.text)
    if (wrong && !cells.every((cell) => cell.value === undefined || isReference(cell.value)))
      this.#ask(
        'GW_KEY_SECRET',
        `${name} looks like a secret and is no text, so that no \${NAME} can stand for it.`,
        placeOf(wrong),
        `If it is none: keys: { '${name}': { secret: false } }. If it is one: changes with value: '\${NAME}'.`,
      )
  }

  /** What is decided where nothing is to be decided was meant for something else, or is out of date. */
  #idle(name: string, cells: readonly Cell[]): void {
    for (const decision of this.#said.decide.get(name) ?? []) {
      const here = cells.filter((cell) => cell.decided === decision)
      const lost = here.find((cell) => cell.value === undefined && !cell.changed)
      if (lost)
        this.#ask(
          'GW_KEY_DECISION',
          `${name} is decided in favour of ${decision.from}, which does not say it for ${lost.environment}.`,
          undefined,
          `It comes from: ${list(lost.from.map(placeOf))}.`,
        )
      else if (here.length === 0)
        this.#ask(
          'GW_KEY_DECISION',
          `${name} is decided, and there is nothing to decide: its files agree, or none of them says it.`,
          undefined,
          'Take the decision out; a value that is to be another one stands under changes.',
        )
    }
    for (const change of this.#said.changes.get(name) ?? [])
      this.#change(
        name,
        change,
        cells.filter((cell) => cell.changed === change),
      )
  }

  #change(name: string, change: Change, cells: readonly Cell[]): void {
    const said = this.#said.keys.get(name)
    const effect = cells.some(({ from, value }) => {
      const old = from.map((s) => oldValue(s, said) ?? s.value)
      return value === undefined ? old.length > 0 : old.length === 0 || old.some((o) => !agree(o, value, said?.unit))
    })
    if (!effect)
      this.#ask(
        'GW_KEY_DECISION',
        `${name} is changed to what it is, or removed where it is not.`,
        undefined,
        `Take the change out${change.environments ? ', or mend its environments' : ''}.`,
      )
  }
}
