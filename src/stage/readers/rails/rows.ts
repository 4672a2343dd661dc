// Models in a migration: rows that are changed by code, as SQL where it can be told.
import { argumentsOf, kindOf, type Ruby } from '../../ruby/parse.ts'
import { type Evaluator, type RubyValue, unknown } from '../../ruby/values.ts'
import { anything } from '../holes.ts'
import { quoted } from '../quoting.ts'
import { valueSql } from './columns.ts'

/** Order.where(…).update_all(…): what it begins with, and what is asked of it one after the other. */
export interface Chain {
  readonly root: Ruby
  readonly calls: readonly Ruby[]
}

export function chainOf(call: Ruby): Chain {
  const calls: Ruby[] = []
  let node: Ruby = call
  for (; kindOf(node) === 'Call' && node['receiver']; node = node['receiver']) calls.unshift(node)
  return { root: node, calls }
}

const changing =
  /^(update|update_all|update_columns?|update_attributes?|update_counters|delete|delete_all|delete_by|destroy|destroy_all|destroy_by|create|save|insert|insert_all|upsert|upsert_all|find_or_create_by|first_or_create|find_or_initialize_by|touch|touch_all|increment|decrement|toggle|import|import_all|reset_counters|<<|execute)!?$/
const walking = ['find_each', 'in_batches', 'find_in_batches', 'each', 'each_with_index', 'map', 'each_batch', 'in_groups_of', 'each_slice']

export const changes = (call: Ruby): boolean => changing.test(call['name'])
export const walks = (call: Ruby): boolean => walking.includes(call['name'])

/** Calls anywhere within. */
export function* callsIn(node: Ruby | null | undefined): Generator<Ruby> {
  if (!node) return
  if (kindOf(node) === 'Call') yield node
  for (const child of (node['compactChildNodes']?.() ?? []) as Ruby[]) yield* callsIn(child)
}

const filtering = ['where', 'not', 'rewhere', 'find_by', 'with', 'joins', 'limit', 'merge', 'or']

function conditionOf({ calls }: Chain, evaluator: Evaluator): string {
  const filters = calls.filter((c) => filtering.includes(c['name']) && argumentsOf(c).length > 0)
  const conditions = filters.map((c) => conditionSql(evaluator.of(argumentsOf(c)[0]), c['name'] === 'not'))
  return conditions.length ? ` WHERE ${conditions.join(' AND ')}` : ''
}

function conditionSql(value: RubyValue, not: boolean): string {
  if (typeof value === 'string') return `(${value.replaceAll('?', anything)})`
  if (Array.isArray(value) && typeof value[0] === 'string') return `(${value[0].replaceAll('?', anything)})`
  if (!(value instanceof Map) || value.has('**')) return `${anything} = ${anything}`
  const parts = [...value].map(([name, v]) => {
    if (v === null) return `${quoted(name)} IS ${not ? 'NOT ' : ''}NULL`
    if (Array.isArray(v)) return `${quoted(name)} ${not ? 'NOT ' : ''}IN (${v.map((x) => valueSql(x) ?? 'NULL').join(', ') || 'NULL'})`
    return `${quoted(name)} ${not ? '<>' : '='} ${valueSql(v) ?? 'NULL'}`
  })
  return parts.join(' AND ')
}

function settingSql(value: RubyValue): string {
  if (typeof value === 'string') return value.replaceAll('?', anything)
  if (Array.isArray(value) && typeof value[0] === 'string') return value[0].replaceAll('?', anything)
  if (!(value instanceof Map) || value.has('**') || value.size === 0) return `${anything} = ${anything}`
  return [...value].map(([name, v]) => `${quoted(name)} = ${valueSql(v) ?? 'NULL'}`).join(', ')
}

/** One row, by its values. */
function insertSql(table: string, value: RubyValue): string {
  if (!(value instanceof Map) || value.has('**') || value.size === 0) return `INSERT INTO ${table} (${anything}) VALUES (${anything})`
  return `INSERT INTO ${table} (${[...value.keys()].map(quoted).join(', ')}) VALUES (${[...value.values()].map((v) => valueSql(v) ?? 'NULL').join(', ')})`
}

/** What a chain does to its table; undefined where it only asks. */
export function rowsSql(table: string, chain: Chain, evaluator: Evaluator): string | undefined {
  const last = chain.calls.findLast(changes)
  const name: string = last?.['name'] ?? ''
  const where = conditionOf(chain, evaluator)
  if (/^(delete|destroy)/.test(name))
    return `DELETE FROM ${table}${where || (/_(all)$/.test(name) ? '' : ` WHERE ${anything} = ${anything}`)}`
  if (name === '') return undefined
  const [given] = argumentsOf(last!)
  const value = given ? evaluator.of(given) : unknown
  if (/^(create|insert|upsert|find_or_create_by|first_or_create|import|save)/.test(name))
    return insertSql(table, Array.isArray(value) ? (value[0] ?? unknown) : value)
  return `UPDATE ${table} SET ${settingSql(value)}${where}`
}

/** Rows that are gone through one by one: columns that are set, from what the row holds. */
export function walkedSql(table: string, chain: Chain, evaluator: Evaluator): string | undefined {
  const block = chain.calls.findLast((c) => walks(c))?.['block']
  const within = [...callsIn(block?.body)].filter(changes)
  if (within.length === 0) return undefined
  if (within.every((c) => /^(delete|destroy)/.test(c['name']))) return `DELETE FROM ${table}${conditionOf(chain, evaluator)}`
  const set = within.flatMap((c) => {
    const given = argumentsOf(c).map((a) => evaluator.of(a))
    return given.flatMap((g) => (g instanceof Map ? [...g.keys()].filter((k) => k !== '**') : []))
  })
  const columns = [...new Set(set)]
  return `UPDATE ${table} SET ${(columns.length ? columns : [anything]).map((c) => `${c === anything ? c : quoted(c)} = ${anything}`).join(', ')}${conditionOf(chain, evaluator)}`
}
