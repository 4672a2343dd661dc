// Revisions cut into several, and put into one line. What stands in a file stays as it was written, but for its id and its parent.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { type Branch, childOf, childrenOf, parsePython } from '../python/tree.ts'
import type { Folder, Migration } from '../types.ts'
import { Cutting, type Dealt } from './lines.ts'
import type { Group, Piece, Slice, StagedMigration, Uncut, Writer } from './writer.ts'

export const alembicWriter: Writer = { format: 'alembic', cut, write }

interface Body {
  readonly node: Branch
  readonly from: number
  readonly to: number
}

/** The lines of a function, from the one after its head. */
function bodyOf(name: string, tree: Branch, text: string): Body | undefined {
  const found = childrenOf(tree).findLast(
    (n) => n.name === 'FunctionDefinition' && text.slice(childOf(n, 'VariableName')!.from).startsWith(`${name}(`),
  )
  const node = found && childOf(found, 'Body')
  if (!node) return undefined
  const from = text.indexOf('\n', node.from) + 1
  const to = node.from + text.slice(node.from, node.to).trimEnd().length
  return { node, from, to: text[to] === '\n' ? to + 1 : to }
}

function cut(migration: Migration, groups: readonly Group[], folder: Folder): readonly Slice[] | Uncut {
  const text = folder.text(migration.file) ?? ''
  const tree = parsePython(text)
  const [up, down] = [bodyOf('upgrade', tree, text), bodyOf('downgrade', tree, text)]
  if (!up) return { why: 'its upgrade() cannot be found' }
  const dealt = (operations: Migration['up'], way: 'up' | 'down'): Dealt[] =>
    operations.map(({ line, kind }, i) => ({ line, kind, group: groups.findIndex((g) => g[way].has(i)) }))
  const cutting = new Cutting(text, groups.length)
  const ups = cutting.body(up.node, dealt(migration.up, 'up'))
  if ('why' in ups) return ups
  const downs = down && migration.down.length ? cutting.body(down.node, dealt(migration.down, 'down')) : undefined
  if (downs && 'why' in downs) return { why: `downgrade(): ${downs.why}` }
  return ups.map((_, g) => ({ up: replaced(text, [[up, ups[g]!], ...(down && downs ? [[down, downs[g]!] as const] : [])]) }))
}

/** Python wants a statement in every body. */
function replaced(text: string, bodies: readonly (readonly [Body, string])[]): string {
  let out = text
  for (const [{ from, to, node }, lines] of bodies.toSorted(([a], [b]) => b.from - a.from)) {
    const indent = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', childrenOf(node)[1]?.from ?? from) + 1))?.[0] || '    '
    out = out.slice(0, from) + (lines.trim() ? lines : `${indent}pass\n`) + out.slice(to)
  }
  return out
}

/** The same on every machine and every time, and such that Alembic could have made it. */
const partId = (id: string, phase: string): string => createHash('sha256').update(`${id}/${phase}`).digest('hex').slice(0, 12)

function write(pieces: readonly Piece[], before: readonly Migration[], _: unknown, folder: Folder): StagedMigration[] {
  let parents = headsOf(before)
  const known = new Set(pieces.filter((p) => !p.slice).map((p) => p.judged.migration.id))
  return pieces.map((piece) => {
    const { migration } = piece.judged
    const id = piece.slice ? partId(migration.id, piece.phase) : migration.id
    const file = piece.slice ? partFile(migration, id, piece) : migration.file
    const was = folder.text(migration.file) ?? ''
    const same = !piece.slice && sameNames(parents, migration.parents)
    // what a revision needed beside its parent is before it now, where it is in the line itself
    const needs = migration.needs.filter((n) => !known.has(n) && before.some((b) => b.id === n))
    const text =
      same && needs.length === migration.needs.length
        ? was
        : headed(piece.slice?.up ?? was, { id, was: migration.id, parents, needs, had: migration.needs.length })
    const staged: StagedMigration = {
      ...piece,
      id,
      files: [{ file, text }],
      gone: file === migration.file ? [] : [migration.file],
      parent: parents.join(', ') || undefined,
      change: piece.slice ? 'part' : text === was ? 'none' : 'parent',
    }
    parents = [id]
    return staged
  })
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x) => b.includes(x))

function headsOf(before: readonly Migration[]): string[] {
  const children = new Set(before.flatMap((m) => m.parents))
  return before.filter((m) => !children.has(m.id)).map((m) => m.id)
}

function partFile({ file, id }: Migration, part: string, { phase }: Piece): string {
  const name = path.posix.basename(file, '.py')
  const renamed = name.includes(id) ? name.replace(id, part) : `${part}_${name}`
  return path.posix.join(path.posix.dirname(file), `${renamed}_${phase.replaceAll('-', '_')}.py`)
}

interface Head {
  readonly id: string
  readonly was: string
  readonly parents: readonly string[]
  readonly needs: readonly string[]
  readonly had: number
}

function headed(text: string, { id, was, parents, needs, had }: Head): string {
  const values: [string, string][] = [
    ...(id === was ? [] : [['revision', python([id])] as [string, string]]),
    ['down_revision', python(parents)],
    ...(had ? [['depends_on', python(needs)] as [string, string]] : []),
  ]
  const assigned = childrenOf(parsePython(text)).filter((n) => n.name === 'AssignStatement')
  const places = values.flatMap(([name, value]) => {
    const node = assigned.findLast((n) => text.slice(n.firstChild!.from, n.firstChild!.to) === name)
    const operator = node && childOf(node, 'AssignOp')
    return node && operator ? [{ from: operator.to, to: node.to, value: ` ${value}` }] : []
  })
  const code = places.toSorted((a, b) => b.from - a.from).reduce((out, p) => out.slice(0, p.from) + p.value + out.slice(p.to), text)
  return code
    .replace(/^(Revision ID:[^\S\n]*)[^\n]*$/m, (_, label: string) => `${label.trimEnd()} ${id}`)
    .replace(/^(Revises:)[^\n]*$/m, (_, label: string) => `${label} ${parents.join(', ')}`.trimEnd())
}

const python = (names: readonly string[]): string => {
  if (names.length > 1) return `(${names.map((n) => `'${n}'`).join(', ')})`
  return names[0] === undefined ? 'None' : `'${names[0]}'`
}
