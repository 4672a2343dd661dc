// The databases that are asked: the target, and each source that a migration names tables of. Nothing is written to any of them.
import type { Database } from '../databases/database.ts'
import type { Looking } from '../databases/looking.ts'
import { lookingAt } from '../databases/postgres/looking.ts'
import { postgres } from '../dialects/postgres.ts'
import { derivedMark, elsewhere, type LiveSchema, type LiveTable, whereIs } from '../schema/schema.ts'
import { plainText } from '../text.ts'
import type { Unlooked } from './assessment.ts'
import { inMariadb } from './spelling/mariadb.ts'
import { inPostgres } from './spelling/postgres.ts'
import { type Named, type Spelling, unspoken } from './spelling/spelling.ts'
import { inSqlite } from './spelling/sqlite.ts'

export interface Place {
  /** How the migration calls it; nothing for the target. */
  readonly name: string | undefined
  /** For people. Never a password. */
  readonly shown: string
  readonly looking: Looking
  readonly spelling: Spelling
  readonly serverVersion: number
  /** All tables there, by the ids that a migration knows them by. */
  readonly tables: ReadonlyMap<string, LiveTable>
}

export interface Places {
  readonly all: readonly Place[]
  readonly notLookedAt: readonly Unlooked[]
}

/** `ids`: the tables that it is about. A source that cannot be opened is said, and the others are asked all the same. */
export async function placesFor(db: Database, ids: readonly string[]): Promise<Places> {
  const notLookedAt: Unlooked[] = []
  const all = [await targetPlace(db)]
  for (const name of new Set(ids.flatMap((id) => whereIs(id)?.database ?? []))) {
    const wanted = ids.flatMap((id) => (whereIs(id)?.database === name ? [whereIs(id)!.id] : []))
    const place = await sourcePlace(db, name, wanted).catch((error: unknown) => {
      notLookedAt.push({ what: `source ${name}`, why: plainText((error as Error).message) })
      return undefined
    })
    if (place) all.push(place)
  }
  return { all, notLookedAt }
}

async function targetPlace(db: Database): Promise<Place> {
  if (db.elsewhere) return placeOf(undefined, db.name, db.elsewhere.looking, 0, await db.elsewhere.looking.tables())
  const schema = await ownSchema(db)
  return placeOf(undefined, db.name, lookingAt(db), schema.serverVersion, [...schema.tables.values()])
}

const ownSchema = (db: Database): Promise<LiveSchema> => db.ownSchema?.() ?? db.schema()

async function sourcePlace(db: Database, name: string, wanted: readonly string[]): Promise<Place> {
  const source = db.sources?.get(name)
  const looking = await source?.looking?.(wanted)
  if (!source || !looking) throw new Error('it takes no questions')
  const version = looking.engine === 'postgres' ? (await source.schema([])).serverVersion : 0
  return placeOf(name, source.name, looking, version, await looking.tables())
}

function placeOf(name: string | undefined, shown: string, looking: Looking, serverVersion: number, tables: readonly LiveTable[]): Place {
  const known = (id: string) => (name === undefined ? id : elsewhere(name, id))
  return {
    name,
    shown,
    looking,
    serverVersion,
    spelling: spellings[looking.engine](namesIn(name, looking), serverVersion),
    tables: new Map(tables.filter((t) => t.schema !== 'godwit').map((t) => [known(t.id), t])),
  }
}

const spellings: Readonly<Record<Looking['engine'], (named: Named, serverVersion: number) => Spelling>> = {
  postgres: inPostgres,
  sqlite: inSqlite,
  mariadb: inMariadb,
}

/** A table as it is called in this database; one of another is no table here. */
function namesIn(name: string | undefined, { engine, copied }: Looking): Named {
  return (id) => {
    if (id.startsWith(derivedMark)) return unspoken('it looks into rows that are made of others')
    const away = whereIs(id)
    if (away?.database !== name) return unspoken(`it looks into ${id}, which is in another database`)
    return named(away?.id ?? id, engine, copied === true)
  }
}

function named(id: string, engine: Looking['engine'], copied: boolean): string {
  const [schema, table] = [id.slice(0, id.indexOf('.')), id.slice(id.indexOf('.') + 1)]
  if (engine === 'mariadb') return [schema, table].map((n) => `\`${n.replaceAll('`', '``')}\``).join('.')
  if (engine === 'postgres') return postgres.table(id)
  const quoted = `"${table.replaceAll('"', '""')}"`
  return copied || schema === 'main' ? quoted : `"${schema}".${quoted}`
}
