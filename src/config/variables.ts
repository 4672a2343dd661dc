// ${NAME} and ${NAME:-default}: where they are looked for and how they are put in.

import { join } from 'node:path'
import { readDotenv } from './dotenv.ts'

/** Somewhere that may have variables; `values` is undefined where there is no such file. */
export interface Place {
  readonly name: string
  readonly values: ReadonlyMap<string, string> | undefined
}

export const processPlace = 'process environment'

/** The process environment, .env.ENVIRONMENT, .env: the first that has a name wins. */
export function placesFor(root: string, environment: string | undefined, processEnv: NodeJS.ProcessEnv): readonly Place[] {
  const own = Object.entries(processEnv).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const files = environment === undefined ? ['.env'] : [`.env.${environment}`, '.env']
  return [{ name: processPlace, values: new Map(own) }, ...files.map((name) => ({ name, values: readDotenv(join(root, name), name) }))]
}

export interface Found {
  readonly variable: string
  readonly place: string
}

export interface Expanded {
  readonly text: string
  /** The variables that gave a value, and where they had it from. */
  readonly found: readonly Found[]
  readonly missing: readonly { readonly variable: string; readonly looked: string }[]
}

// one reading from left to right: what is put in is never read again
const reference = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}|\$\{/g

export function expand(template: string, places: readonly Place[]): Expanded {
  const found: Found[] = []
  const missing = new Map<string, string>()
  const text = template.replace(reference, (whole, variable: string | undefined, otherwise: string | undefined) => {
    if (variable === undefined) return whole === '$${' ? '${' : whole
    const place = places.find((p) => p.values?.has(variable))
    const value = place?.values?.get(variable)
    if (value) {
      found.push({ variable, place: place!.name })
      return value
    }
    if (otherwise === undefined) missing.set(variable, lookedIn(variable, places))
    return otherwise ?? ''
  })
  return { text, found, missing: [...missing].map(([variable, looked]) => ({ variable, looked })) }
}

/** What is wrong with the way variables are written, if anything. */
export function templateProblem(template: string): string | undefined {
  for (const [whole, variable, otherwise] of template.matchAll(reference)) {
    if (whole === '${') return `has a \${ that is neither \${NAME} nor \${NAME:-default}. A plain \${ is written $\${`
    if (variable && otherwise?.includes('${')) return `has a variable inside the default of \${${variable}}, which is not looked up`
  }
  return undefined
}

/** Whether the text refers to any variable. */
export const hasReference = (text: string): boolean => text.includes('${')

function lookedIn(variable: string, places: readonly Place[]): string {
  let winner: string | undefined
  const states = places.map(({ name, values }) => {
    const value = values?.get(variable)
    if (value === undefined) return name === processPlace ? name : `${name} (${values ? 'no such key' : 'not there'})`
    if (winner !== undefined) return `${name} (has it, but ${winner} comes first)`
    winner = name
    return `${name} (set, but empty)`
  })
  return states.join(', ')
}
