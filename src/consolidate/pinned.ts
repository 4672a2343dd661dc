// Old files that the plan knows by their SHA-256: what was approved was read from these, and from no others.
import { consolidationWrong, oldFileDrifted } from '../errors/consolidate.ts'
import type { Consolidated } from './consolidation.ts'
import { type Consolidation, filesOf } from './declaration.ts'
import { holdsSecret } from './secrets.ts'

/** Files without a secret in them, whose digests may stand where everybody sees them. */
export function openFiles(c: Consolidation, { sources }: Pick<Consolidated, 'sources'>): readonly string[] {
  const secret = new Set(sources.filter((s) => holdsSecret(s.value)).map((s) => s.file))
  const given = new Set((c.entries ?? []).map((e) => e.file))
  return filesOf(c)
    .map((f) => f.file)
    .filter((f) => !secret.has(f) && !given.has(f))
}

/** `digestOf`: of the file as it stands now. */
export function assertPinned(
  c: Consolidation,
  found: Pick<Consolidated, 'sources'>,
  digestOf: (file: string) => string | null,
  at: string | undefined,
): void {
  const open = openFiles(c, found)
  for (const { file, sha256 } of filesOf(c)) {
    if (sha256 === undefined) continue
    if (!open.includes(file))
      throw consolidationWrong({
        what: `${file} holds a secret, or is given as entries, and is pinned by its SHA-256.`,
        hint: 'Take sha256 out: a digest of a file with a secret could be tried against a list.',
        at,
      })
    const is = digestOf(file)
    if (is !== sha256) throw oldFileDrifted({ file, pinned: sha256, is, at })
  }
}
