// TOML 1.1, of which 1.0 is a part: whole numbers of 64 bits, floats, four kinds of dates and times, no null.
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'
import type { Path } from '../path.ts'
import { type ScalarType, text, type Value } from '../value.ts'
import {
  asLines,
  commentAbove,
  commentLines,
  decimalText,
  type Entry,
  type Format,
  firstReason,
  isPlaced,
  Malformed,
  nested,
  type Placed,
  quoted,
  type Tree,
} from './format.ts'

export const toml: Format = {
  name: 'TOML',
  dialects: [],
  comments: true,
  read(source) {
    const ast = parsed(source)
    const root: Branch = new Map()
    const comments = new Map(ast.comments.map((c) => [c.loc.start.line, c.value.trim()]))
    const lines = asLines(source)
    for (const node of ast.body[0].body) {
      if (node.type === 'TOMLKeyValue') put(root, [], node, lines, comments)
      else {
        branchAt(root, node.resolvedKey)
        for (const pair of node.body) put(root, node.resolvedKey, pair, lines, comments)
      }
    }
    return entriesOf(root, [])
  },
  cannot: (_, value) => firstReason(value, cannotHold),
  write: (entries, head) => [...commentLines(head, ''), ...written(nested(entries), []), ''].join('\n').replace(/^\n+/, ''),
}

// ── reading ────────────────────────────────────────────────────────────────────────────────

interface Leaf {
  readonly value: Value
  readonly line: number
  readonly comment: readonly string[]
}
type Node = Branch | Node[] | Leaf
type Branch = Map<string, Node>
type Keys = readonly (string | number)[]

function parsed(source: string): AST.TOMLProgram {
  try {
    return parseTOML(source, { tomlVersion: '1.1' })
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    throw new Malformed(
      /multiple times/.test(error.message) ? 'has a key that stands in the same place before' : 'is not TOML',
      error.lineNumber,
    )
  }
}

/** The table at these keys, made where it is not there yet; a number is a place in a list of tables. */
function branchAt(root: Branch, keys: Keys): Branch {
  let at: Branch | Node[] = root
  for (const [i, key] of keys.entries()) {
    const below: Node | undefined = Array.isArray(at) ? at[key as number] : at.get(String(key))
    const next: Node = below ?? (typeof keys[i + 1] === 'number' ? [] : new Map())
    if (Array.isArray(at)) at[key as number] = next
    else at.set(String(key), next)
    at = next as Branch | Node[]
  }
  return at as Branch
}

function put(root: Branch, table: Keys, pair: AST.TOMLKeyValue, lines: readonly string[], comments: ReadonlyMap<number, string>): void {
  const names = pair.key.keys.map((k) => (k.type === 'TOMLBare' ? k.name : k.value))
  const line = pair.loc.start.line
  if (pair.value.type === 'TOMLInlineTable' && pair.value.body.length > 0) {
    for (const inner of pair.value.body) put(root, [...table, ...names], inner, lines, comments)
    return
  }
  const behind = comments.get(pair.loc.end.line)
  const comment = [...commentAbove(lines, line, '#'), ...(behind ? [behind] : [])]
  branchAt(root, [...table, ...names.slice(0, -1)]).set(names.at(-1)!, { value: valueIn(pair.value, line), line, comment })
}

function valueIn(node: AST.TOMLContentNode, line: number): Value {
  if (node.type === 'TOMLArray') return { type: 'list', items: node.elements.map((e) => valueIn(e, line)) }
  if (node.type !== 'TOMLInlineTable') return scalarOf(node, line)
  const root: Branch = new Map()
  for (const pair of node.body) put(root, [], pair, [], new Map())
  return inOne(root)
}

const moments: Readonly<Record<string, ScalarType>> = {
  'local-date': 'date',
  'local-time': 'time',
  'local-date-time': 'datetime',
  'offset-date-time': 'instant',
}

function scalarOf(node: AST.TOMLValue, line: number): Value {
  if (node.kind === 'string') return text(node.value)
  if (node.kind === 'boolean') return { type: 'boolean', text: String(node.value) }
  if (node.kind === 'integer') {
    if (BigInt.asIntN(64, node.bigint) !== node.bigint) throw new Malformed('has a whole number of more than 64 bits', line)
    return { type: 'integer', text: String(node.bigint) }
  }
  if (node.kind === 'float') return { type: 'decimal', text: node.number.replaceAll('_', '').replace(/^\+|^-(?=nan)/, '') }
  return { type: moments[node.kind]!, text: node.datetime.replace(/^(.{10})[ t]/, '$1T').replace(/z$/, 'Z') }
}

function entriesOf(branch: Branch, path: Path): Entry[] {
  return [...branch].flatMap(([name, node]) => {
    const at = [...path, name]
    if (node instanceof Map && node.size > 0) return entriesOf(node, at)
    return Array.isArray(node) || node instanceof Map
      ? [{ path: at, value: inOne(node), line: undefined, comment: [] }]
      : [{ path: at, ...node }]
  })
}

/** Tables in a list are one value with it. */
function inOne(node: Node): Value {
  if (Array.isArray(node)) return { type: 'list', items: node.map(inOne) }
  if (node instanceof Map) return { type: 'map', fields: new Map([...node].map(([name, n]) => [name, inOne(n)])) }
  return node.value
}

// ── writing ────────────────────────────────────────────────────────────────────────────────

function cannotHold(value: Value): string | undefined {
  if (value.type === 'null') return 'has no null'
  const big = value.type === 'integer' && BigInt.asIntN(64, BigInt(value.text)) !== BigInt(value.text)
  return big ? 'has no whole numbers of more than 64 bits' : undefined
}

/** The keys of a table before the tables in it: behind a heading everything belongs to that. */
function written(tree: Tree, path: Path): string[] {
  const own = [...tree].flatMap(([name, node]) => (isPlaced(node) ? pair(name, node) : []))
  const tables = [...tree].flatMap(([name, node]) => (isPlaced(node) ? [] : written(node, [...path, name])))
  const heading = path.length && own.length ? ['', `[${path.map(keyText).join('.')}]`] : []
  return [...heading, ...own, ...tables]
}

const pair = (name: string, { value, comment }: Placed): string[] => [...commentLines(comment, ''), `${keyText(name)} = ${flow(value)}`]

const keyText = (name: string): string => (/^[\w-]+$/.test(name) ? name : quoted(name))

function flow(value: Value): string {
  if (value.type === 'list') return `[${value.items.map(flow).join(', ')}]`
  if (value.type === 'map')
    return value.fields.size ? `{ ${[...value.fields].map(([k, v]) => `${keyText(k)} = ${flow(v)}`).join(', ')} }` : '{}'
  if (value.type === 'decimal') return /inf|nan/.test(value.text) ? value.text : decimalText(value.text)
  if (value.type === 'text') return quoted(value.text)
  return value.type === 'null' || value.type === 'secret' ? '""' : value.text
}
