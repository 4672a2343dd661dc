// A database with others beside it that are only read: their tables stand in one schema with its own, under names of theirs.
import { sourceUnknown } from '../errors/database.ts'
import { elsewhere, type LiveSchema, type LiveTable, whereIs } from '../schema/schema.ts'
import type { SqlType } from '../schema/type.ts'
import { didYouMean } from '../text.ts'
import type { Database } from './database.ts'
import type { Source } from './source.ts'

export function withSources(target: Database, sources: ReadonlyMap<string, Source>): Database {
  return {
    name: target.name,
    sources,
    ...(target.elsewhere ? { elsewhere: target.elsewhere } : {}),
    ...(target.backup ? { backup: target.backup } : {}),
    session: (work) => target.session(work),
    open: () => target.open(),
    schema: (only) => mergedSchema(target, sources, only),
    ownSchema: () => target.schema(),
    close: async () => {
      await Promise.all([target, ...sources.values()].map((d) => d.close()))
    },
  }
}

export function sourceNamed(db: Database, name: string): Source {
  const found = db.sources?.get(name)
  if (!found) throw sourceUnknown({ name, near: didYouMean(name, db.sources?.keys() ?? []) })
  return found
}

async function mergedSchema(
  target: Database,
  sources: ReadonlyMap<string, Source>,
  only: readonly string[] | undefined,
): Promise<LiveSchema> {
  const own = await target.schema(only?.filter((id) => !whereIs(id)))
  const tables = new Map(own.tables)
  for (const [name, db] of sources) {
    const wanted = only?.flatMap((id) => (whereIs(id)?.database === name ? [whereIs(id)!.id] : []))
    if (wanted?.length === 0) continue
    for (const t of (await db.schema(wanted)).tables.values()) tables.set(elsewhere(name, t.id), brought(elsewhere(name, t.id), t))
  }
  return { ...own, tables }
}

/** A table as its copy will be: rows and keys, and nothing that belongs to the other server alone. */
function brought(id: string, t: LiveTable): LiveTable {
  return {
    ...t,
    id,
    columns: t.columns.map(({ name, type, nullable, comment }) => ({
      name,
      type: carried(type),
      nullable,
      ...(comment ? { comment } : {}),
    })),
    uniques: t.uniques.filter((u) => u.columns.length && u.where === undefined),
    checks: [],
    foreignKeys: [],
    exclusions: [],
    triggers: [],
    indexes: [],
  }
}

/** Types that the other server has made for itself come as the text that they are written as. */
export const carried = (type: SqlType): SqlType =>
  type.name === 'enum' || type.name === 'other' || (type.name === 'array' && carried(type.of) !== type.of) ? { name: 'text' } : type
