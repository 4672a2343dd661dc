import { dottedName } from '../ast.ts'
import { type At, heldLong } from '../at.ts'
import type { Rule } from '../rule.ts'

export const alterDomainValidating: Rule = {
  id: 'alter-domain-validating',
  name: 'A domain that is held against every row of every table',
  when: 'ALTER DOMAIN … ADD CONSTRAINT without NOT VALID, or SET NOT NULL.',
  harm: 'Every table that has a column of the domain is locked against writes while all its rows are read.',
  instead: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT later.',
  bad: {
    schema: 'CREATE DOMAIN cents AS int; CREATE TABLE a (x cents);',
    sql: 'ALTER DOMAIN cents ADD CONSTRAINT positive CHECK (VALUE >= 0);',
  },
  good: {
    schema: 'CREATE DOMAIN cents AS int; CREATE TABLE a (x cents);',
    sql: 'ALTER DOMAIN cents ADD CONSTRAINT positive CHECK (VALUE >= 0) NOT VALID;',
  },
  on: ['AlterDomainStmt'],
  check({ node }, at) {
    const { name } = dottedName(node.typeName)
    const on = [`every table with a column of ${name}`]
    if (node.subtype === 'V')
      return {
        categories: ['caution'],
        message: 'writers of its tables wait',
        lock: { mode: 'SHARE', on, work: 'while every row is read', scans: true },
      }
    const adds = node.subtype === 'C' && !node.def?.Constraint?.skip_validation
    if ((!adds && node.subtype !== 'O') || at.catalog.types.get(name)?.fresh || !isUsed(name, at)) return undefined
    return heldLong({ mode: 'SHARE', on, work: 'while every row is read', scans: true })
  },
}

const isUsed = (domain: string, at: At): boolean =>
  !at.catalog.closed ||
  at.catalog.tablesWith((column) => column.type.name === domain).length > 0 ||
  [...at.catalog.types.values()].some((type) => type.base?.name === domain) ||
  [...at.catalog.tables.values()].some((table) => !table.whole && table.kind === 'table')
