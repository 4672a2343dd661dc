// What a piece of Python is known to be without running it.
import type { Branch } from './tree.ts'

/** Stands in a text for the part that is not known: a private character, so that no text of anybody's holds it. */
export const hole = '\ue000'

/** Nothing is known of it. */
export class Unknown {
  declare readonly unknown: true
}
export const unknown = new Unknown()

/** Lists, tuples and sets alike. `whole`: nothing was put in that is not here. */
export class List {
  items: Value[]
  whole: boolean
  constructor(items: Value[], whole = true) {
    this.items = items
    this.whole = whole
  }
}

export class Dict {
  readonly entries = new Map<string, readonly [Value, Value]>()
  whole = true
  get(key: Value): Value | undefined {
    return this.entries.get(keyText(key))?.[1]
  }
  set(key: Value, value: Value): void {
    if (isHoled(key)) this.whole = false
    else this.entries.set(keyText(key), [key, value])
  }
}

/** The dotted name of something that is imported and not read: sqlalchemy.Column. */
export class Ref {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** A member of what is no more than named or made: the `where` of `t.update().where`. */
export class Attribute {
  readonly of: Value
  readonly name: string
  constructor(of: Value, name: string) {
    this.of = of
    this.name = name
  }
}

export interface Given {
  readonly args: readonly Value[]
  readonly named: ReadonlyMap<string, Value>
  /** False where something was spread into it that is not known. */
  readonly whole: boolean
}

/** What a call came to, as the call that was written. */
export class Made {
  readonly name: string
  readonly given: Given
  readonly of: Value | undefined
  constructor(name: string, given: Given, of?: Value) {
    this.name = name
    this.given = given
    this.of = of
  }
}

export class Scope {
  readonly names = new Map<string, Value>()
  readonly parent: Scope | undefined
  readonly module: Module
  constructor(module: Module, parent?: Scope) {
    this.module = module
    this.parent = parent
  }
  find(name: string): Value | undefined {
    return this.names.has(name) ? this.names.get(name) : this.parent?.find(name)
  }
}

export interface Module {
  readonly file: string
  readonly text: string
  readonly lineOf: (offset: number) => number
}

export interface Parameter {
  readonly name: string
  readonly fallback: Value | undefined
  readonly kind: 'plain' | 'rest' | 'named'
}

export class Func {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: Branch
  readonly scope: Scope
  constructor(name: string, parameters: readonly Parameter[], body: Branch, scope: Scope) {
    this.name = name
    this.parameters = parameters
    this.body = body
    this.scope = scope
  }
}

export class Class {
  readonly name: string
  readonly bases: readonly Value[]
  readonly scope: Scope
  constructor(name: string, bases: readonly Value[], scope: Scope) {
    this.name = name
    this.bases = bases
    this.scope = scope
  }
}

/** A module of the project that was read. */
export class Read {
  readonly scope: Scope
  constructor(scope: Scope) {
    this.scope = scope
  }
}

/** What stands for an import until it is used. */
export class Import {
  readonly module: string
  readonly name: string | undefined
  readonly from: string
  constructor(module: string, name: string | undefined, from: string) {
    this.module = module
    this.name = name
    this.from = from
  }
}

export type Value = string | number | boolean | null | List | Dict | Ref | Attribute | Made | Func | Class | Read | Import | Unknown

/** None is a value, and nothing is none. */
export const orUnknown = (value: Value | undefined): Value => (value === undefined ? unknown : value)

const isPlain = (value: Value): value is string | number | boolean | null => value === null || typeof value !== 'object'

/** Whether any part of it is not known. */
export function isHoled(value: Value): boolean {
  if (typeof value === 'string') return value.includes(hole)
  if (isPlain(value)) return false
  return value instanceof List ? !value.whole || value.items.some(isHoled) : true
}

export const keyText = (value: Value): string =>
  value instanceof List ? `(${value.items.map(keyText).join()})` : isPlain(value) ? JSON.stringify(value) : `?${hole}`

/** As str() writes it. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  if (value instanceof List && !isHoled(value))
    return `[${value.items.map((v) => (typeof v === 'string' ? `'${v}'` : textOf(v))).join(', ')}]`
  return hole
}

/** Undefined where it depends on what is not known. */
export function truth(value: Value): boolean | undefined {
  if (typeof value === 'string') return value.replaceAll(hole, '') !== '' ? true : value === '' ? false : undefined
  if (isPlain(value)) return Boolean(value)
  if (value instanceof List) return value.items.length > 0 ? true : value.whole ? false : undefined
  if (value instanceof Dict) return value.entries.size > 0 ? true : value.whole ? false : undefined
  return value instanceof Func || value instanceof Class ? true : undefined
}

/** Undefined where it is not known what comes of going through it. */
export function itemsOf(value: Value): readonly Value[] | undefined {
  if (value instanceof List) return value.whole ? value.items : undefined
  if (value instanceof Dict) return value.whole ? [...value.entries.values()].map(([key]) => key) : undefined
  return typeof value === 'string' && !isHoled(value) ? [...value] : undefined
}

export const asText = (value: Value | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

export const given = (args: readonly Value[], named: Iterable<readonly [string, Value]> = []): Given => ({
  args,
  named: new Map(named),
  whole: true,
})

/** By its place or by its name. */
export const argument = ({ args, named }: Given, place: number, name: string): Value | undefined =>
  named.has(name) ? named.get(name) : args[place]
