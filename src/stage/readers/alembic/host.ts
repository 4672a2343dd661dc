// The world that an Alembic revision stands in: op, connections, and files beside it.

import { isMade } from '../../python/expressions.ts'
import type { Circumstance, Host } from '../../python/reading.ts'
import { Attribute, argument, asText, type Given, hole, itemsOf, Made, Ref, unknown, type Value } from '../../python/values.ts'
import type { Operation, Unread } from '../../types.ts'
import { anything, withParameters } from '../holes.ts'
import type { Files } from '../python-files.ts'
import { makeEnum, nameSql } from './columns.ts'
import { existingColumn, inBatch, type Known, operations } from './operations.ts'
import { coreSql, insertedSql, queriedRows, tableIn } from './rows.ts'
import { enumName, enumOf } from './types.ts'

/** Of calls that are not read: these change nothing in a database. */
const harmless =
  /^(builtins|sqlalchemy|logging|datetime|time|uuid|json|re|os|sys|typing|pathlib|collections|itertools|functools|decimal|random|string|hashlib|secrets|math|warnings|enum|csv|io|base64|copy|structlog|dataclasses|contextlib|textwrap|alembic\.context|alembic\.op|traceback|zoneinfo|pytz|dateutil|bcrypt|passlib|slugify|tqdm|rich|click|loguru|inspect|geoalchemy2|pgvector|sqlmodel|sqlalchemy_utils|types|abc|__future__|importlib|operator|ast|html|urllib|unicodedata)(\.|$)/

export interface Held {
  readonly operations: Operation[]
  readonly unread: Unread[]
  readonly before: string[]
}

export class AlembicHost implements Host {
  readonly held: Held = { operations: [], unread: [], before: [] }
  /** The first call of something that stands elsewhere, and that cannot be read. */
  strange: { readonly name: string; readonly at: Circumstance } | undefined
  committed: Circumstance | undefined
  readonly #files: Files
  readonly #known: Known
  constructor(files: Files, known: Known) {
    this.#files = files
    this.#known = known
  }

  module(name: string, from: string) {
    return harmless.test(name) || /^alembic\b/.test(name) ? undefined : this.#files.module(name, from)
  }

  file(path: string): string | undefined {
    return this.#files.file(path)
  }

  unread(why: string, { file, line }: Circumstance, grave = true): void {
    if (!this.held.unread.some((u) => u.file === file && u.line === line && u.why === why))
      this.held.unread.push({ file, line, why, grave })
  }

  #hold(kind: string, sql: readonly string[], at: Circumstance, more: Partial<Operation> = {}): void {
    const { line, conditional, repeated } = at
    const marks = { ...(conditional ? { conditional } : {}), ...(repeated ? { repeated } : {}), ...more }
    for (const text of sql)
      this.held.operations.push({ kind, sql: text, line, ...(text.includes(anything) ? { holes: true } : {}), ...marks })
  }

  call(name: string, given: Given, at: Circumstance): Value | undefined {
    const [, own] = /^alembic\.op\.(\w+)$/.exec(name) ?? []
    if (own) return this.#operation(own, given, at)
    if (/(^|\.)(text|DDL)$/.test(name) && name.startsWith('sqlalchemy')) return new Made(name, given)
    if (harmless.test(name)) return undefined
    this.strange ??= { name, at }
    // a connection that is given away may be used for anything
    if ([...given.args, ...given.named.values()].some(isConnection)) this.unread(`${name} is given the connection, and is not read`, at)
    return undefined
  }

  #operation(name: string, given: Given, at: Circumstance): Value | undefined {
    if (name === 'f') return given.args[0] ?? unknown
    if (name === 'execute') {
      this.#execute(argument(given, 0, 'sqltext'), at, 'execute')
      return new Made('result', given)
    }
    if (name === 'get_bind' || name === 'get_context') return new Made(`alembic.op.${name}`, given)
    const write = operations[name]
    if (write) {
      const existing = name === 'alter_column' ? existingColumn(given) : undefined
      if (existing) this.held.before.push(existing)
      if (!given.whole) this.unread(`what is spread into op.${name}`, at, false)
      const sql = write(given, this.#known)
      // without anything to change, alter_column changes nothing; any other was given what is not known
      if (sql.length === 0 && name !== 'alter_column') this.unread(`what op.${name} is given`, at)
      this.#hold(name, sql, at)
      return new Made(`alembic.op.${name}`, given)
    }
    if (name === 'batch_alter_table') return undefined
    if (name === 'run_async') this.unread('op.run_async is not read', at)
    else if (!['invoke', 'implementation_for', 'inline_literal'].includes(name)) this.unread(`op.${name} is not known`, at)
    return undefined
  }

  method(of: Value, name: string, given: Given, at: Circumstance): Value | undefined {
    if (isMade(of, 'batch_alter_table') && inBatch[name]) {
      const [table = unknown] = of.given.args.length ? of.given.args : [of.given.named.get('table_name') ?? unknown]
      return this.#operation(name, inBatch[name]!(given, table, of.given.named.get('schema')), at)
    }
    if (
      name === 'execute' ||
      name === 'exec_driver_sql' ||
      (name === 'scalar' && given.args.length > 0) ||
      (name === 'exec' && given.args.length > 0)
    )
      return this.#executed(given, at)
    if (name === 'executemany') return this.#executed(given, { ...at, repeated: true })
    const kind = enumOf(of)
    if (kind && (name === 'create' || name === 'drop')) return this.#enum(kind, name, at)
    return this.#session(of, name, given, at)
  }

  #enum(kind: NonNullable<ReturnType<typeof enumOf>>, name: string, at: Circumstance): Value {
    if (name === 'drop') {
      this.#known.types.delete(kind.name)
      this.#hold('drop_type', [`DROP TYPE IF EXISTS ${enumName(kind)}`], at)
    } else if (!this.#known.types.has(kind.name)) {
      this.#known.types.add(kind.name)
      this.#hold('create_type', [makeEnum(kind)], at)
    }
    return null
  }

  #session(of: Value, name: string, given: Given, at: Circumstance): Value | undefined {
    const sql = queriedRows(of, name, given)
    if (sql) this.#hold(name, [sql], at, { live: true })
    else if (name === 'add' || name === 'merge' || name === 'add_all' || name === 'bulk_save_objects') this.#added(given, at)
    else if (name === 'bulk_insert_mappings') this.#hold(name, [insertedSql(given.args[0], given.args[1])], at, { live: true })
    else if (name === 'delete' && given.args.length === 1 && isSession(of))
      this.held.operations.push({ kind: 'session.delete', line: at.line, effect: 'rows', live: true })
    else if (name === 'create_all' || name === 'drop_all') this.unread(`${name}() makes what the models say`, at)
    else if ((name === 'create' || name === 'drop') && tableIn(of) && of instanceof Made) this.unread(`a table's ${name}() is not read`, at)
    else if (name === 'commit' && isSession(of)) this.committed ??= at
    else if (name === 'run_sync') this.unread('run_sync is not read', at)
    return undefined
  }

  #added(given: Given, at: Circumstance): void {
    const [first = unknown] = given.args
    const objects = itemsOf(first) ?? [first]
    const tables = new Set(objects.map((o) => (o instanceof Made ? tableIn(o.of ?? new Ref(o.name)) : undefined)))
    for (const table of tables) if (table) this.#hold('session.add', [`INSERT INTO ${table} DEFAULT VALUES`], at, { live: true })
  }

  #executed(given: Given, at: Circumstance): Value {
    this.#execute(given.args[0] ?? given.named.get('statement'), at, 'execute', true)
    return new Made('result', given)
  }

  #execute(value: Value | undefined, at: Circumstance, kind: string, live = false): void {
    const sql = sqlIn(value)
    const marks = live ? { live } : {}
    if (sql === undefined || sql.replaceAll(hole, '').trim() === '') this.unread('SQL that is only known when it runs', at)
    else this.#hold(kind, [withParameters(sql.replaceAll(hole, anything))], at, marks)
  }
}

function sqlIn(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined) return undefined
  if (isMade(value, 'text', 'DDL')) return asText(value.given.args[0])
  if (isMade(value, 'bindparams', 'columns', 'execution_options') && value instanceof Made) return sqlIn(value.of)
  if (isMade(value, 'CreateTable', 'DropTable')) return undefined
  if (isMade(value, 'CreateSchema', 'DropSchema')) return schemaSql(value)
  return coreSql(value)
}

function schemaSql({ name, given }: Made): string | undefined {
  const schema = asText(argument(given, 0, 'name'))
  if (schema === undefined || schema.includes(hole)) return undefined
  const is = (option: string) => given.named.get(option) === true
  return name.endsWith('CreateSchema')
    ? `CREATE SCHEMA ${is('if_not_exists') ? 'IF NOT EXISTS ' : ''}${nameSql(schema)}`
    : `DROP SCHEMA ${is('if_exists') ? 'IF EXISTS ' : ''}${nameSql(schema)}${is('cascade') ? ' CASCADE' : ''}`
}

const isSession = (value: Value): boolean => value instanceof Made && /(^|\.)(Session|sessionmaker|Session_)$/.test(value.name)

export const isConnection = (value: Value): boolean =>
  isMade(value, 'get_bind', 'Session', 'get_context', 'connect') || (value instanceof Attribute && isConnection(value.of))
