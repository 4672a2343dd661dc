// What a file says of its session.
import { literalText, strings } from '../../../../lint/ast.ts'
import type { Compile } from '../here.ts'
import { unknown } from './unknown.ts'

/** Godwit has its own: for how long a lock is waited for, and for how long a statement may stand in somebody's way. */
const ours = ['lock_timeout', 'statement_timeout', 'client_min_messages']

export const set: Compile = (here) => {
  const { kind, name, args, is_local } = here.node
  if (ours.includes(name)) return []
  if (name !== 'search_path' || kind !== 'VAR_SET_VALUE' || is_local) return unknown(here)
  const path = (args ?? [])
    .map((a: object) => literalText(a) ?? strings([a])[0] ?? '')
    .filter((s: string) => !['pg_catalog', '$user', ''].includes(s))
  if (!path.length) here.refuse('nothing can be found by its name alone then', 'Name the schemas that there are.')
  here.reading.path = path
  return []
}

/** Each move is a transaction of its own, and an undo takes back all of them. */
export const transaction: Compile = (here) =>
  ['TRANS_STMT_BEGIN', 'TRANS_STMT_START', 'TRANS_STMT_COMMIT'].includes(here.node['kind']) ? [] : unknown(here)
