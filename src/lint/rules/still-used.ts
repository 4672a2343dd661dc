import { type Node, objectName, said, strings } from '../ast.ts'
import type { At } from '../at.ts'
import type { Rule } from '../rule.ts'

export const stillUsed: Rule = {
  id: 'still-used',
  name: 'What something else still needs',
  when: 'DROP of a type, extension, sequence, index, constraint or table, without CASCADE, that a column, a constraint or a foreign key is known to need; DROP or TYPE of a column that the table is partitioned by.',
  harm: 'The server refuses.',
  instead: 'Drop what needs it first, by name.',
  bad: { schema: "CREATE TYPE state AS ENUM ('a'); CREATE TABLE t (s state);", sql: 'DROP TYPE state;' },
  good: { schema: "CREATE TYPE state AS ENUM ('a');", sql: 'DROP TYPE state;' },
  on: ['DropStmt', 'AT_DropConstraint', 'AT_DropNotNull', 'AT_DropColumn', 'AT_AlterColumnType'],
  always: true,
  check(act, at) {
    if (act.node.behavior === 'DROP_CASCADE' && act.kind !== 'AT_DropColumn') return undefined
    const [needs, name] = needed(act.kind, act.node, at)
    return needs.length ? { categories: ['fails'], message: `${needs.join(', ')} needs ${name}: the server refuses` } : undefined
  },
}

type Needed = readonly [needs: readonly string[], name: string]

function needed(kind: string, node: Node, at: At): Needed {
  if (kind === 'AT_DropColumn' || kind === 'AT_AlterColumnType')
    return [at.table?.partitionKey?.includes(node.name) ? ['the partition key'] : [], node.name]
  if (kind === 'AT_DropNotNull') {
    const key = at.table?.constraints.find((c) => c.kind === 'primary' && c.columns.includes(node.name))
    return [key ? [key.name] : [], `NOT NULL of ${node.name}`]
  }
  if (kind === 'AT_DropConstraint') {
    const found = at.table?.constraints.find((c) => c.name === node.name)
    return [found?.kind === 'primary' ? at.catalog.keysTo(at.target) : [], node.name]
  }
  const dropped = (node.objects ?? []).map(objectName)
  const users = (usersOf[node.removeType] ?? none)(
    dropped.map((n: { name: string }) => n.name),
    at,
  )
  return [users, dropped.map(said).join(', ')]
}

type Users = (names: readonly string[], at: At) => string[]
const none: Users = () => []
const ofType: Users = (names, at) => at.catalog.tablesWith((c) => names.includes(c.type.name))

/** Types that come with extensions. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  postgis: ['geometry', 'geography', 'raster', 'box2d', 'box3d'],
  vector: ['vector', 'halfvec', 'sparsevec'],
  cube: ['cube'],
  seg: ['seg'],
}

const usersOf: Readonly<Record<string, Users>> = {
  OBJECT_TYPE: ofType,
  OBJECT_DOMAIN: ofType,
  OBJECT_EXTENSION: (names, at) =>
    ofType(
      names.flatMap((n) => typesOf[n] ?? []),
      at,
    ),
  OBJECT_TABLE: (names, at) => [
    ...names.flatMap((name) => at.catalog.keysTo({ name })).filter((key) => !names.some((n) => key.endsWith(` of ${n}`))),
    ...names.flatMap((name) => at.catalog.viewsOver(name)),
  ],
  OBJECT_INDEX: (names, at) =>
    names
      .filter((n) => at.catalog.indexOwner(n)?.constraints.some((c) => c.name === n && c.kind !== 'check'))
      .map((n) => `the constraint ${n}`),
  OBJECT_SEQUENCE: (names, at) =>
    [...at.catalog.tables.values()].flatMap((t) =>
      [...t.columns.values()].some(
        (c) => names.some((n) => c.default?.names && n === `${t.name.name}_${c.name}_seq`) || names.some((n) => reads(c.default, n)),
      )
        ? [t.name.name]
        : [],
    ),
}

/** nextval('it') */
const reads = (value: Node | undefined, sequence: string): boolean =>
  strings(value?.FuncCall?.funcname).at(-1) === 'nextval' && JSON.stringify(value).includes(`"${sequence}"`)
