// Rows that are changed by code: `apps.get_model('a', 'B').objects.filter(…).update(…)`, and objects that are saved.
import { Attribute, asText, type Given, isHoled, Made, Unknown, type Value } from '../../python/values.ts'
import { anything } from '../holes.ts'
import { quoted } from '../quoting.ts'
import type { Models } from './models.ts'

/** The table that a chain of calls begins with. */
export function tableIn(value: Value | undefined, models: Models): string | undefined {
  for (let next = value; next instanceof Made || next instanceof Attribute; next = next.of)
    if (next instanceof Made && next.name === 'get_model') {
      const [app, name] = next.given.args.map(asText)
      return models.table(name ? `${app}.${name}` : app)
    }
  return undefined
}

const filters = ['filter', 'exclude', 'get']

function isFiltered(value: Value): boolean {
  for (let next: Value | undefined = value; next instanceof Made || next instanceof Attribute; next = next.of)
    if (next instanceof Made && filters.includes(next.name)) return true
  return false
}

const adds = ['create', 'bulk_create', 'get_or_create', 'acreate', 'abulk_create']
const changes = ['update', 'bulk_update', 'update_or_create', 'aupdate']

/** What is written out stays so; what is worked out is not known. */
const constant = (value: Value | undefined): string =>
  value === null || (typeof value === 'string' && !isHoled(value)) || typeof value === 'number' || typeof value === 'boolean'
    ? `'x'`
    : anything

/** Undefined for a call that changes no row. */
export function rowsSql(of: Value, name: string, given: Given, models: Models): string | undefined {
  const table = tableIn(of, models)
  if (table !== undefined) {
    if (adds.includes(name)) return `INSERT INTO ${quoted(table)} DEFAULT VALUES`
    const where = isFiltered(of) ? ` WHERE ${anything} > ${anything} + 0` : ''
    if (changes.includes(name))
      return `UPDATE ${quoted(table)} SET ${[...given.named.keys()].map((c) => `${quoted(c)} = ${constant(given.named.get(c))}`).join(', ') || `${anything} = ${anything}`}${where}`
    if (name === 'delete') return `DELETE FROM ${quoted(table)}${where}`
    if (name === 'save')
      return of instanceof Made && of.name !== 'get_model' && isFiltered(of)
        ? `UPDATE ${quoted(table)} SET ${anything} = ${anything}${where}`
        : `INSERT INTO ${quoted(table)} DEFAULT VALUES`
  }
  return undefined
}

/** An object that nobody knows, and that is saved. */
export const savesSomething = (of: Value, name: string): boolean =>
  (of instanceof Unknown || of instanceof Made || of instanceof Attribute) &&
  ['save', 'delete', 'bulk_create', 'bulk_update', 'update_or_create', 'get_or_create'].includes(name)
