// What one side has put out: named values, rows, or both, all as text exactly as written; and what it says it was made from.
import { createHash } from 'node:crypto'
import { count, plainText, shortened } from '../text.ts'
import { keyTwice } from './keys.ts'

export type Texts = Readonly<Record<string, string | null>>

export interface Output {
  readonly values: Texts
  readonly rows: readonly Texts[]
  /** The digest of what went in, where the side tells it. */
  readonly input: string | undefined
  /** Who says to have made it, where the side tells it. */
  readonly maker: string | undefined
}

/** Names under which a side may tell of itself; what stands there is no value. */
export interface Told {
  readonly input?: string | undefined
  readonly maker?: string | undefined
}

/** What cannot be read as an output: the side has failed. */
export class Unreadable extends Error {}

/** JSON: an object of values (or `values` and `rows`), an array of rows, or rows one a line. */
export function outputOfText(text: string, told: Told): Output {
  if (text.trim() === '') throw new Unreadable('it said nothing')
  const whole = parsed(text)
  if (whole === undefined) return outputOfRows(linesOf(text), told)
  if (Array.isArray(whole)) return outputOfRows(whole.map(flat), told)
  if (typeof whole !== 'object' || whole === null) throw new Unreadable('it is no JSON object, array, or objects one a line')
  return outputOfObject(whole as Record<string, unknown>, told)
}

/** More are compared where they stand, by a check. */
const mostRows = 200_000

/** Rows of `name` and `value` are values, and so is a row that is alone. */
export function outputOfRows(rows: readonly Texts[], told: Told): Output {
  if (rows.length > mostRows) throw new Unreadable(`it has more than ${count(mostRows)} rows: so many are compared by a check (hold)`)
  const [input, maker] = [oneOf(rows, told.input), oneOf(rows, told.maker)]
  const bare = rows.map((row) => without(row, told))
  return { values: valuesIn(bare), rows: bare, input, maker }
}

function outputOfObject(whole: Record<string, unknown>, told: Told): Output {
  const texts = flat(whole)
  const tells = { input: textOr(texts, told.input), maker: textOr(texts, told.maker) }
  if (!isObject(whole['values']) && !Array.isArray(whole['rows'])) return { values: without(texts, told), rows: [], ...tells }
  const rows = Array.isArray(whole['rows']) ? whole['rows'].map(flat) : []
  return { values: isObject(whole['values']) ? flat(whole['values']) : {}, rows, ...tells }
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)

/** Numbers keep the digits that they are written with. */
function parsed(text: string): unknown {
  const asWritten = (_: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value
  let whole: unknown
  try {
    whole = JSON.parse(text, asWritten as (key: string, value: unknown) => unknown)
  } catch {
    return undefined
  }
  const twice = keyTwice(text)
  if (twice !== undefined) throw new Unreadable(`it has the key "${plainText(shortened(twice))}" twice in one object`)
  return whole
}

function linesOf(text: string): Texts[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      const one = parsed(line)
      if (!isObject(one)) throw new Unreadable(`it is no JSON: line ${i + 1} is no object`)
      return flat(one)
    })
}

function flat(row: unknown): Texts {
  if (!isObject(row)) throw new Unreadable('a row of it is no JSON object')
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)]))
}

const textOf = (value: unknown): string | null =>
  value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)

const textOr = (texts: Texts, name: string | undefined): string | undefined => (name === undefined ? undefined : (texts[name] ?? undefined))

/** What all rows agree on. */
function oneOf(rows: readonly Texts[], name: string | undefined): string | undefined {
  if (name === undefined || !rows.length) return undefined
  const [first, ...others] = new Set(rows.map((row) => row[name] ?? undefined))
  return others.length ? undefined : first
}

const without = (row: Texts, { input, maker }: Told): Texts =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== input && name !== maker))

function valuesIn(rows: readonly Texts[]): Texts {
  const pairs = rows.every((row) => Object.keys(row).length === 2 && 'name' in row && 'value' in row)
  if (!pairs) return rows.length === 1 ? rows[0]! : {}
  const names = rows.map((row) => row['name'] ?? '')
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Unreadable(`it has two values called ${twice}`)
  return Object.fromEntries(rows.map((row) => [row['name'] ?? '', row['value'] ?? null]))
}

/** Each text with its length before it, null told from nothing: two that differ never have one digest. */
export function digestOf(rows: readonly Texts[]): string {
  const hash = createHash('sha256')
  for (const row of rows) {
    for (const name of Object.keys(row).toSorted()) {
      const value = row[name]
      hash.update(
        `${Buffer.byteLength(name)}:${name}${value === null || value === undefined ? '-' : `${Buffer.byteLength(value)}:${value}`},`,
      )
    }
    hash.update(';')
  }
  return hash.digest('hex')
}

/** The order in which a side tells its rows is not what it says. */
export const digestOfOutput = ({ values, rows }: Output): string =>
  digestOf([values, ...rows.map((row) => ({ row: digestOf([row]) })).toSorted((a, b) => (a.row < b.row ? -1 : 1))])

export const isEmpty = ({ values, rows }: Output): boolean => !rows.length && Object.values(values).every((value) => value === null)
