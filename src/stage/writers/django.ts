// Django's migrations cut between their operations, and put into one line by their dependencies.
import path from 'node:path'
import { places } from '../../lint/place.ts'
import { type Branch, childOf, childrenOf, parsePython, partsOf } from '../python/tree.ts'
import type { Folder, Migration, Operation } from '../types.ts'
import type { Group, Piece, Slice, StagedMigration, Uncut, Writer } from './writer.ts'

export const djangoWriter: Writer = { format: 'django', cut, write }

/** The list that the class Migration has under a name. */
function listIn(text: string, name: string): Branch | undefined {
  const migration = childrenOf(parsePython(text)).find(
    (n) => n.name === 'ClassDefinition' && text.slice(childOf(n, 'VariableName')!.from).startsWith('Migration'),
  )
  const body = migration && childOf(migration, 'Body')
  const assigned =
    body && childrenOf(body).findLast((n) => n.name === 'AssignStatement' && text.slice(n.firstChild!.from, n.firstChild!.to) === name)
  return assigned && childOf(assigned, 'ArrayExpression')
}

const elementsOf = (list: Branch): Branch[] => partsOf(childrenOf(list).slice(1, -1)).map((p) => p[0]!)

function cut(migration: Migration, groups: readonly Group[], folder: Folder): readonly Slice[] | Uncut {
  const text = folder.text(migration.file) ?? ''
  const list = listIn(text, 'operations')
  if (!list) return { why: 'its operations are not written out as one list' }
  const elements = elementsOf(list)
  const owner = ownersOf(elements, text, migration.up)
  if ('why' in owner) return owner
  const groupOf = new Map<number, number>()
  for (const [i, element] of owner.entries()) {
    const group = groups.findIndex((g) => g.up.has(i))
    if (groupOf.has(element) && groupOf.get(element) !== group) return { why: 'one of its operations does work of several phases' }
    groupOf.set(element, group)
  }
  const idle = elements.findIndex((_, i) => !groupOf.has(i))
  if (idle >= 0) return { why: `what the operation in line ${places(text)(elements[idle]!.from).line} changes is known to the state only` }
  const ends = elements.map((e) => pastComma(text, e.to))
  const first = text.indexOf('\n', list.from) + 1
  const open = first > 0 && first <= elements[0]!.from ? first : list.from + 1
  return groups.map((_, g) => {
    const own = elements.flatMap((_e, i) => (groupOf.get(i) === g ? [withComma(text.slice(ends[i - 1] ?? open, ends[i]))] : []))
    return { up: text.slice(0, open) + own.join('') + text.slice(ends.at(-1)) }
  })
}

/** With its comma, and with what is said behind it. */
function pastComma(text: string, end: number): number {
  const after = end + (/^\s*,/.exec(text.slice(end))?.[0].length ?? 0)
  return after + (/^[^\S\n]*(?:#[^\n]*)?\n/.exec(text.slice(after))?.[0].length ?? 0)
}

const withComma = (lines: string): string => (/,\s*(#[^\n]*)?\s*$/.test(lines) ? lines : `${lines.trimEnd()},\n`)

/** The element that each operation comes from: by its line, or by the function that it stands in. */
function ownersOf(elements: readonly Branch[], text: string, operations: readonly Operation[]): number[] | Uncut {
  const place = places(text)
  const spans = elements.map((e) => ({ first: place(e.from).line, last: place(e.to).line, words: text.slice(e.from, e.to) }))
  const functions = childrenOf(parsePython(text))
    .filter((n) => n.name === 'FunctionDefinition')
    .map((n) => ({
      name: text.slice(childOf(n, 'VariableName')!.from, childOf(n, 'VariableName')!.to),
      first: place(n.from).line,
      last: place(n.to).line,
    }))
  const owners = operations.map(({ line }) => {
    const here = spans.flatMap((s, i) => (s.first <= line && line <= s.last ? [i] : []))
    const inside = functions.find((f) => f.first <= line && line <= f.last)
    const calling = inside ? spans.flatMap((s, i) => (new RegExp(`\\b${inside.name}\\b`).test(s.words) ? [i] : [])) : []
    return here.length === 1 ? here[0] : calling.length === 1 ? calling[0] : undefined
  })
  const lost = owners.indexOf(undefined)
  return lost < 0 ? (owners as number[]) : { why: `what is done in line ${operations[lost]!.line} is called from elsewhere` }
}

const appOf = (file: string): string => path.posix.basename(path.posix.dirname(path.posix.dirname(file)))
const nameOf = (file: string): string => path.posix.basename(file, '.py')

/** Each after the one before it, in its own app and in the line of all. */
function write(
  pieces: readonly Piece[],
  before: readonly Migration[],
  pile: { readonly migrations: readonly Migration[] },
  folder: Folder,
): StagedMigration[] {
  const apps = new Set(pile.migrations.map((m) => appOf(m.file)))
  const lastOf = new Map<string, string>()
  const children = new Set(before.flatMap((m) => m.parents))
  for (const m of before) if (!children.has(m.id)) lastOf.set(appOf(m.file), nameOf(m.file))
  let last: { app: string; name: string } | undefined
  return pieces.map((piece) => {
    const { migration } = piece.judged
    const app = appOf(migration.file)
    const name = nameOf(migration.file) + (piece.slice ? `_${piece.phase.replaceAll('-', '_')}` : '')
    const file = path.posix.join(path.posix.dirname(migration.file), `${name}.py`)
    const was = folder.text(migration.file) ?? ''
    const on = [
      ...(lastOf.has(app) ? [[app, lastOf.get(app)!] as const] : []),
      ...(last && last.app !== app ? [[last.app, last.name] as const] : []),
    ]
    const text = depending(piece.slice?.up ?? was, on, apps)
    const staged: StagedMigration = {
      ...piece,
      id: apps.size > 1 ? `${app}.${name}` : name,
      files: [{ file, text }],
      gone: file === migration.file ? [] : [migration.file],
      parent: on.map(([a, n]) => (apps.size > 1 ? `${a}.${n}` : n)).join(', ') || undefined,
      change: piece.slice ? 'part' : text === was ? 'none' : 'parent',
    }
    lastOf.set(app, name)
    last = { app, name }
    return staged
  })
}

/** What it says of apps that are not in the pile stays; where nothing changes, so does every letter. */
function depending(text: string, on: readonly (readonly [string, string])[], apps: ReadonlySet<string>): string {
  const list = listIn(text, 'dependencies')
  if (!list) return on.length ? addedTo(text, on) : text
  const elements = elementsOf(list).map((e) => ({
    text: text.slice(e.from, e.to),
    app: /["'](\w+)["']/.exec(text.slice(e.from, e.to))?.[1] ?? '',
  }))
  const others = elements.filter((e) => !apps.has(e.app) || e.text.startsWith('migrations.'))
  const own = elements
    .filter((e) => !others.includes(e))
    .map((e) =>
      e.text
        .match(/["']([^"']+)["']/g)
        ?.map((q) => q.slice(1, -1))
        .join('/'),
    )
  if (own.length === on.length && on.every(([a, n]) => own.includes(`${a}/${n}`))) return text
  const lines = [...others.map((e) => e.text), ...on.map(([a, n]) => `("${a}", "${n}")`)].map((e) => `        ${e},\n`)
  return `${text.slice(0, list.from)}[${lines.length ? `\n${lines.join('')}    ` : ''}]${text.slice(list.to)}`
}

const addedTo = (text: string, on: readonly (readonly [string, string])[]): string =>
  text.replace(
    /^(class Migration\b[^\n]*:[^\n]*\n)/m,
    (head) => `${head}    dependencies = [${on.map(([a, n]) => `("${a}", "${n}")`).join(', ')}]\n\n`,
  )
