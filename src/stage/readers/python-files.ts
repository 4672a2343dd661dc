// Files that a migration in Python may name: modules of the project, and what stands beside it.
import path from 'node:path'
import type { Folder } from '../types.ts'

export interface Files {
  module(name: string, from: string): { readonly file: string; readonly text: string } | undefined
  file(path: string): string | undefined
}

/** Modules are looked for in the folders above, as Python does in those that it is started in. */
export function filesOf(folder: Folder): Files {
  return {
    file: (name) => folder.text(path.posix.normalize(name)),
    module(name, from) {
      const dots = /^\.*/.exec(name)![0].length
      const parts = name.slice(dots).split('.').filter(Boolean).join('/')
      const here = path.posix.dirname(from)
      const roots = dots > 0 ? [path.posix.join(here, '../'.repeat(dots - 1))] : above(here)
      for (const root of roots)
        for (const file of [path.posix.join(root, `${parts}.py`), path.posix.join(root, parts, '__init__.py')]) {
          const text = parts ? folder.text(file) : undefined
          if (text !== undefined) return { file, text }
        }
      return undefined
    },
  }
}

function above(folder: string): string[] {
  const found = [folder]
  while (found.at(-1) !== '.' && found.at(-1) !== '/') found.push(path.posix.dirname(found.at(-1)!))
  return found
}
