// op.create_entity and its like, of a plugin that keeps functions, views and triggers as objects.
import { asText, type Given, hole, Made } from '../../python/values.ts'
import { anything } from '../holes.ts'
import { quoted } from '../quoting.ts'

interface Kind {
  readonly word: string
  /** What stands between its name and what it is. */
  readonly between: string
  readonly replaces: boolean
}

const kinds: Readonly<Record<string, Kind>> = {
  PGFunction: { word: 'FUNCTION', between: '', replaces: true },
  PGProcedure: { word: 'PROCEDURE', between: '', replaces: true },
  PGView: { word: 'VIEW', between: 'AS', replaces: true },
  PGMaterializedView: { word: 'MATERIALIZED VIEW', between: 'AS', replaces: false },
  PGTrigger: { word: 'TRIGGER', between: '', replaces: true },
  PGExtension: { word: 'EXTENSION', between: '', replaces: false },
}

const told = (given: Given) => {
  const [entity] = given.args
  const kind = entity instanceof Made ? kinds[entity.name.split('.').at(-1)!] : undefined
  if (!kind || !(entity instanceof Made)) return undefined
  const text = (name: string) => asText(entity.given.named.get(name))?.replaceAll(hole, anything)
  const signature = text('signature') ?? anything
  const schema = kind.word === 'TRIGGER' || kind.word === 'EXTENSION' ? '' : `${quoted(text('schema') ?? 'public')}.`
  return { kind, name: `${schema}${signature}`, definition: text('definition') ?? '', on: text('on_entity') ?? anything }
}

const made = (given: Given, replace: boolean): readonly string[] => {
  const t = told(given)
  if (!t) return []
  const again = replace && t.kind.replaces ? 'OR REPLACE ' : ''
  const first = replace && !t.kind.replaces ? [`DROP ${t.kind.word} IF EXISTS ${t.name}`] : []
  return [...first, `CREATE ${again}${t.kind.word} ${t.name} ${t.kind.between} ${t.definition}`.trim()]
}

const dropped = (given: Given): readonly string[] => {
  const t = told(given)
  return t ? [`DROP ${t.kind.word} ${t.name}${t.kind.word === 'TRIGGER' ? ` ON ${t.on}` : ''}`] : []
}

export const entities: Readonly<Record<string, (given: Given) => readonly string[]>> = {
  create_entity: (given) => made(given, false),
  replace_entity: (given) => made(given, true),
  drop_entity: dropped,
}
