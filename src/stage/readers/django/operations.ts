// Django's operations, each as the SQL that it stands for, and as what it does to the models.
import { Attribute, argument, asText, Dict, type Given, itemsOf, List, Made, textOf, type Value } from '../../python/values.ts'
import { anything } from '../holes.ts'
import { quoted } from '../quoting.ts'
import {
  columnOf,
  columnSql,
  fallbackOf,
  isConstrained,
  isIndexed,
  isManyToMany,
  isNull,
  isRelation,
  isUnique,
  namesIn,
  relatedTo,
  typeOf,
} from './fields.ts'
import type { Model, Models } from './models.ts'

export type Write = (given: Given, models: Models) => readonly string[]

const text = (given: Given, place: number, name: string): string => asText(argument(given, place, name)) ?? anything
const modelOf = (given: Given, models: Models, place = 0, name = 'model_name'): Model | undefined => models.find(text(given, place, name))
const tableOf = (given: Given, models: Models, place = 0, name = 'model_name'): string => quoted(models.table(text(given, place, name)))

/** Nothing is done to the table of one that somebody else keeps. */
const managed =
  (write: Write): Write =>
  (given, models) => {
    const sql = write(given, models)
    return modelOf(given, models)?.managed === false ? [] : sql
  }

const through = (table: string, name: string, field: Value, models: Models): string[] => {
  if (field instanceof Made && field.given.named.has('through')) return []
  const to = quoted(models.table(relatedTo(field)))
  return [
    `CREATE TABLE ${quoted(`${table}_${name}`)} (id bigint PRIMARY KEY, from_id integer NOT NULL REFERENCES ${quoted(table)}, to_id integer NOT NULL REFERENCES ${to})`,
  ]
}

const createModel: Write = (given, models) => {
  const name = text(given, 0, 'name')
  const options = argument(given, 2, 'options')
  const wanted = (key: string) => (options instanceof Dict ? options.get(key) : undefined)
  const fields = (itemsOf(argument(given, 1, 'fields') ?? null) ?? []).flatMap((pair): [string, Value][] =>
    pair instanceof List && typeof pair.items[0] === 'string' ? [[pair.items[0], pair.items[1] ?? null]] : [],
  )
  const table = asText(wanted('db_table')) ?? models.table(name)
  const model: Model = {
    table,
    fields: new Map(fields),
    unique: groups(wanted('unique_together')),
    managed: wanted('managed') !== false && wanted('proxy') !== true,
  }
  models.put(name, model)
  if (!model.managed) return []
  const columns = fields.filter(([, f]) => !isManyToMany(f)).map(([n, f]) => columnSql(n, f, models))
  const joins = fields.filter(([, f]) => isManyToMany(f)).flatMap(([n, f]) => through(table, n, f, models))
  return [`CREATE TABLE ${quoted(table)} (${columns.join(', ')})`, ...joins]
}

const groups = (value: Value | undefined): string[][] => {
  const items = itemsOf(value ?? null) ?? []
  return items.every((i) => typeof i === 'string') ? (items.length ? [namesIn(value)] : []) : items.map(namesIn)
}

const deleteModel: Write = (given, models) => {
  const name = text(given, 0, 'name')
  const model = models.find(name)
  const sql = `DROP TABLE ${quoted(models.table(name))}`
  models.drop(name)
  return model?.managed === false ? [] : [sql]
}

const addField: Write = (given, models) => {
  const name = text(given, 1, 'name')
  const field = argument(given, 2, 'field') ?? null
  const table = tableOf(given, models)
  modelOf(given, models)?.fields.set(name, field)
  if (isManyToMany(field)) return through(models.table(text(given, 0, 'model_name')), name, field, models)
  const index = isIndexed(field) ? [`CREATE INDEX ON ${table} (${quoted(columnOf(name, field))})`] : []
  return [`ALTER TABLE ${table} ADD COLUMN ${columnSql(name, field, models)}`, ...index]
}

const removeField: Write = (given, models) => {
  const name = text(given, 1, 'name')
  const model = modelOf(given, models)
  const field = model?.fields.get(name)
  model?.fields.delete(name)
  if (isManyToMany(field)) return [`DROP TABLE ${quoted(`${model!.table}_${name}`)}`]
  return [`ALTER TABLE ${tableOf(given, models)} DROP COLUMN ${quoted(columnOf(name, field))}`]
}

const alterField: Write = (given, models) => {
  const name = text(given, 1, 'name')
  const model = modelOf(given, models)
  const before = model?.fields.get(name)
  const field = argument(given, 2, 'field') ?? null
  model?.fields.set(name, field)
  if (isManyToMany(field)) return []
  const table = tableOf(given, models)
  const column = quoted(columnOf(name, field))
  const alter = (what: string) => `ALTER TABLE ${table} ALTER COLUMN ${column} ${what}`
  if (before === undefined) return [alter(`TYPE ${typeOf(field, models)}`), ...(isNull(field) ? [] : [alter('SET NOT NULL')])]
  const [from, to] = [typeOf(before, models), typeOf(field, models)]
  const old = quoted(columnOf(name, before))
  const fallback = fallbackOf(field)
  const key = (f: Value): boolean => isRelation(f) && isConstrained(f)
  return [
    ...(old === column ? [] : [`ALTER TABLE ${table} RENAME COLUMN ${old} TO ${column}`]),
    ...(key(before) && !(key(field) && relatedTo(before) === relatedTo(field))
      ? [`ALTER TABLE ${table} DROP CONSTRAINT ${quoted(`${name}_fk`)}`]
      : []),
    ...(from === to ? [] : [alter(`TYPE ${to} USING ${column}::${to}`)]),
    ...(isNull(before) && !isNull(field)
      ? [...(fallback === undefined ? [] : [`UPDATE ${table} SET ${column} = ${fallback} WHERE ${column} IS NULL`]), alter('SET NOT NULL')]
      : []),
    ...(!isNull(before) && isNull(field) ? [alter('DROP NOT NULL')] : []),
    ...(isUnique(field) && !isUnique(before) ? [`ALTER TABLE ${table} ADD UNIQUE (${column})`] : []),
    ...(!isUnique(field) && isUnique(before) ? [`ALTER TABLE ${table} DROP CONSTRAINT ${quoted(`${name}_uniq`)}`] : []),
    ...(isIndexed(field) && !isIndexed(before) ? [`CREATE INDEX ON ${table} (${column})`] : []),
    ...(!isIndexed(field) && isIndexed(before) && !isUnique(field) ? [`DROP INDEX ${quoted(`${name}_idx`)}`] : []),
    ...(key(field) && !(key(before) && relatedTo(before) === relatedTo(field))
      ? [`ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${quoted(models.table(relatedTo(field)))}`]
      : []),
  ]
}

const renameField: Write = (given, models) => {
  const [from, to] = [text(given, 1, 'old_name'), text(given, 2, 'new_name')]
  const model = modelOf(given, models)
  const field = model?.fields.get(from)
  model?.fields.delete(from)
  if (field !== undefined) model?.fields.set(to, field)
  const [old, wanted] = [columnOf(from, field), columnOf(to, field)]
  return old === wanted ? [] : [`ALTER TABLE ${tableOf(given, models)} RENAME COLUMN ${quoted(old)} TO ${quoted(wanted)}`]
}

const renameModel: Write = (given, models) => {
  const [from, to] = [text(given, 0, 'old_name'), text(given, 1, 'new_name')]
  const model = models.find(from)
  const old = models.table(from)
  const own = new Set([old]).has(`${models.app}_${from.toLowerCase()}`)
  models.drop(from)
  const table = own ? models.table(to) : old
  if (model) models.put(to, { ...model, table })
  return own && old !== table && model?.managed !== false ? [`ALTER TABLE ${quoted(old)} RENAME TO ${quoted(table)}`] : []
}

const alterTable: Write = (given, models) => {
  const name = text(given, 0, 'name')
  const [old, table] = [models.table(name), text(given, 1, 'table')]
  const model = models.find(name)
  if (model) model.table = table
  return old === table ? [] : [`ALTER TABLE ${quoted(old)} RENAME TO ${quoted(table)}`]
}

const uniqueTogether: Write = (given, models) => {
  const model = modelOf(given, models, 0, 'name')
  const table = tableOf(given, models, 0, 'name')
  const wanted = groups(argument(given, 1, 'unique_together'))
  const before = model?.unique ?? []
  const has = (all: readonly string[][], one: readonly string[]) => all.some((g) => g.join() === one.join())
  const columns = (names: readonly string[]) => names.map((n) => quoted(columnOf(n, model?.fields.get(n)))).join(', ')
  if (model) model.unique = wanted
  return [
    ...before.filter((g) => !has(wanted, g)).map((g) => `ALTER TABLE ${table} DROP CONSTRAINT ${quoted(`${g.join('_')}_uniq`)}`),
    ...wanted.filter((g) => !has(before, g)).map((g) => `ALTER TABLE ${table} ADD UNIQUE (${columns(g)})`),
  ]
}

const index =
  (how: string): Write =>
  (given, models) => {
    const made = argument(given, 1, 'index')
    const { named = new Map<string, Value>() } = made instanceof Made ? made.given : {}
    const fields = namesIn(named.get('fields')).map((f) => f.replace(/^-/, ''))
    const model = modelOf(given, models)
    const columns = fields.map((f) => quoted(columnOf(f, model?.fields.get(f)))).join(', ')
    return [
      `CREATE INDEX ${how}${quoted(asText(named.get('name')) ?? anything)} ON ${tableOf(given, models)} (${columns || `(${anything})`})`,
    ]
  }

const addConstraint =
  (later: string): Write =>
  (given, models) => {
    const made = argument(given, 1, 'constraint')
    if (!(made instanceof Made)) return [`ALTER TABLE ${tableOf(given, models)} ADD CHECK (${anything} IS NOT NULL)`]
    const { named } = made.given
    const name = quoted(asText(named.get('name')) ?? anything)
    const model = modelOf(given, models)
    const columns = namesIn(named.get('fields'))
      .map((f) => quoted(columnOf(f, model?.fields.get(f))))
      .join(', ')
    if (!made.name.endsWith('UniqueConstraint'))
      return [`ALTER TABLE ${tableOf(given, models)} ADD CONSTRAINT ${name} CHECK (${anything} IS NOT NULL)${later}`]
    return named.has('condition') || !columns
      ? [`CREATE UNIQUE INDEX ${name} ON ${tableOf(given, models)} (${columns || `(${anything})`})`]
      : [`ALTER TABLE ${tableOf(given, models)} ADD CONSTRAINT ${name} UNIQUE (${columns})`]
  }

const nothing: Write = () => []

/** Of django-pgtrigger: which writes it answers to stands in a text that is put together by the library. */
const trigger =
  (way: 'made' | 'gone'): Write =>
  (given, models) => {
    const compiled = argument(given, 1, 'trigger')
    const own = compiled instanceof Made ? asText(argument(compiled.given, 0, 'name')) : asText(argument(given, 1, 'name'))
    const name = quoted(own === undefined ? anything : `pgtrigger_${own}`)
    const on = `ON ${tableOf(given, models)}`
    return way === 'made'
      ? [`CREATE TRIGGER ${name} AFTER INSERT OR UPDATE OR DELETE ${on} FOR EACH ROW EXECUTE FUNCTION ${anything}()`]
      : [`DROP TRIGGER ${name} ${on}`]
  }

export const operations: Readonly<Record<string, Write>> = {
  CreateModel: createModel,
  DeleteModel: deleteModel,
  AddField: managed(addField),
  RemoveField: managed(removeField),
  AlterField: managed(alterField),
  RenameField: managed(renameField),
  RenameModel: renameModel,
  AlterModelTable: alterTable,
  AlterUniqueTogether: uniqueTogether,
  AlterIndexTogether: nothing,
  AlterModelOptions: nothing,
  AlterModelManagers: nothing,
  AlterModelTableComment: nothing,
  AlterOrderWithRespectTo: nothing,
  AddIndex: index(''),
  AddIndexConcurrently: index('CONCURRENTLY '),
  RemoveIndex: (given) => [`DROP INDEX ${quoted(text(given, 1, 'name'))}`],
  RemoveIndexConcurrently: (given) => [`DROP INDEX CONCURRENTLY ${quoted(text(given, 1, 'name'))}`],
  RenameIndex: (given) => [`ALTER INDEX ${quoted(text(given, 2, 'old_name'))} RENAME TO ${quoted(text(given, 1, 'new_name'))}`],
  AddTrigger: managed(trigger('made')),
  RemoveTrigger: managed(trigger('gone')),
  AddConstraint: addConstraint(''),
  AddConstraintNotValid: addConstraint(' NOT VALID'),
  ValidateConstraint: (given, models) => [`ALTER TABLE ${tableOf(given, models)} VALIDATE CONSTRAINT ${quoted(text(given, 1, 'name'))}`],
  RemoveConstraint: (given, models) => [`ALTER TABLE ${tableOf(given, models)} DROP CONSTRAINT ${quoted(text(given, 1, 'name'))}`],
}

/** `RunSQL('…')`, a list of texts, or of texts with what is put into them. */
export function sqlTexts(value: Value | undefined): string[] | undefined {
  if (typeof value === 'string') return [value]
  if (value instanceof Attribute || !(value instanceof List)) return undefined
  return value.items.map((i) => (i instanceof List ? textOf(i.items[0] ?? '') : textOf(i)))
}
