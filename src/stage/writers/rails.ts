// Rails: files of Ruby, cut by whole statements of their methods, and put in order by the numbers of their names.
import path from 'node:path'
import { bodyOf, kindOf, parseRuby, type Ruby, type RubyFile } from '../ruby/parse.ts'
import type { Folder, Migration, Operation } from '../types.ts'
import { inOrderOfNames } from './sql.ts'
import type { Group, Slice, Uncut, Writer } from './writer.ts'

/** A method's own lines, for each of the files that it is cut into; its first and last line stay. */
interface Dealt {
  readonly first: number
  readonly last: number
  readonly parts: readonly string[]
}

function cut(migration: Migration, groups: readonly Group[], folder: Folder): readonly Slice[] | Uncut {
  const text = folder.text(migration.file) ?? ''
  const ruby = parseRuby(text)
  const methods = methodsIn(ruby)
  const up = methods.get('up') ?? methods.get('change')
  if (!up) return { why: 'what it does stands in no method of its own' }
  const ups = dealt(
    up,
    ruby,
    text,
    migration.up,
    groups.map((g) => g.up),
  )
  if ('why' in ups) return ups
  const down = methods.get('down')
  const downs =
    down &&
    dealt(
      down,
      ruby,
      text,
      migration.down,
      groups.map((g) => g.down),
    )
  if (downs && 'why' in downs) return { why: `its way back: ${downs.why}` }
  return groups.map((_, g) => ({ up: replaced(text, downs ? [ups, downs] : [ups], g) }))
}

/** Of the class, wherever in the file it stands. */
function methodsIn(ruby: RubyFile): ReadonlyMap<string, Ruby> {
  const found = new Map<string, Ruby>()
  const visit = (nodes: readonly Ruby[]): void => {
    for (const node of nodes)
      if (kindOf(node) === 'Def') found.set(node['name'] as string, node)
      else if (['Class', 'Module'].includes(kindOf(node))) visit(bodyOf(node['body']))
  }
  visit(bodyOf(ruby.top['statements']))
  return found
}

function dealt(
  method: Ruby,
  ruby: RubyFile,
  text: string,
  operations: readonly Operation[],
  groups: readonly ReadonlySet<number>[],
): Dealt | Uncut {
  const lines = text.split('\n')
  const end = (node: Ruby) => ruby.line(node) + ruby.text(node).split('\n').length - 1
  const [first, last] = [ruby.line(method), end(method)]
  const parts = groups.map(() => '')
  const seen = new Set<number>()
  let from = first + 1
  for (const statement of bodyOf(method['body'])) {
    const to = end(statement)
    if (ruby.line(statement) < from || to >= last)
      return { why: `what stands in line ${ruby.line(statement)} shares it with something else` }
    const own = operations.flatMap(({ line }, i) => (ruby.line(statement) <= line && line <= to ? [i] : []))
    const owners = [...new Set(own.map((i) => groups.findIndex((g) => g.has(i))))]
    if (owners.length !== 1) return { why: whyNot(owners.length, ruby.line(statement)) }
    for (const i of own) seen.add(i)
    parts[owners[0]!] += `${lines.slice(from - 1, to).join('\n')}\n`
    from = to + 1
  }
  const outside = operations.find((_, i) => !seen.has(i))
  return outside ? { why: `what is done in line ${outside.line} is called from elsewhere` } : { first, last, parts }
}

const whyNot = (owners: number, line: number): string =>
  owners === 0 ? `what the statement in line ${line} does is not known` : `the statement in line ${line} does work of several phases`

function replaced(text: string, methods: readonly Dealt[], part: number): string {
  const lines = text.split('\n')
  for (const { first, last, parts } of methods.toSorted((a, b) => b.first - a.first))
    lines.splice(first, last - first - 1, ...(parts[part] ? parts[part].replace(/\n$/, '').split('\n') : []))
  return lines.join('\n')
}

const named = /^(\d+)_(.*)\.rb$/

export const railsWriter: Writer = {
  format: 'rails',
  cut,
  write: inOrderOfNames({
    back: () => undefined,
    numberOf: ({ id }) => id,
    renamed: (file, _, number, more) =>
      path.posix.join(path.posix.dirname(file), path.posix.basename(file).replace(named, `${number}_$2${more}.rb`)),
    idOf: (file) => named.exec(path.posix.basename(file))?.[1] ?? file,
    // the class is called as the file is
    part: (text, phase) => text.replace(/^(\s*class\s+(?:\w+::)*\w+)/m, `$1${inCamels(phase)}`),
  }),
}

const inCamels = (phase: string): string => phase.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
