// Questions that speak against a change, in words that every engine has.
import { plural } from '../../../text.ts'
import type { Ask } from './engine.ts'

export const holds = async (ask: Ask, question: string): Promise<boolean> => (await ask(question)).length > 0

/** `[question, says]`: where the question gives no row. */
export async function missing(ask: Ask, all: readonly (readonly [question: string, says: string])[]): Promise<string[]> {
  const reasons: string[] = []
  for (const [question, says] of all) if (!(await holds(ask, question))) reasons.push(says)
  return reasons
}

export async function present(ask: Ask, all: readonly (readonly [question: string, says: string])[]): Promise<string[]> {
  const reasons: string[] = []
  for (const [question, says] of all) if (await holds(ask, question)) reasons.push(says)
  return reasons
}

/** `of`: a query with one number, `n`. */
export async function counted(ask: Ask, of: string, one: string, more: string): Promise<string[]> {
  const [row] = await ask(of)
  const n = Number(row?.['n'] ?? 0)
  return n ? [`${plural(n, 'row')} ${n === 1 ? one : more}`] : []
}

/** The first that finds anything, so that no question is asked of what is not there. */
export async function first(...all: readonly (() => Promise<readonly string[]>)[]): Promise<readonly string[]> {
  for (const one of all) {
    const reasons = await one()
    if (reasons.length) return reasons
  }
  return []
}

interface Said {
  readonly table: string
  readonly quote: (name: string) => string
}

export const withoutValue = ({ table, quote }: Said, column: string): string =>
  `select count(*) as n from ${table} where ${quote(column)} is null`

export const lacking = (ask: Ask, said: Said, column: string): Promise<string[]> =>
  counted(ask, withoutValue(said, column), `has no value of ${column}`, `have no value of ${column}`)

export const notHolding = (ask: Ask, { table }: Said, condition: string, name = 'it'): Promise<string[]> =>
  counted(ask, `select count(*) as n from ${table} where not (${condition})`, `does not hold to ${name}`, `do not hold to ${name}`)

export const standingTwice = (ask: Ask, said: Said, columns: readonly string[]): Promise<string[]> =>
  counted(
    ask,
    twice(said, columns),
    `for each value of ${columns.join(', ')} is one too many`,
    `with the same ${columns.join(', ')} as others`,
  )

const twice = ({ table, quote }: Said, columns: readonly string[]): string => {
  const names = columns.map(quote)
  return `select count(*) as n from (select 1 from ${table} where ${names.map((c) => `${c} is not null`).join(' and ')} group by ${names.join(', ')} having count(*) > 1) d`
}

export const orphans = ({ table, quote }: Said, columns: readonly string[], to: string, toColumns: readonly string[]): string =>
  `select count(*) as n from ${table} f where ${columns.map((c) => `f.${quote(c)} is not null`).join(' and ')} and not exists (select 1 from ${to} t where ${columns.map((c, i) => `t.${quote(toColumns[i]!)} = f.${quote(c)}`).join(' and ')})`

/** A column that is not there, or values that stand twice. */
export const againstUnique = (
  ask: Ask,
  said: Said,
  columns: readonly string[],
  there: readonly (readonly [question: string, says: string])[],
): Promise<readonly string[]> =>
  first(
    () => missing(ask, there),
    () => standingTwice(ask, said, columns),
  )
