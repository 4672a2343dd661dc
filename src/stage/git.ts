// git, as the stager uses it: asked, and given objects and refs. Nobody's work tree or index is touched.
import { execFileSync } from 'node:child_process'
import { stageBase } from '../errors/stage.ts'

const mostBytes = 256 * 1024 * 1024

export interface Given {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

export type Git = (words: readonly string[], given?: Given) => string

/** In the repository of `root`; `about`: what a failure is told of. */
export const gitIn =
  (root: string, about: string): Git =>
  (words, { input = '', env = {} } = {}) => {
    try {
      return execFileSync('git', ['-C', root, ...words], {
        encoding: 'utf8',
        maxBuffer: mostBytes,
        input,
        env: { ...process.env, ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
    } catch (cause) {
      throw stageBase({
        base: about,
        why: String((cause as { stderr?: string }).stderr ?? '').split('\n')[0] || 'git cannot be run',
        cause,
      })
    }
  }

/** Undefined where git says no. */
export function asked(git: Git, words: readonly string[]): string | undefined {
  try {
    return git(words).trim()
  } catch {
    return undefined
  }
}

export const commitOf = (git: Git, name: string): string =>
  git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]).trim()
