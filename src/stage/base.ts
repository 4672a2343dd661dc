// The branch that the pile is to be merged into: which migrations are there already, and whether they are still what they were.
import { commitOf, gitIn } from './git.ts'
import { readers } from './readers/index.ts'
import type { Folder, Pile } from './types.ts'

export interface Compared {
  readonly base: string
  readonly added: ReadonlySet<string>
  /** There already, and other than they are there: who has run them has run something else. */
  readonly edited: readonly string[]
  /** There, and not here any more. */
  readonly vanished: readonly string[]
  /** The folder once both are in one: what the base has is as it is there, and what is new here comes with it. */
  readonly together: Folder
}

export function comparedWith(base: string, pile: Pile, folder: Folder, root: string): Compared {
  const git = gitIn(root, base)
  const commit = commitOf(git, base)
  const files = git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit, '--', folder.at || '.'])
    .split('\0')
    .filter(Boolean)
  const texts = new Map<string, string>()
  const text = (file: string): string | undefined => {
    if (!files.includes(file)) return undefined
    if (!texts.has(file)) texts.set(file, git(['show', `${commit}:${file}`]))
    return texts.get(file)
  }
  const there = readers.find((r) => r.format === pile.format)!.read({ at: folder.at, files, text })
  const known = new Map(there.migrations.map((m) => [m.id, m.file]))
  const here = new Set(pile.migrations.map((m) => m.id))
  const ofBase = new Set(known.values())
  const elsewhere = new Set(pile.migrations.filter((m) => known.has(m.id) && known.get(m.id) !== m.file).map((m) => m.file))
  return {
    base,
    added: new Set(pile.migrations.filter((m) => !known.has(m.id)).map((m) => m.id)),
    edited: pile.migrations.filter((m) => known.has(m.id) && text(known.get(m.id)!) !== folder.text(m.file)).map((m) => m.id),
    vanished: [...known.keys()].filter((id) => !here.has(id)),
    together: {
      at: folder.at,
      files: [...new Set([...folder.files.filter((f) => !elsewhere.has(f)), ...ofBase])].toSorted(),
      text: (file) => (ofBase.has(file) ? text(file)?.replace(/^\ufeff/, '') : folder.text(file)),
    },
  }
}
