// A file of plain SQL as a part of a migration: each statement becomes the steps that do the same beside an application at work.
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqlUnreadable } from '../../../errors/sql-file.ts'
import { origin, originFolder } from '../../../expr/origin.ts'
import type { Step } from '../../step.ts'

/** A path, relative to the file that says it; a URL of a file; or the SQL itself. */
export type SqlSource = string | URL | { readonly text: string }

/** A part of a migration: what drops or renames goes into later phases. */
export interface SqlPart {
  readonly expand: readonly Step[]
  readonly cutover: readonly Step[]
  readonly contract: readonly Step[]
}

export function sql(source: SqlSource): Promise<SqlPart> {
  const said = typeof source === 'object' && 'text' in source ? { name: origin() ?? 'sql', text: source.text } : fileOf(source)
  return compiledLater(said.name, said.text)
}

/** The parser is loaded only where there is SQL to parse. */
async function compiledLater(name: string, text: string): Promise<SqlPart> {
  const { compile } = await import('./compile.ts')
  return compile(name, text)
}

function fileOf(source: string | URL): { name: string; text: string } {
  const path = typeof source === 'string' ? resolve(originFolder() ?? '.', source) : fileURLToPath(source)
  const name = basename(path)
  try {
    return { name, text: readFileSync(path, 'utf8') }
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw sqlUnreadable({ file: typeof source === 'string' ? source : name, why: missing ? 'is not there' : 'cannot be read', cause })
  }
}
