// The proof: the new files, read back, against the old values, key by key for every environment. It looks at what was written, and not at what was meant.
import { list } from '../text.ts'
import { type Consolidation, inForce, type NewKey, saidOf } from './declaration.ts'
import { agree, byNewKey, differ, layersOf, oldValue, placeOf, topmost } from './effective.ts'
import { type Path, pathOf } from './path.ts'
import { expand, type Lookup } from './placeholders.ts'
import type { Source } from './read.ts'
import { digestOf, holdsSecret, referenced } from './secrets.ts'
import type { Effective } from './start.ts'
import { typed } from './typed.ts'
import { sameValue, shown, shownWithType, text, type Value } from './value.ts'
import { valueWritten } from './written.ts'

/** `by name`: a secret, whose ${NAME} stands where it stood, and whose value nobody has compared. */
export type CellVerdict = 'equal' | 'equal in its unit' | 'declared' | 'by name' | 'different' | 'missing' | 'too many'

export interface ProvedCell {
  readonly key: string
  readonly environment: string
  /** As people may see it; undefined where it is not there. */
  readonly value: string | undefined
  /** config/kpi.yml:12 par90.warning */
  readonly from: readonly string[]
  readonly was: readonly string[]
  readonly verdict: CellVerdict
  /** Who decided or changed it, and why. */
  readonly reason?: string
}

export interface Proof {
  readonly verdict: 'passed' | 'failed' | 'not verified'
  /** Values that stood in an old and in a new file, and were compared. */
  readonly compared: number
  readonly cells: readonly ProvedCell[]
}

type Verdicts = Readonly<Record<CellVerdict, { readonly wrong: boolean; readonly compared: boolean }>>
const verdicts: Verdicts = {
  equal: { wrong: false, compared: true },
  'equal in its unit': { wrong: false, compared: true },
  declared: { wrong: false, compared: true },
  'by name': { wrong: false, compared: false },
  different: { wrong: true, compared: true },
  missing: { wrong: true, compared: true },
  'too many': { wrong: true, compared: true },
}
export const isWrong = (cell: ProvedCell): boolean => verdicts[cell.verdict].wrong

/** By environment, what the new files say; and its variables, where somebody has told where they are. */
export interface Found {
  readonly effective: Effective
  readonly lookup: Lookup | undefined
}

export function prove(c: Consolidation, sources: readonly Source[], found: ReadonlyMap<string, Found>): Proof {
  const proving = new Proving(c, sources)
  const cells = c.environments.flatMap((environment) => proving.environment(environment, found.get(environment)!))
  const compared = cells.filter((cell) => verdicts[cell.verdict].compared).length
  return { cells, compared, verdict: cells.some(isWrong) ? 'failed' : compared === 0 ? 'not verified' : 'passed' }
}

class Proving {
  readonly #said
  readonly #layers
  readonly #sources
  constructor(c: Consolidation, sources: readonly Source[]) {
    this.#said = saidOf(c)
    this.#layers = layersOf(c)
    this.#sources = byNewKey(sources)
  }

  environment(environment: string, found: Found): ProvedCell[] {
    const names = new Set([...this.#sources.keys(), ...this.#said.changes.keys(), ...found.effective.keys()])
    return [...names].flatMap((name) => this.#cell(name, environment, found) ?? [])
  }

  #cell(name: string, environment: string, { effective, lookup }: Found): ProvedCell | undefined {
    const said = this.#said.keys.get(name)
    const from = topmost(this.#sources.get(name) ?? [], environment, this.#layers)
    const found = effective.get(name)
    const is = found?.untyped ? (typed(found.value, said?.as) ?? found.value) : found?.value
    const reason =
      inForce(this.#said.changes.get(name), environment) ??
      (differ(from, said) ? inForce(this.#said.decide.get(name), environment) : undefined)
    if (is === undefined && from.length === 0 && !reason) return undefined
    const of = { name, path: pathOf(name)!, said, from, is, lookup }
    return {
      key: name,
      environment,
      value: is && shown(is),
      from: from.map(placeOf),
      was: from.map((s) => `${shownWithType(s.value)}${s.unit === undefined ? '' : ` ${s.unit}`}`),
      verdict: reason ? this.#declared(of, reason) : this.#plain(of),
      ...(reason ? { reason: `${reason.by}: ${reason.why}` } : {}),
    }
  }

  #declared(
    of: Compared,
    reason: { readonly value?: Parameters<typeof valueWritten>[0]; readonly remove?: true; readonly from?: string },
  ): CellVerdict {
    if (reason.remove) return of.is === undefined ? 'declared' : 'too many'
    if (of.is === undefined) return 'missing'
    if (reason.from === undefined) return sameValue(of.is, valueWritten(reason.value!)) ? 'declared' : 'different'
    const chosen = of.from.find((s) => s.file === reason.from || this.#layers.get(s.file)!.has(reason.from!))
    const verdict = chosen && compare(of, chosen)
    if (verdict === 'by name') return verdict
    return verdict !== undefined && verdict !== 'different' && hasExactly(of, chosen!) ? 'declared' : 'different'
  }

  #plain(of: Compared): CellVerdict {
    if (of.is === undefined) return 'missing'
    if (of.from.length === 0) return 'too many'
    const all = of.from.map((s) => compare(of, s))
    // where quantities agree in two types, the new one is still of a type that one of them had
    if (!all.includes('by name') && !of.from.some((s) => hasExactly(of, s))) return 'different'
    return (['different', 'by name', 'equal in its unit'] as const).find((v) => all.includes(v)) ?? 'equal'
  }
}

interface Compared {
  readonly name: string
  readonly path: Path
  readonly said: NewKey | undefined
  readonly from: readonly Source[]
  readonly is: Value | undefined
  readonly lookup: Lookup | undefined
}

function compare({ path, said, is, lookup }: Compared, source: Source): CellVerdict {
  if (holdsSecret(source.value)) return compareSecret(source.value, is!, path, said, lookup)
  const old = oldValue(source, said)
  if (old === undefined || !agree(old, is!, said?.unit)) return 'different'
  return source.unit === said?.unit ? 'equal' : 'equal in its unit'
}

function hasExactly({ said, is }: Compared, source: Source): boolean {
  const old = oldValue(source, said)
  return holdsSecret(source.value) || (old !== undefined && sameValue(old, is!))
}

/** A ${NAME} must stand there; and where the variables are known, what it holds must be what stood in the old file. */
function compareSecret(old: Value, is: Value, path: Path, said: NewKey | undefined, lookup: Lookup | undefined): CellVerdict {
  const name = typeof said?.secret === 'string' ? said.secret : undefined
  if (!sameValue(referenced(old, path, name), is)) return 'different'
  if (!lookup || old.type !== 'secret' || is.type !== 'text') return 'by name'
  const { text: held, unresolved } = expand(is.text, lookup)
  return unresolved.length === 0 && digestOf(text(held)) === old.digest ? 'equal' : 'different'
}

/** kpi.par90.warning in production is 3.0, and was 5.0 (config/kpi.yml:4 warning) */
export function inWords(cell: ProvedCell): string {
  const is = cell.value === undefined ? 'is not there' : `is ${cell.value}`
  const was = cell.was.length ? `was ${list(cell.was)} (${cell.from.join(', ')})` : 'was in no file'
  return `${cell.key} in ${cell.environment} ${is}, and ${was}${cell.reason === undefined ? '' : `; declared by ${cell.reason}`}`
}
