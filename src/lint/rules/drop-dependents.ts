import type { Rule } from '../rule.ts'

export const dropDependents: Rule = {
  id: 'drop-dependents',
  name: 'A drop that the server may refuse, or that somebody misses',
  when: 'DROP of a type, sequence, extension, constraint or policy.',
  harm: 'What depends on it stops the statement; what it kept out may come in.',
  instead: 'See what depends on it.',
  bad: { schema: 'CREATE SEQUENCE s;', sql: 'DROP SEQUENCE s;' },
  good: { schema: '', sql: 'CREATE SEQUENCE s;' },
  on: ['DropStmt', 'AT_DropConstraint'],
  check({ kind, node }) {
    const told =
      kind === 'AT_DropConstraint' ||
      ['OBJECT_TYPE', 'OBJECT_DOMAIN', 'OBJECT_SEQUENCE', 'OBJECT_EXTENSION', 'OBJECT_POLICY'].includes(node.removeType)
    return told && node.behavior !== 'DROP_CASCADE'
      ? { categories: ['caution'], message: 'what depends on it stops it, or misses it' }
      : undefined
  },
}
