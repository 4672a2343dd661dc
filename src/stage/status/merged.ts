// Which phases a branch has: by what stands in their files, however it came there.
import { createHash } from 'node:crypto'
import type { ShippedPhase } from '../branches/phases.ts'
import { commitOf, gitIn } from '../git.ts'

export interface Merged {
  readonly branch: string
  readonly phases: readonly {
    readonly n: number
    readonly state: 'merged' | 'partly' | 'no' | 'other'
    readonly files: readonly string[]
  }[]
}

/** A squash, a rebase and a merge leave the same files; what was changed on the way is other. */
export function mergedIn(branch: string, phases: readonly ShippedPhase[], root: string): Merged {
  const git = gitIn(root, branch)
  const tree = git(['ls-tree', '-r', '-z', '--full-tree', commitOf(git, branch)])
    .split('\0')
    .filter(Boolean)
  const blobs = new Map(tree.map((line) => [line.slice(line.indexOf('\t') + 1), line.split(/\s+/, 3)[2]!]))
  const long = ([...blobs.values()][0] ?? '').length > 40
  const idOf = (text: string) =>
    createHash(long ? 'sha256' : 'sha1')
      .update(`blob ${Buffer.byteLength(text)}\0`)
      .update(text)
      .digest('hex')
  return {
    branch,
    phases: phases.map(({ n, migrations }) => {
      const files = migrations.flatMap((m) => m.files)
      const same = files.filter((f) => blobs.get(f.file) === idOf(f.text))
      const other = files.filter((f) => blobs.has(f.file) && !same.includes(f)).map((f) => f.file)
      const missing = files.filter((f) => !blobs.has(f.file)).map((f) => f.file)
      if (other.length) return { n, state: 'other' as const, files: other }
      return { n, state: missing.length === 0 ? ('merged' as const) : same.length ? ('partly' as const) : ('no' as const), files: missing }
    }),
  }
}
