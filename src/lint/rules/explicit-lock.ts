import { type Name, type Node, relationName, said } from '../ast.ts'
import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const explicitLock: Rule = {
  id: 'explicit-lock',
  name: 'A lock that is held to the end',
  when: 'LOCK TABLE in SHARE mode or a stronger one, which is what it takes when none is said; any LOCK TABLE outside of a transaction.',
  harm: 'Writers, or all others, wait until the transaction ends.',
  instead: 'Leave the lock to the statement that needs it; else the weakest mode, a lock_timeout, and nothing else in the transaction.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'LOCK TABLE orders;',
    transaction: true,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'LOCK TABLE orders IN ROW EXCLUSIVE MODE;',
    transaction: true,
  },
  on: ['LockStmt'],
  check({ node, within }, at) {
    const tables = (node.relations ?? []).map((r: Node) => relationName(r.RangeVar))
    const old = tables.filter((t: Name) => !at.isFresh(t)).map(said)
    if (at.scene.alone && !at.scene.inTransaction && !within)
      return { categories: ['fails'], message: 'outside of a transaction it holds nothing: the server refuses', beyondOneRun: true }
    return (node.mode ?? 8) >= 5 && old.length
      ? heldLong({ mode: modes[node.mode - 5] ?? 'ACCESS EXCLUSIVE', on: old, work: 'until the transaction ends' })
      : undefined
  },
}

const modes = ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE']
