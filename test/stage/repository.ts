// A git repository with a pile on a branch of its own.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { folder } from '../cli/godwit.ts'
import type { Files } from './piles.ts'

export interface Repository {
  readonly at: string
  git(...words: string[]): string
  /** Undefined takes a file away. */
  commit(message: string, files: Readonly<Record<string, string | undefined>>): string
}

/** `base` on main, and everything else on the branch `pile`, which is checked out. */
export function repository(base: Files, ...later: readonly Files[]): Repository {
  const at = folder({})
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: at, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const commit: Repository['commit'] = (message, files) => {
    for (const [file, text] of Object.entries(files)) {
      const whole = path.join(at, file)
      mkdirSync(path.dirname(whole), { recursive: true })
      if (text === undefined) rmSync(whole)
      else writeFileSync(whole, text)
    }
    git('add', '-A', '.')
    git('commit', '-q', '--allow-empty', '-m', message)
    return git('rev-parse', 'HEAD')
  }
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'A Person')
  git('config', 'user.email', 'person@example.test')
  commit('what is there', { 'README.md': 'an application\n', ...base })
  git('checkout', '-q', '-b', 'pile')
  for (const [i, files] of later.entries()) commit(`pile ${i + 1}`, files)
  return { at, git, commit }
}
