// A database as text that depends on what is in it and on nothing else: two that hold the same give the same dump, two that differ do not.
// Rows are COPY's own text. It says by itself where a value ends and that NULL is no text (\N, while a backslash in a value is doubled),
// so that a length before each value would add nothing.
import { createHash, type Hash } from 'node:crypto'
import type { Row, Session, TransactionOptions } from '../database.ts'
import { inSchemasOnly, ofTheDatabase, schemaNames, sequenceNames, tablesWithRows } from './canonical-catalogue.ts'
import { streamed } from './hand-over.ts'
import { ident, literal, qualifiedIdent, textArray } from './names.ts'

export interface CanonicalOptions {
  /** Only these. What belongs to the database as a whole is then left out. */
  readonly schemas?: readonly string[] | undefined
  /** Left out: ['godwit']. */
  readonly exclude?: readonly string[] | undefined
  /** Whether it matters where sequences stand. They are not transactional. Left out: it does. */
  readonly sequences?: boolean | undefined
}

export interface Digest {
  readonly digest: string
  /** By quoted name. */
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly digest: string }>>
}

const oneMoment: TransactionOptions = { isolation: 'repeatable read', readOnly: true }

/** Line by line, at one moment of the database. */
export async function* canonicalDump(session: Session, options: CanonicalOptions = {}): AsyncGenerator<string> {
  const blocks = streamed<Iterable<string>>((give) =>
    session.transaction(async (tx) => {
      const schemas = await schemasOf(tx, options)
      for await (const line of catalogueLines(tx, schemas, options)) await give([line])
      for (const table of await tablesOf(tx, schemas)) {
        await give([`rows ${table.id}`])
        for await (const block of tx.copyOut(table.copy)) await give(rowsIn(block))
      }
    }, oneMoment),
  )
  for await (const lines of blocks) yield* lines
}

/** The same, but only so much as tells whether anything differs, and in which table. */
export function canonicalDigest(session: Session, options: CanonicalOptions = {}): Promise<Digest> {
  return session.transaction(async (tx) => {
    const schemas = await schemasOf(tx, options)
    const whole = createHash('sha256')
    for await (const line of catalogueLines(tx, schemas, options)) whole.update(`${line}\n`)
    const tables: Record<string, { rows: number; digest: string }> = Object.create(null)
    for (const table of await tablesOf(tx, schemas)) {
      const counted = await digestRows(tx, table.copy)
      tables[table.id] = counted
      whole.update(`rows ${table.id} ${counted.rows} ${counted.digest}\n`)
    }
    return { digest: whole.digest('hex'), tables }
  }, oneMoment)
}

async function digestRows(tx: Session, copy: string): Promise<{ rows: number; digest: string }> {
  const hash: Hash = createHash('sha256')
  let rows = 0
  for await (const block of tx.copyOut(copy)) {
    hash.update(block)
    for (let at = block.indexOf('\n'); at >= 0; at = block.indexOf('\n', at + 1)) rows++
  }
  return { rows, digest: hash.digest('hex') }
}

async function schemasOf(tx: Session, options: CanonicalOptions): Promise<string> {
  const only = options.schemas ? textArray(options.schemas) : null
  const { rows } = await tx.query(schemaNames, [only, textArray(options.exclude ?? ['godwit'])])
  return textArray(rows.map((r) => r.name!))
}

export async function* catalogueLines(tx: Session, schemas: string, options: CanonicalOptions): AsyncGenerator<string> {
  for (const { kind, sql } of options.schemas ? [] : ofTheDatabase) yield* lined(kind, (await tx.query(sql)).rows)
  for (const { kind, sql } of inSchemasOnly) yield* lined(kind, (await tx.query(sql, [schemas])).rows)
  if (options.sequences ?? true) yield* lined('next value', await nextValues(tx, schemas))
}

const lined = (kind: string, rows: readonly Row[]): string[] =>
  rows.map((row) => `${kind} ${oneLine(row.id!)} ${row.facts}`).toSorted(byCodeUnits)
/** A name may hold a line break; what is in jsonb cannot. */
export const oneLine = (name: string): string => name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** How many sequences are asked in one statement. */
const atOnce = 200

/** What nextval would give: 40 and called is the same as 41 and not called. */
async function nextValues(tx: Session, schemas: string): Promise<Row[]> {
  const { rows: sequences } = await tx.query(sequenceNames, [schemas])
  const values: Row[] = []
  for (let at = 0; at < sequences.length; at += atOnce) {
    const parts = sequences.slice(at, at + atOnce).map(nextValue)
    values.push(...(await tx.query(parts.join('\nunion all\n'))).rows)
  }
  return values
}

const nextValue = (s: Row): string =>
  `select ${literal(s.id!)} as id, (last_value::numeric + case when is_called then ${s.increment} else 0 end)::text as facts from ${qualifiedIdent(s.schema!, s.name!)}`

interface TableWithRows {
  readonly id: string
  readonly copy: string
}

async function tablesOf(tx: Session, schemas: string): Promise<TableWithRows[]> {
  const { rows } = await tx.query(tablesWithRows, [schemas])
  return rows.map((row) => ({ id: oneLine(row.id!), copy: copyOf(row) }))
}

interface KeyColumn {
  readonly name: string
  readonly type: string
  readonly kind: string
  readonly builtin: boolean
}

/** `only`: not all of its columns. */
export function copyOf(table: Row, only?: readonly string[]): string {
  const columns = (only ?? (JSON.parse(table.columns!) as string[])).map(ident)
  const key = table.key === null ? [] : (JSON.parse(table.key!) as KeyColumn[])
  // equal rows stay as many as they are; without a key nothing else can order them
  const order = key.length > 0 ? key.map(orderOf).join(', ') : '(r.*)::text collate "C"'
  const from = qualifiedIdent(table.schema!, table.name!)
  return `copy (select ${columns.map((c) => `r.${c}`).join(', ')} from only ${from} r order by ${order}) to stdout`
}

/** Types whose own order is the same on every server. Text has a collation, which is not. */
const ordersAlike = new Set([
  'int2',
  'int4',
  'int8',
  'numeric',
  'uuid',
  'date',
  'timestamp',
  'timestamptz',
  'bool',
  'bytea',
  'float4',
  'float8',
])

function orderOf(column: KeyColumn): string {
  const name = `r.${ident(column.name)}`
  const asItIs = column.kind === 'e' || (column.builtin && column.kind === 'b' && ordersAlike.has(column.type))
  // concat writes a value with its type's own output, and no cast that somebody has made
  return asItIs ? name : `concat(${name}) collate "C"`
}

function* rowsIn(block: string): Generator<string> {
  let start = 0
  for (let end = block.indexOf('\n'); end >= 0; end = block.indexOf('\n', start)) {
    yield `  ${block.slice(start, end)}`
    start = end + 1
  }
}

type Lines = AsyncIterable<string> | Iterable<string>

/** Where two dumps part, for people to read; nothing where they do not. */
export async function firstDifference(a: Lines, b: Lines): Promise<string | undefined> {
  const left = iterate(a)
  const right = iterate(b)
  let table = ''
  try {
    for (let line = 1; ; line++) {
      const [x, y] = [await left.next(), await right.next()]
      if (x.done && y.done) return undefined
      if (!x.done && !y.done && x.value === y.value) {
        if (!x.value.startsWith('  ')) table = x.value
        continue
      }
      const within = table.startsWith('rows ') ? `, in ${table}` : ''
      return `line ${line}${within}:\n- ${x.done ? '(the end)' : x.value}\n+ ${y.done ? '(the end)' : y.value}`
    }
  } finally {
    await left.return?.()
    await right.return?.()
  }
}

const iterate = (lines: Lines): AsyncIterator<string> | Iterator<string> =>
  Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]()
