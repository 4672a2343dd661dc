// What else the branch changes beside migrations, and what of the base names a thing: asked of git.
import type { Compared } from '../base.ts'
import { asked, commitOf, gitIn } from '../git.ts'
import type { Folder } from '../types.ts'

export interface ChangedFile {
  readonly file: string
  /** Undefined where it was not there, or is not there any more. */
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface Application {
  readonly changed: readonly ChangedFile[]
  /** Files of the base that hold one of the words, with their texts; without migrations, and without those that the branch changes. */
  naming(words: readonly string[]): ReadonlyMap<string, string>
}

/** What is longer, or is no text, is not read. */
const longest = 2 * 1024 * 1024

export function applicationSince({ base }: Compared, folder: Folder, root: string): Application {
  const git = gitIn(root, base)
  const commit = commitOf(git, base)
  // what the base has got since the branch left it is not the branch's
  const left = asked(git, ['merge-base', commit, 'HEAD']) ?? commit
  const own = new Set(folder.files)
  const isOther = (file: string) => file !== '' && !own.has(file) && !(folder.at !== '' && file.startsWith(`${folder.at}/`))
  const names = (words: readonly string[]): string[] => git(words).split('\0').filter(isOther)
  const files = [
    ...names(['diff', '--name-only', '--no-renames', '-z', left]),
    ...names(['ls-files', '--others', '--exclude-standard', '-z', '--full-name', ':/']),
  ]
  const was = (file: string) => readable(asked(git, ['show', `${left}:${file}`]))
  const changed = [...new Set(files)].toSorted().map((file) => ({ file, before: was(file), after: readable(folder.text(file)) }))
  return { changed, naming: (words) => naming(words) }

  function naming(words: readonly string[]): ReadonlyMap<string, string> {
    if (words.length === 0) return new Map()
    const found = asked(git, ['grep', '-l', '-I', '-w', '-z', '-F', ...words.flatMap((w) => ['-e', w]), commit, '--', ':/'])
    const known = new Set(files)
    const named = (found ?? '')
      .split('\0')
      .map((f) => f.slice(f.indexOf(':') + 1))
      .filter((f) => isOther(f) && !known.has(f)) // prettier-ignore
    return new Map(named.flatMap((file) => textOf(file, readable(asked(git, ['show', `${commit}:${file}`])))))
  }
}

const textOf = (file: string, text: string | undefined): [string, string][] => (text === undefined ? [] : [[file, text]])

const readable = (text: string | undefined): string | undefined =>
  text === undefined || text.length > longest || text.slice(0, 8000).includes('\0') ? undefined : text
