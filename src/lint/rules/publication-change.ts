import { type Name, objectName } from '../ast.ts'
import { publishedAfter } from '../replay/alter.ts'
import type { Rule } from '../rule.ts'

export const publicationChange: Rule = {
  id: 'publication-change',
  name: 'Tables that are no longer published',
  when: 'DROP PUBLICATION, ALTER PUBLICATION … DROP, or SET without a table that was in it.',
  harm: 'Those who subscribe get no changes of it from then on, or cannot go on at all.',
  instead: 'Look who subscribes; take it out there first.',
  bad: { schema: 'CREATE TABLE a (x int); CREATE PUBLICATION p FOR TABLE a;', sql: 'DROP PUBLICATION p;' },
  good: {
    schema: 'CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE PUBLICATION p FOR TABLE a;',
    sql: 'ALTER PUBLICATION p ADD TABLE b;',
  },
  on: ['DropStmt', 'AlterPublicationStmt'],
  check({ kind, node }, at) {
    const gone = kind === 'DropStmt' ? dropped(node) : altered()
    return gone.length ? { categories: ['breaking'], message: `${gone.join(', ')}: those who subscribe get no more of it` } : undefined

    function dropped({ removeType, objects }: typeof node): string[] {
      if (removeType !== 'OBJECT_PUBLICATION') return []
      const names: string[] = (objects ?? []).map(objectName).map((n: Name) => n.name)
      return names.filter((n) => !at.catalog.publications.get(n)?.fresh)
    }

    function altered(): string[] {
      const known = at.catalog.publications.get(node.pubname)
      if (known?.fresh) return []
      const named = [...(known?.tables ?? []), ...(known ? [] : publishedAfter([], { ...node, action: 'AP_AddObjects' }))]
      if (!known && node.action !== 'AP_DropObjects') return []
      const after = publishedAfter(named, node)
      return named.filter((t) => !after.includes(t))
    }
  },
}
