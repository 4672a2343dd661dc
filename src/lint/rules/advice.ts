import { type Node, typeOf } from '../ast.ts'
import { beside, isSerial } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const advice: Rule = {
  id: 'advice',
  name: 'What will be regretted later',
  when: 'A new column of type json, char(n), timestamp without time zone, money or serial; a key of four bytes; a name of more than 63 bytes; an enum; a domain with a CHECK; an index of more than three columns.',
  harm: 'Nothing now. Each is a migration to come: keys run out, times lose their zone, names are cut, values of an enum never go away.',
  instead: 'jsonb, text, timestamptz, numeric, bigint GENERATED … AS IDENTITY; a shorter name.',
  bad: { schema: '', sql: 'CREATE TABLE t (id serial PRIMARY KEY, made timestamp, doc json);' },
  good: { schema: '', sql: 'CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, made timestamptz, doc jsonb);' },
  on: ['CreateStmt', 'CreateEnumStmt', 'CreateDomainStmt', 'AT_AddColumn', 'IndexStmt', 'AT_AddConstraint'],
  always: true,
  check(act) {
    const found = [
      ...regretOf(act),
      ...definitions(act).flatMap(regrets),
      ...names(act)
        .filter(tooLong)
        .map((n) => `${n} is cut to 63 bytes`),
    ]
    return found.length ? { categories: ['style'], message: found.join('; ') } : undefined
  },
}

function regretOf({ kind, node }: Act): string[] {
  if (kind === 'CreateEnumStmt') return ['an enum: its values can be added to, and never taken away']
  const checked = (node.constraints ?? []).some((c: Node) => c.Constraint?.contype === 'CONSTR_CHECK')
  if (kind === 'CreateDomainStmt' && checked) return ['a domain with a CHECK: a change of it reads every table that has such a column']
  return kind === 'IndexStmt' && (node.indexParams ?? []).length > 3
    ? ['an index of many columns is large, and rarely used as a whole']
    : []
}

const definitions = ({ kind, node }: Act): Node[] =>
  kind === 'AT_AddColumn'
    ? [node.def?.ColumnDef ?? {}]
    : kind === 'CreateStmt'
      ? (node.tableElts ?? []).flatMap((e: Node) => e.ColumnDef ?? [])
      : []

const names = (act: Act): string[] =>
  [
    act.node.idxname,
    act.kind === 'CreateStmt' && act.node.relation?.relname,
    act.node.def?.Constraint?.conname,
    ...definitions(act).map((d) => d.colname),
  ].filter(Boolean)

const tooLong = (name: string): boolean => Buffer.byteLength(name) > 63

const better: Readonly<Record<string, string>> = {
  json: 'json: jsonb can be compared and indexed',
  bpchar: 'char(n): text has no blanks to fill up',
  timestamp: 'timestamp: timestamptz says which moment it is',
  money: 'money: numeric does not depend on the locale',
}

function regrets(definition: Node): string[] {
  const { name } = typeOf(definition.typeName)
  const small = ['int4', 'int2', 'serial', 'smallserial'].includes(name)
  const key = beside(definition, 'CONSTR_PRIMARY') && small ? [`${definition.colname}: a key of ${name} runs out`] : []
  const told = isSerial(definition) ? [`${name}: GENERATED … AS IDENTITY is owned by the table`] : []
  return [...key, ...told, ...(better[name] ? [better[name]] : [])]
}
