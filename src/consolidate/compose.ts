// The new files: what is the same in all environments in the master, all else in the file of each environment.
import type { OpenQuestion } from '../errors/consolidate.ts'
import { list } from '../text.ts'
import { type Consolidation, newFilesOf, overrideOf } from './declaration.ts'
import type { Format, Placed } from './formats/format.ts'
import { formatOf } from './formats/index.ts'
import { referenced } from './secrets.ts'
import type { Cell, SettledKey } from './settle.ts'
import { untyped } from './typed.ts'
import { sameValue, type Value } from './value.ts'

export interface Composed {
  /** By file, its text. */
  readonly files: ReadonlyMap<string, string>
  readonly questions: readonly OpenQuestion[]
}

export async function compose(c: Consolidation, keys: readonly SettledKey[]): Promise<Composed> {
  const placed = new Map<string, Placed[]>(newFilesOf(c).map((file) => [file, []]))
  for (const key of keys) for (const [file, entry] of places(c, key)) placed.get(file)!.push(entry)
  const files = new Map<string, string>()
  const questions: OpenQuestion[] = []
  for (const [file, entries] of placed) {
    const format = await formatOf(file)!
    const ready = entries.map((e) => (format.untyped ? { ...e, value: untyped(e.value, asOf(keys, e)) } : e))
    const unheld = ready.flatMap((e) => refusal(c, file, format, e))
    questions.push(...unheld)
    if (!unheld.length) files.set(file, format.write(ready, headOf(c, file)))
  }
  return { files, questions }
}

const asOf = (keys: readonly SettledKey[], entry: Placed) => keys.find((k) => k.path === entry.path)?.said?.as

/** A key stands in the master only where it is the same everywhere: an override that is lost must not leave another environment's value behind. */
function places(c: Consolidation, key: SettledKey): (readonly [string, Placed])[] {
  const name = typeof key.said?.secret === 'string' ? key.said.secret : undefined
  const values = key.cells.map((cell) => cell.value && referenced(cell.value, key.path, name))
  const [first] = values
  const common = first !== undefined && values.every((v) => v !== undefined && sameValue(v, first))
  const entry = (value: Value, cells: readonly Cell[]): Placed => ({ path: key.path, value, comment: commentOf(cells) })
  if (common) return [[c.into.master, entry(first, key.cells)]]
  return key.cells.flatMap((cell, i) =>
    values[i] === undefined ? [] : [[overrideOf(c, cell.environment), entry(values[i], [cell])] as const],
  )
}

/** What the old files say of it, and what was decided: whoever reads the new one has neither the old ones nor the migration. */
function commentOf(cells: readonly Cell[]): string[] {
  const said = cells.flatMap((cell) => cell.comment)
  const decided = cells.flatMap(({ decided, changed }) => [
    ...(decided ? [`Decided by ${decided.by}: ${decided.why}`] : []),
    ...(changed ? [`Changed by ${changed.by}: ${changed.why}`] : []),
  ])
  return [...new Set([...said, ...decided])]
}

function refusal(c: Consolidation, file: string, format: Format, { path, value }: Placed): OpenQuestion[] {
  const why = format.cannot(path, value, c.into.dialect)
  if (!why) return []
  const hint = format.untyped
    ? 'Write YAML, JSON or TOML; or say under keys what its text is (as).'
    : 'Write another format, change the value, or drop the key.'
  return [{ code: 'GW_KEY_NOT_HELD', message: `${path.join('.')} cannot stand in ${file}: ${format.name} ${why}.`, at: undefined, hint }]
}

const headOf = (c: Consolidation, file: string): string[] =>
  file === c.into.master
    ? [`What is the same in ${list(c.environments)}. What differs stands in ${c.into.overrides}.`]
    : [`Lies over ${c.into.master}. Without this file the configuration is not whole.`]
