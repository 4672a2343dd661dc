// Django: migrations of one app or of several, as classes with a list of operations.
import path from 'node:path'
import { call } from '../../python/calls.ts'
import { moduleScope, Reading } from '../../python/reading.ts'
import { run } from '../../python/statements.ts'
import { argument, asText, Class, Func, given, hole, itemsOf, List, Made, type Scope, unknown, type Value } from '../../python/values.ts'
import type { Folder, Migration, Operation, Reader, Unread, Way } from '../../types.ts'
import { inOrder } from '../chain.ts'
import { anything } from '../holes.ts'
import { filesOf } from '../python-files.ts'
import { statementsIn } from '../sql-file.ts'
import { DjangoHost, isNoop } from './host.ts'
import { Models } from './models.ts'
import { operations, sqlTexts } from './operations.ts'

const isMigration = (text: string): boolean => /^class\s+Migration\b/m.test(text) && /^\s+operations\s*=/m.test(text)

interface Found {
  readonly id: string
  readonly app: string
  readonly file: string
  readonly scope: Scope
  readonly host: DjangoHost
  readonly reading: Reading
  readonly parents: readonly string[]
  readonly needs: readonly string[]
  readonly replaces: readonly string[]
}

export const django: Reader = {
  format: 'django',
  knows: (folder) => pythonIn(folder).some((file) => isMigration(folder.text(file) ?? '')),
  read(folder) {
    const files = pythonIn(folder).filter((file) => isMigration(folder.text(file) ?? ''))
    const apps = new Set(files.map((f) => appOf(f)))
    const models = new Models('')
    const named = (app: string, name: string) => (apps.size > 1 ? `${app}.${name}` : name)
    const all = files.flatMap((file) => found(file, folder, models, named, apps))
    const ids = new Set(all.map((f) => f.id))
    // one that stands for others is for those who begin: it does what they do
    const kept = all.filter((f) => !(f.replaces.length && f.replaces.every((r) => ids.has(r))))
    const { ordered, faults } = inOrder(kept)
    return {
      format: 'django',
      migrations: ordered.map((f) => read(f)),
      faults: apps.size > 1 ? faults.filter((f) => !f.includes(' heads: ')) : faults,
    }
  },
}

const pythonIn = (folder: Folder): string[] => folder.files.filter((f) => f.endsWith('.py') && path.posix.basename(f) !== '__init__.py')

const appOf = (file: string): string => path.posix.basename(path.posix.dirname(path.posix.dirname(file)))

function found(
  file: string,
  folder: Folder,
  models: Models,
  named: (app: string, name: string) => string,
  apps: ReadonlySet<string>,
): Found[] {
  const app = appOf(file)
  const host = new DjangoHost(filesOf(folder), models.in(app))
  const { scope, tree } = moduleScope(file, folder.text(file) ?? '')
  const reading = new Reading(host)
  reading.modules.set(file, scope)
  reading.within(() => void run(tree, scope, reading, { returned: [] }))
  const migration = scope.names.get('Migration')
  if (!(migration instanceof Class)) return []
  const pairs = (name: string) =>
    (itemsOf(migration.scope.names.get(name) ?? null) ?? []).flatMap((d) =>
      d instanceof List ? [d.items.map((i) => asText(i) ?? '')] : [],
    )
  const on = pairs('dependencies').filter(([a, n]) => a && n && apps.has(a) && !n.startsWith('__'))
  return [
    {
      id: named(app, path.posix.basename(file, '.py')),
      app,
      file,
      scope: migration.scope,
      host,
      reading,
      parents: on.filter(([a]) => a === app).map(([a, n]) => named(a!, n!)),
      needs: on.filter(([a]) => a !== app).map(([a, n]) => named(a!, n!)),
      replaces: pairs('replaces').map(([a, n]) => named(a!, n!)),
    },
  ]
}

interface Told {
  readonly up: Operation[]
  readonly down: Operation[]
  /** One of them cannot be taken back, one is taken back by nothing. */
  irreversible: boolean
  empty: boolean
  readonly notes: string[]
}

function read({ id, file, scope, host, reading, parents, needs }: Found): Migration {
  const told: Told = { up: [], down: [], irreversible: false, empty: false, notes: [] }
  const list = scope.names.get('operations')
  host.held.length = 0
  for (const operation of itemsOf(list ?? unknown) ?? []) tell(operation, told, host, reading)
  const unread: Unread[] = [
    ...host.unreadPlaces,
    ...(list !== undefined && itemsOf(list)
      ? []
      : [{ file, line: 1, why: 'its list of operations is only known when it runs', grave: true }]),
  ]
  return {
    id,
    file,
    title: titleOf(file),
    parents,
    needs,
    up: told.up,
    down: told.down,
    back: wayBack(told),
    unread,
    notes: [...new Set(told.notes)],
    dialect: 'postgres',
  }
}

const titleOf = (file: string): string => path.posix.basename(file, '.py').replace(/^\d+_/, '').replaceAll('_', ' ')

function wayBack({ irreversible, empty, up }: Told): Way {
  if (irreversible) return 'none'
  return empty && up.every((o) => o.kind === 'RunPython' || o.kind === 'RunSQL') ? 'empty' : 'real'
}

function tell(operation: Value, told: Told, host: DjangoHost, reading: Reading): void {
  const at = host.lines.get(operation) ?? { file: '', line: 1, conditional: false, repeated: false }
  if (!(operation instanceof Made)) {
    host.unread('an operation that is only known when it runs', at)
    return
  }
  const kind = operation.name.split('.').at(-1)!
  const special = specials[kind]
  const write = operations[kind]
  if (special) special(operation, told, host, reading)
  else if (write) {
    for (const sql of write(operation.given, host.models))
      told.up.push({ kind, sql, line: at.line, ...(sql.includes(anything) ? { holes: true } : {}) })
    if (/ADD COLUMN .* DEFAULT .*NOT NULL/.test(told.up.at(-1)?.sql ?? '') && kind === 'AddField')
      told.notes.push('Django takes the default away again: an application that does not know the column cannot insert')
  } else if (kind.endsWith('Extension')) told.up.push({ kind, sql: 'CREATE EXTENSION IF NOT EXISTS "x"', line: at.line })
  else host.unread(`${kind} is not known`, at)
}

type Special = (operation: Made, told: Told, host: DjangoHost, reading: Reading) => void

const runSql: Special = (operation, told, host) => {
  const { given: g } = operation
  const texts = sqlTexts(argument(g, 0, 'sql'))
  const at = host.lines.get(operation) ?? { file: '', line: 1, conditional: false, repeated: false }
  const { line } = at
  if (texts && !isNoop(argument(g, 0, 'sql')))
    told.up.push(
      ...texts.flatMap((t) => statementsIn(t.replaceAll(hole, anything), 'postgres', line)).map((o) => ({ ...o, kind: 'RunSQL', line })),
    )
  else if (!texts) host.unread('SQL that is only known when it runs', at)
  const reverse = argument(g, 1, 'reverse_sql')
  if (reverse === undefined || reverse === null) told.irreversible = true
  else if (isNoop(reverse)) told.empty = true
  else told.down.push(...(sqlTexts(reverse) ?? []).flatMap((t) => statementsIn(t)))
}

function followed(code: Value | undefined, host: DjangoHost, reading: Reading, line: number): Operation[] {
  if (isNoop(code)) return []
  if (!(code instanceof Func)) return [{ kind: 'RunPython', line, effect: 'rows', live: true }]
  host.held.length = 0
  const whole = reading.within(
    () => void call(code, given([new Made('apps', given([])), new Made('schema_editor', given([]))]), code.body, code.scope, reading),
  )
  const held = host.held.splice(0)
  return held.length && whole ? held : [{ kind: 'RunPython', line, effect: 'rows', live: true }]
}

const runPython: Special = (operation, told, host, reading) => {
  const { given: g } = operation
  const line = host.lines.get(operation)?.line ?? 1
  told.up.push(...followed(argument(g, 0, 'code'), host, reading, line))
  const reverse = argument(g, 1, 'reverse_code')
  if (reverse === undefined || reverse === null) told.irreversible = true
  else if (isNoop(reverse)) told.empty = true
  else {
    const unread = host.unreadPlaces.length
    told.down.push(...followed(reverse, host, reading, line))
    host.unreadPlaces.length = unread
  }
}

/** What only the state learns changes no database; and the state learns it without a statement. */
const separate: Special = ({ given: g }, told, host, reading) => {
  const each = (name: string, place: number) => itemsOf(argument(g, place, name) ?? null) ?? []
  const models: Told = { ...told, up: [], down: [], notes: [] }
  for (const operation of each('database_operations', 0)) tell(operation, told, host, reading)
  for (const operation of each('state_operations', 1)) tell(operation, models, host, reading)
}

const specials: Readonly<Record<string, Special>> = { RunSQL: runSql, RunPython: runPython, SeparateDatabaseAndState: separate }
