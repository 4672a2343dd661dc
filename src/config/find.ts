// Where the configuration is.

import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { configNotFound } from '../errors/config.ts'

const names = ['godwit.config.ts', 'godwit.config.mts', 'godwit.config.js', 'godwit.config.mjs']

export interface Place {
  /** Undefined if there is none. */
  readonly file: string | undefined
  readonly root: string
  readonly looked: readonly string[]
}

/** In `folder` and nowhere else, or in `cwd` and upwards to the root of the repository. */
export function findConfig(cwd: string, folder: string | undefined): Place {
  const start = resolve(cwd, folder ?? '.')
  if (!isFolder(start)) throw configNotFound({ looked: [start], folderMissing: true })
  const looked: string[] = []
  for (let at = start; ; at = dirname(at)) {
    looked.push(at)
    const file = names.map((name) => join(at, name)).find((path) => existsSync(path))
    if (file) return { file, root: at, looked }
    // above the repository lies what belongs to somebody else: a configuration is code, and it would be run
    if (folder !== undefined || existsSync(join(at, '.git')) || at === dirname(at)) return { file: undefined, root: start, looked }
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
