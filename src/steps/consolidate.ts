// Many configuration files into one, and one more for each environment: proved before anything is written and after, and taken back.
import { assertProved, type Consolidated, consolidated, filesNeeded, proof, settledFiles } from '../consolidate/consolidation.ts'
import { asList, type Consolidation, filesOf, newFilesOf } from '../consolidate/declaration.ts'
import { checkDeclared } from '../consolidate/declared.ts'
import { copyAt, digestAt, readTexts, sha256 } from '../consolidate/disk.ts'
import { assertPinned, openFiles } from '../consolidate/pinned.ts'
import type { Proof } from '../consolidate/prove.ts'
import { shownEntries, type Texts } from '../consolidate/read.ts'
import { forgetCopies, type Ground, type Kept, keep, nothingKept, putBack, standsAt, writeNew } from '../consolidate/replaced.ts'
import { shownWithType } from '../consolidate/value.ts'
import { valueWritten, type Written } from '../consolidate/written.ts'
import { origin } from '../expr/origin.ts'
import { count, plural } from '../text.ts'
import type { Hands, Plain } from './hands.ts'
import type { Done, Step } from './step.ts'

export type { Consolidation }

export interface ConsolidateStep extends Step {
  readonly consolidation: Consolidation
}

export const isConsolidate = (step: Step): step is ConsolidateStep => step.kind === 'consolidate'

export function consolidate(title: string, declared: Consolidation): ConsolidateStep {
  const at = origin()
  checkDeclared(declared, at)
  return {
    kind: 'consolidate',
    title,
    at,
    params: paramsOf(declared),
    consolidation: declared,
    doing: { says: saysOf(declared), do: (hands) => write(declared, title, at, hands), undo: (hands) => takeBack(title, hands) },
  }
}

// ── what the plan shows ────────────────────────────────────────────────────────────────────

const valueShown = (reason: { readonly value?: Written }) => ({
  ...reason,
  ...(reason.value === undefined ? {} : { value: shownWithType(valueWritten(reason.value)) }),
})
const shownBy = <R extends { readonly value?: Written }>(of: Readonly<Record<string, R | readonly R[]>> | undefined) =>
  Object.fromEntries(Object.entries(of ?? {}).map(([key, reasons]) => [key, asList<R>(reasons).map(valueShown)]))

/** Without the values of secrets, which an approval must not depend on. */
const paramsOf = (c: Consolidation): Readonly<Record<string, unknown>> => ({
  ...c,
  entries: shownEntries(c),
  decide: shownBy(c.decide),
  changes: shownBy(c.changes),
})

function saysOf(c: Consolidation): readonly string[] {
  const [decided, changed] = [Object.keys(c.decide ?? {}), Object.keys(c.changes ?? {})]
  const pinned = filesOf(c).filter((f) => f.sha256 !== undefined)
  const replaced = newFilesOf(c).filter((file) => filesOf(c).some((old) => old.file === file))
  return [
    `reads ${plural(filesOf(c).length, 'configuration file')}`,
    `writes ${newFilesOf(c).join(', ')}`,
    ...(replaced.length ? [`keeps what stands in ${replaced.join(', ')} now`] : []),
    ...(pinned.length ? [`only as they were: ${pinned.map((f) => f.file).join(', ')}`] : []),
    ...(decided.length ? [`decided: ${decided.join(', ')}`] : []),
    ...(changed.length ? [`changed: ${changed.join(', ')}`] : []),
    'reads the new files back and compares every value for every environment',
  ]
}

// ── there, and back ────────────────────────────────────────────────────────────────────────

async function write(c: Consolidation, title: string, at: string | undefined, hands: Hands): Promise<Done> {
  const ground = groundOf(title, hands)
  const before = (await keptBy(hands)) ?? nothingKept()
  const standing = standsAt(ground, before)
  const old = readTexts(ground.root, filesNeeded(c), standing)
  const result = await consolidated(c, old)
  assertPinned(c, result, (file) => digestAt(ground.root, standing(file)), at)
  const texts = settledFiles(result, at)
  const kept = keep(ground, texts, old, before)
  await hands.memory.write(kept as unknown as Plain)
  writeNew(ground, texts, kept)
  const found = await readBack(c, at, ground, result, old).catch(async (error: unknown) => {
    await takeBack(title, hands)
    throw error
  })
  const read = openFiles(c, result).map((file) => ({ file, sha256: digestAt(ground.root, standsAt(ground, kept)(file)) }))
  return { done: inWords(result, found), detail: detailOf(result, found, read, texts) as unknown as Plain }
}

/** The new files as they stand on the disk, against the old values. */
async function readBack(c: Consolidation, at: string | undefined, { root }: Ground, { sources }: Consolidated, old: Texts): Promise<Proof> {
  const found = await proof(c, sources, new Map([...old, ...readTexts(root, newFilesOf(c))]))
  assertProved(found, at)
  return found
}

async function takeBack(title: string, hands: Hands): Promise<void> {
  const ground = groundOf(title, hands)
  const kept = await keptBy(hands)
  if (!kept) return
  putBack(ground, kept)
  await hands.memory.write(null)
  forgetCopies(ground, kept)
}

const groundOf = (title: string, { root, folder, migration }: Hands): Ground => ({
  root,
  copyOf: (file) => copyAt(folder, migration, title, file),
})

const keptBy = async ({ memory }: Hands): Promise<Kept | undefined> =>
  ((await memory.read()) as unknown as Kept | null | undefined) ?? undefined

// ── what came of it ────────────────────────────────────────────────────────────────────────

function inWords({ counts, dropped }: Consolidated, { cells, compared }: Proof): string {
  const byName = cells.filter((cell) => cell.verdict === 'by name').length
  return [
    `${plural(counts.oldKeys, 'key')} of ${plural(counts.files, 'file')} → ${plural(counts.newKeys, 'key')}`,
    `${count(compared)} values equal or declared`,
    ...(byName ? [`${plural(byName, 'secret')} by name`] : []),
    ...(dropped.length ? [`${count(dropped.length)} dropped`] : []),
  ].join(', ')
}

/** For the record: every key for every environment, and digests of what holds no secret. */
const detailOf = (
  { counts, dropped }: Consolidated,
  { verdict, compared, cells }: Proof,
  read: readonly object[],
  texts: ReadonlyMap<string, string>,
) => ({
  verdict,
  compared,
  counts,
  read,
  written: [...texts].map(([file, text]) => ({ file, sha256: sha256(text) })),
  dropped,
  cells,
})
