// From the old files' texts to the new files' texts, and the proof. Nothing is read or written here.
import { consolidationOpen, notProved, type OpenQuestion } from '../errors/consolidate.ts'
import { compose } from './compose.ts'
import { type Consolidation, filesOf } from './declaration.ts'
import { keyText } from './path.ts'
import type { Lookup } from './placeholders.ts'
import { type Found, inWords, isWrong, type Proof, prove } from './prove.ts'
import { readFile, readOld, type Source, type Texts } from './read.ts'
import { holdsSecret, isReference } from './secrets.ts'
import { settle } from './settle.ts'
import { effectiveOf, withVariables } from './start.ts'
import type { Scalar } from './value.ts'

export interface DroppedKey {
  readonly key: string
  readonly file: string
  readonly why: string
}

export interface Consolidated {
  /** By file, its text. Not all of them where a question is open. */
  readonly files: ReadonlyMap<string, string>
  readonly questions: readonly OpenQuestion[]
  readonly proof: Proof | undefined
  readonly dropped: readonly DroppedKey[]
  readonly counts: { readonly files: number; readonly oldKeys: number; readonly newKeys: number; readonly secrets: number }
  readonly sources: readonly Source[]
}

export async function consolidated(c: Consolidation, texts: Texts): Promise<Consolidated> {
  const old = await readOld(c, texts)
  const settled = settle(c, old)
  const composed = await compose(c, settled.keys)
  const questions = [...settled.questions, ...composed.questions]
  const gone = old.sources.filter((s) => s.dropped !== undefined)
  return {
    files: composed.files,
    questions,
    proof: questions.length ? undefined : await proof(c, old.sources, new Map([...texts, ...composed.files])),
    dropped: gone.map((s) => ({ key: keyText(s.path), file: s.file, why: s.dropped! })),
    counts: {
      files: filesOf(c).length,
      oldKeys: new Set(old.sources.map((s) => `${s.file} ${keyText(s.path)}`)).size,
      newKeys: settled.keys.length,
      secrets: settled.keys.filter((k) => k.cells.some(({ value }) => value && (holdsSecret(value) || isReference(value)))).length,
    },
    sources: old.sources,
  }
}

/** What the new files say, whoever has written them, against the old values. */
export async function proof(c: Consolidation, sources: readonly Source[], texts: Texts): Promise<Proof> {
  const found = new Map<string, Found>()
  for (const environment of c.environments) {
    const effective = await effectiveOf(c.into, environment, texts)
    const lookup = await variablesOf(c, environment, texts)
    if (lookup) withVariables(effective, lookup, environment)
    found.set(environment, { effective, lookup })
  }
  return prove(c, sources, found)
}

async function variablesOf(c: Consolidation, environment: string, texts: Texts): Promise<Lookup | undefined> {
  const file = c.variables?.[environment]
  if (file === undefined) return undefined
  const { entries } = await readFile(file, texts.get(file), undefined)
  const values = new Map(entries.map((e) => [keyText(e.path), (e.value as Scalar).text]))
  return (name) => values.get(name)
}

/** The new files, where nothing is open and all is proved. */
export function settledFiles(result: Consolidated, at: string | undefined): ReadonlyMap<string, string> {
  if (result.questions.length) throw consolidationOpen({ questions: result.questions, at })
  assertProved(result.proof!, at)
  return result.files
}

export function assertProved(found: Proof, at: string | undefined): void {
  const wrong = found.cells.filter(isWrong)
  if (found.verdict !== 'passed') throw notProved({ wrong: wrong.map(inWords), compared: found.compared - wrong.length, at })
}

/** All files whose texts are needed. */
export const filesNeeded = (c: Consolidation): readonly string[] => {
  const given = new Set((c.entries ?? []).map((e) => e.file))
  return [
    ...filesOf(c)
      .map((f) => f.file)
      .filter((f) => !given.has(f)),
    ...Object.values(c.variables ?? {}),
  ]
}
