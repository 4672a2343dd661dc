// The models as the migrations so far leave them: where their tables are, and what their fields were.
import type { Value } from '../../python/values.ts'
import { isKey, kindOf, typeOf } from './fields.ts'

export interface Model {
  table: string
  readonly fields: Map<string, Value>
  unique: string[][]
  /** False for a proxy, and for what somebody else keeps: nothing is done to its table. */
  readonly managed: boolean
}

export class Models {
  readonly #models = new Map<string, Model>()
  readonly app: string
  constructor(app: string, shared: Map<string, Model> = new Map()) {
    this.app = app
    this.#models = shared
  }

  /** The same models, seen from another app. */
  in(app: string): Models {
    return new Models(app, this.#models)
  }

  /** `Order`, or `shop.Order` for one of another app. */
  #key(name: string): string {
    return (name.includes('.') ? name : `${this.app}.${name}`).toLowerCase()
  }

  find(name: string | undefined): Model | undefined {
    return name === undefined ? undefined : this.#models.get(this.#key(name))
  }

  put(name: string, model: Model): void {
    this.#models.set(this.#key(name), model)
  }

  drop(name: string): void {
    this.#models.delete(this.#key(name))
  }

  table(name: string | undefined): string {
    if (name === undefined) return 'godwit_any_name'
    if (name === 'settings.AUTH_USER_MODEL' || name === 'conf.settings.AUTH_USER_MODEL') return 'auth_user'
    return this.find(name)?.table ?? this.#key(name).replace('.', '_')
  }

  keyType(name: string | undefined): string {
    const key = [...(this.find(name)?.fields ?? [])].find(([, field]) => isKey(field))?.[1]
    return key && kindOf(key) !== '' && !kindOf(key).startsWith('OneToOne') ? typeOf(key, this) : 'integer'
  }
}
