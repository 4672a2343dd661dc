// Tables whose rows cannot be told apart, and indexes that say the same twice.
import { shownId } from '../../schema/schema.ts'
import { list, plainText } from '../../text.ts'
import type { Kind, Known, Subject } from '../question.ts'

export const keys: Kind = {
  known: (subject) => [...withoutKey(subject), ...sameTwice(subject)],
}

const isStored = new Set(['table', 'partitioned table'])

function withoutKey({ id, table, place, roles }: Subject): Known[] {
  if (!isStored.has(table.kind) || place.looking.copied || table.primaryKey.length) return []
  const needed = roles.has('source') || roles.has('written')
  return [
    {
      kind: 'keys',
      grade: needed ? 'warning' : 'note',
      title: `${shownId(id)} has no primary key${table.uniques.length ? '; what tells its rows apart is a unique index' : ', and nothing tells its rows apart'}.`,
      columns: [],
      fix: 'Give it one, or map from a query() with a key of its own. Rows that are alike in all columns stay as many as they are.',
    },
  ]
}

/** Without its name an index is what it is over. */
const bare = (sql: string): string => sql.replace(/^CREATE (UNIQUE )?INDEX \S+ ON /i, '')

function sameTwice({ id, table }: Subject): Known[] {
  const groups = [
    ...Map.groupBy(
      (table.indexes ?? []).filter((i) => i.valid),
      (i) => bare(i.sql),
    ).values(),
  ].filter((g) => g.length > 1)
  return groups.map((g) => ({
    kind: 'indexes',
    grade: 'note',
    title: `${list(g.map((i) => i.name))} on ${shownId(id)} are the same index: every row that is written pays for each.`,
    columns: g[0]!.columns,
    fix: g
      .slice(1)
      .map((i) => `DROP INDEX CONCURRENTLY ${plainText(i.name)};  -- unless a constraint needs it`)
      .join('\n'),
  }))
}
