// Imports: a name of the project is read when it is first used; any other stays a name.
import { moduleScope, type Reading } from './reading.ts'
import { run } from './statements.ts'
import { Import, Read, Ref, type Scope, type Value } from './values.ts'

export function bindImports(statement: string, scope: Scope): void {
  const text = statement.replace(/#[^\n]*/g, '').replace(/[()\\\n]/g, ' ')
  const [, module, names] = /^\s*from\s+(\S+)\s+import\s+(.*)$/.exec(text) ?? []
  const { file } = scope.module
  if (module) {
    for (const [name, as] of named(names ?? '')) scope.names.set(as ?? name, new Import(module, name, file))
    return
  }
  for (const [name, as] of named(text.replace(/^\s*import\s+/, '')))
    scope.names.set(as ?? name.split('.')[0]!, new Import(as ? name : name.split('.')[0]!, undefined, file))
}

const named = (text: string): [string, string | undefined][] =>
  text
    .split(',')
    .map((part) => part.trim().split(/\s+as\s+/))
    .filter(([name]) => name)
    .map(([name, as]) => [name!, as])

export function imported(value: Value, reading: Reading): Value {
  if (!(value instanceof Import)) return value
  const { module, name, from } = value
  const scope = read(module, from, reading)
  if (name === undefined) return scope ? new Read(scope) : new Ref(module)
  const inside = scope?.names.get(name)
  if (inside !== undefined) return imported(inside, reading)
  const below = read(`${module}${module.endsWith('.') ? '' : '.'}${name}`, from, reading)
  return below ? new Read(below) : new Ref(`${module}.${name}`)
}

function read(name: string, from: string, reading: Reading): Scope | undefined {
  const found = reading.host.module(name, from)
  if (!found) return undefined
  const known = reading.modules.get(found.file)
  if (known) return known
  const { scope, tree } = moduleScope(found.file, found.text)
  reading.modules.set(found.file, scope)
  reading.deeper(() => run(tree, scope, reading, { returned: [] }))
  return scope
}
