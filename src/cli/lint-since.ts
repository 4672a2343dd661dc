// Files as they were at a revision of git: what ran already wherever that was deployed.
import path from 'node:path'
import { lintSince } from '../errors/lint.ts'
import type { Given } from '../lint/file.ts'
import { asked, gitIn } from '../stage/git.ts'

export function withApplied(files: readonly Given[], revision: string, folder: string): Given[] {
  const git = gitIn(folder, revision)
  const commit = asked(git, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
  if (!commit) throw lintSince({ revision, why: 'there is no such revision in the repository of this folder' })
  const below = asked(git, ['rev-parse', '--show-prefix']) ?? ''
  const there = new Set(asked(git, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit])?.split('\0'))
  return files.map((given) => {
    const name = path.posix.join(below, path.relative(folder, path.resolve(folder, given.file)).split(path.sep).join('/'))
    return there.has(name) ? { ...given, applied: git(['cat-file', 'blob', `${commit}:${name}`]).replace(/^\ufeff/, '') } : given
  })
}
