// Which tables a migration reads and writes, as far as it can be told without a plan.
import type { Concern } from '../databases/postgres/doctor-tables.ts'
import { walk } from '../expr/node.ts'
import { rootsOf, writtenBy } from '../mapping/mapping.ts'
import type { Migration } from '../migration/migration.ts'
import { whereIs } from '../schema/schema.ts'
import { type Read, tablesUnder } from '../schema/table.ts'
import type { Context } from './context.ts'
import type { Project } from './project.ts'

export async function concernOf({ globals }: Context, { config }: Pick<Project, 'config'>): Promise<Concern> {
  const { migrationsIn, chosen } = await import('./migrations.ts')
  const found = config.migrations.length ? await migrationsIn(config) : []
  const wanted = globals.migration === undefined ? found : [chosen(found, globals.migration)]
  const writes = [...new Set(wanted.flatMap(({ migration }) => migration.mappings.flatMap((m) => writtenBy(m).map((t) => t.id))))]
  const declared = config.owns.readOnly.map((name) => (name.includes('.') ? name : `${name}.*`))
  const reads = [...new Set([...wanted.flatMap(({ migration }) => readsOf(migration)), ...declared])].filter(
    (id) => !writes.includes(id) && !whereIs(id),
  )
  return { readOnly: reads, writes: writes.length ? writes : (config.owns.schemas ?? []).map((name) => `${name}.*`) }
}

function readsOf(migration: Migration): string[] {
  const ids = new Set(migration.reads)
  const under = (of: Read) => {
    for (const t of tablesUnder(of)) ids.add(t.id)
  }
  for (const m of migration.mappings) {
    under(m.from)
    for (const root of rootsOf(m))
      walk(root, (n) => {
        if (n.word.name === 'lookup') under(n.params.relation as Read)
      })
  }
  return [...ids]
}
