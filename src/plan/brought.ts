// Tables of other databases that a migration reads: which columns of them, and by what key.
import { postgres } from '../dialects/postgres.ts'
import { tableOf } from '../dialects/shape.ts'
import { type Relation, walk } from '../expr/node.ts'
import { type MappingFacts, rootsOf } from '../mapping/mapping.ts'
import type { Migration } from '../migration/migration.ts'
import type { Content, Contents } from '../schema/content.ts'
import { column, type LiveSchema, whereIs } from '../schema/schema.ts'
import { type Read, tablesUnder } from '../schema/table.ts'
import type { SqlType } from '../schema/type.ts'

export interface Brought {
  /** `@legacy:public.customer` */
  readonly id: string
  /** Where its rows are brought: quoted and qualified. */
  readonly copy: string
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[]
  /** Empty where rows are only looked up, and not by a key. */
  readonly key: readonly string[]
  /** Of files: what they were when they were planned, and must be when they are read. */
  readonly contents?: readonly Content[] | undefined
}

/** The ids of tables of other databases. */
export const idsAway = ({ mappings, steps }: Pick<Migration, 'mappings' | 'steps'>): string[] => [...wantedBy(mappings, steps).keys()]

export function broughtFor(
  mappings: readonly MappingFacts[],
  steps: Migration['steps'],
  schema: LiveSchema,
  contents: Contents = {},
): Brought[] {
  return [...wantedBy(mappings, steps)].map(([id, { columns, key, at }]) => {
    const live = tableOf(schema, id, at)
    return {
      id,
      copy: postgres.table(id),
      columns: [...columns].map((name) => ({ name, type: column(live, name)!.type })),
      key,
      ...(contents[id] ? { contents: contents[id] } : {}),
    }
  })
}

interface Wanted {
  readonly columns: Set<string>
  readonly key: readonly string[]
  readonly at: string | undefined
}

function wantedBy(mappings: readonly MappingFacts[], steps: Migration['steps']): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  const want = (id: string, columns: readonly string[], key: readonly string[], at: string | undefined) => {
    if (!whereIs(id)) return
    const there = wanted.get(id) ?? { columns: new Set<string>(), key, at }
    for (const c of columns) there.columns.add(c)
    wanted.set(id, there)
  }
  const wantAll = (of: Read, at: string | undefined) => {
    for (const t of tablesUnder(of)) want(t.id, Object.keys(t.columns), t.key, at)
  }
  for (const m of mappings) {
    wantAll(m.from, m.at)
    for (const root of rootsOf(m))
      walk(root, (n) => {
        const relation = n.params['relation'] as Relation | undefined
        if (relation) wantAll(relation, n.at)
      })
  }
  for (const { step } of steps) for (const t of step.reads ?? []) wantAll(t, step.at)
  return wanted
}
