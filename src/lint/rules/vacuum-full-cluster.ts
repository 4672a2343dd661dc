import { type Name, type Node, optionOn, relationName, said } from '../ast.ts'
import { heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const vacuumFullCluster: Rule = {
  id: 'vacuum-full-cluster',
  name: 'A table that is written anew as a whole',
  when: 'VACUUM FULL, CLUSTER.',
  harm: 'The table is locked against everything, readers too, until it is written.',
  instead: 'pg_repack, or from Postgres 19 on REPACK (CONCURRENTLY). Plain VACUUM stops nobody.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'VACUUM FULL orders;',
    transaction: false,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'VACUUM orders;',
    transaction: false,
  },
  on: ['VacuumStmt', 'ClusterStmt'],
  check(act, at) {
    if (act.kind === 'VacuumStmt' && !optionOn(act.node.options, 'full')) return undefined
    const tables: Name[] = (act.node.rels ?? []).map((r: Node) => relationName(r.VacuumRelation?.relation))
    if (tables.length && tables.every((t) => at.isFresh(t))) return undefined
    const named = tables.map(said)
    const on = act.node.relation ? [at.name] : named.length ? named : ['every table, one after the other,']
    return heldLong({ ...at.long('ACCESS EXCLUSIVE', 'rewritten'), on }, [], true)
  },
}
