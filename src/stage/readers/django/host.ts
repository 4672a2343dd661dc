// The world that a Django migration stands in: operations as they are made, connections, models.
import type { Circumstance, Host } from '../../python/reading.ts'
import { Attribute, asText, type Given, hole, Made, Ref, type Value } from '../../python/values.ts'
import type { Operation, Unread } from '../../types.ts'
import { anything, withParameters } from '../holes.ts'
import type { Files } from '../python-files.ts'
import type { Models } from './models.ts'
import { rowsSql, savesSomething } from './rows.ts'

export class DjangoHost implements Host {
  readonly held: Operation[] = []
  readonly unreadPlaces: Unread[] = []
  /** Where each operation was made: what it stands for is known only when its turn comes. */
  readonly lines = new Map<Value, Circumstance>()
  models: Models
  readonly #files: Files
  constructor(files: Files, models: Models) {
    this.#files = files
    this.models = models
  }

  module(name: string, from: string) {
    return /^(django|rest_framework)\b/.test(name) ? undefined : this.#files.module(name, from)
  }

  file(path: string): string | undefined {
    return this.#files.file(path)
  }

  unread(why: string, { file, line }: Circumstance, grave = true): void {
    this.unreadPlaces.push({ file, line, why, grave })
  }

  hold(kind: string, sql: string, at: Circumstance, more: Partial<Operation> = {}): void {
    const { line, conditional, repeated } = at
    this.held.push({
      kind,
      sql,
      line,
      ...(sql.includes(anything) ? { holes: true } : {}),
      ...(conditional ? { conditional } : {}),
      ...(repeated ? { repeated } : {}),
      ...more,
    })
  }

  call(name: string, given: Given, at: Circumstance): Value | undefined {
    const made = new Made(name, given)
    this.lines.set(made, at)
    if (/(^|\.)call_command$/.test(name)) this.unread(`the command ${asText(given.args[0]) ?? ''} is not read`, at)
    return made
  }

  method(of: Value, name: string, given: Given, at: Circumstance): Value | undefined {
    if (name === 'execute' || name === 'executemany') this.#execute(of, given, at)
    const sql = rowsSql(of, name, given, this.models)
    if (sql !== undefined) this.hold('RunPython', sql, at, { live: true })
    else if (savesSomething(of, name))
      this.held.push({ kind: 'RunPython', line: at.line, effect: 'rows', live: true, ...(at.repeated ? { repeated: true } : {}) })
    return undefined
  }

  #execute(_: Value, given: Given, at: Circumstance): void {
    const sql = asText(given.args[0] ?? given.named.get('sql'))
    if (sql === undefined || sql.replaceAll(hole, '').trim() === '') this.unread('SQL that is only known when it runs', at)
    else this.hold('execute', withParameters(sql.replaceAll(hole, anything)), at, { live: true })
  }
}

export const isNoop = (value: Value | undefined): boolean =>
  (value instanceof Ref && value.name.endsWith('.noop')) || (value instanceof Attribute && value.name === 'noop') || value === ''
