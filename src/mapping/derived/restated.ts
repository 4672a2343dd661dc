// Documents that restate all of their rows each time, as what changed from one to the next.
import type { Expr } from '../../expr/expr.ts'
import { describe, type Node, type Scribe } from '../../expr/node.ts'
import { origin } from '../../expr/origin.ts'
import { bigint, bool, type Column, int, plain, text } from '../../schema/column.ts'
import type { Columns, KeyOf, Table, TypeOf } from '../../schema/table.ts'
import { type Row, relationOf, row } from '../mapping.ts'
import { derive } from './derived.ts'
import { onlyKey, refuseTaken } from './parts.ts'

export type Action = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNCHANGED'
type Exprs = Readonly<Record<string, Expr<any>>>
type Texts<P> = { readonly [K in keyof P]: Column<string | null, true, false> }

export type Restated<D extends Table, R extends Table, C extends keyof D['columns'], S> = Table<
  R['columns'] & {
    /** False: a row as it stands in its document. True: its row was in the document before, and is not in this one. */
    readonly gone: Column<boolean, false, true>
    /** The key of the document in which it happened; null where the row is in none. */
    readonly document: Column<KeyOf<D> | null, true, false>
    readonly chain: Column<TypeOf<D['columns'][C]> | null, true, false>
    /** 1 for the first of the rows that agree in what makes them the same, in one document. */
    readonly ordinal: Column<bigint | null, true, false>
    /** What happened to the group of rows that are the same one: null where the document has no place in a chain. */
    readonly action: Column<Action | null, true, false>
    /** 0 where the group begins, and one more for each change; null where nothing changed. */
    readonly version: Column<number | null, true, false>
  } & Texts<S>
> & {
  /** The documents that have a place in a chain and are not silent, numbered through: 1 for the first. */
  readonly documents: Table<{
    readonly document: Column<KeyOf<D>, false, true>
    readonly chain: Column<TypeOf<D['columns'][C]>, false, false>
    readonly nth: Column<bigint, false, false>
  }>
}

interface RestatedOptions<D extends Table, R extends Table, C extends keyof D['columns'], S extends Exprs> {
  readonly documents: D
  /** The column of a document that is the same for all of its chain, and the one that puts them in order; null in either: no place. */
  readonly chain: C & string
  readonly order: keyof D['columns'] & string
  /** A document that says nothing: it neither ends rows nor is compared with; the next is compared with the one before it. */
  readonly silent?: (d: Row<D>) => Expr<boolean | null>
  readonly rows: R
  /** A row's columns, and the columns of its document that they agree with. */
  readonly of: { readonly [K in keyof R['columns']]?: keyof D['columns'] & string }
  /** What makes two rows of two documents the same one; each becomes a column, as text. */
  readonly same: (r: Row<R>) => S
  /** What counts as a change of it. */
  readonly changed: (r: Row<R>) => readonly Expr<any>[]
  /** Which of several that agree in all of that is the first; the key settles what this leaves open. */
  readonly equals?: (r: Row<R>) => readonly Expr<any>[]
}

interface Parts {
  readonly documents: Table
  readonly key: string
  readonly chain: string
  readonly order: string
  readonly silent: Node | undefined
  readonly rows: Table
  readonly of: readonly (readonly [string, string])[]
  readonly same: readonly (readonly [string, Node])[]
  readonly changed: readonly Node[]
  readonly equals: readonly Node[]
}

/** Every restated row once, with what it means; and for each that is missing in the next document a row that says so. */
export function restated<D extends Table, R extends Table, C extends keyof D['columns'], const S extends Exprs>(
  name: string,
  options: RestatedOptions<D, R, C, S>,
): Restated<D, R, C, S> {
  const at = origin()
  const r = row(options.rows)
  const nodes = (list: readonly Expr<any>[]) => list.map((e) => e.node)
  const parts: Parts = {
    documents: options.documents,
    key: onlyKey(options.documents, name, at),
    chain: options.chain,
    order: options.order,
    silent: options.silent?.(row(options.documents)).node,
    rows: options.rows,
    of: Object.entries(options.of) as [string, string][],
    same: Object.entries(options.same(r)).map(([column, e]) => [column, e.node] as const),
    changed: nodes(options.changed(r)),
    equals: nodes(options.equals?.(r) ?? []),
  }
  const columns = columnsOf(parts)
  refuseTaken(name, Object.keys(options.rows.columns), Object.keys(columns), at)
  const rows = derive(
    name,
    { ...options.rows.columns, ...columns },
    {
      of: [options.documents, options.rows],
      nodes: [...(parts.silent ? [parts.silent] : []), ...parts.same.map(([, n]) => n), ...parts.changed, ...parts.equals],
      says: said(parts),
      write: (scribe) => written(scribe, parts),
    },
  )
  const documents = derive(
    `${name} documents`,
    { document: plain(parts.documents.columns[parts.key]).key(), chain: plain(parts.documents.columns[parts.chain]), nth: bigint() },
    {
      of: [options.documents],
      nodes: parts.silent ? [parts.silent] : [],
      says: said(parts),
      write: (scribe) => `${numbered(scribe, parts)}\nselect document, chain, n as nth from said`,
    },
  )
  return Object.freeze({ ...rows, documents }) as unknown as Restated<D, R, C, S>
}

const columnsOf = ({ documents, key, chain, same }: Parts): Columns => ({
  gone: bool().key(),
  document: plain(documents.columns[key]).null(),
  chain: plain(documents.columns[chain]).null(),
  ordinal: bigint().null(),
  action: text().null(),
  version: int().null(),
  ...Object.fromEntries(same.map(([column]) => [column, text().null()])),
})

const said = (p: Parts): unknown => [
  'restated',
  [p.documents.id, p.chain, p.order, p.silent ? describe(p.silent) : null],
  [p.rows.id, p.of],
  p.same.map(([column, n]) => [column, describe(n)]),
  p.changed.map(describe),
  p.equals.map(describe),
]

function written(scribe: Scribe, p: Parts): string {
  const q = scribe.sql.quote
  const columns = Object.keys(p.rows.columns).map(q)
  const same = p.same.map(([column]) => q(column))
  const group = ['chain', ...same, 'ordinal'].join(', ')
  const lines = restatedLines(scribe, p)
  const agree = (d: string) => p.of.map(([r, of]) => `${d}.${q(`godwit of ${of}`)} = l.${q(r)}`).join(' and ')
  const changed = p.changed.map(
    (_, i) => `${lines.differs(i, `p.${q(`godwit changed ${i}`)}`, `lag(p.${q(`godwit changed ${i}`)}) over w`)}`,
  )
  const counts = `(e.action <> 'UNCHANGED')`
  const itsOwn = `(select d.document from document d where ${agree('d')} order by d.document limit 1)`
  return `${numbered(scribe, p)},
line as (${lines.sql}),
placed as (select l.*, d.document, d.chain, d.n, d.documents, row_number() over (partition by d.chain, d.n${same.map((c) => `, l.${c}`).join('')} order by ${lines.order.join(', ')}) as ordinal from line l join said d on ${agree('d')}),
walked as (select p.*, lag(p.n) over w as before, lead(p.n) over w as next, (${changed.join(' or ') || 'false'}) as changed from placed p window w as (partition by ${group} order by n)),
event as (
  select w.*, false as gone, case when w.before is distinct from w.n - 1 then 'CREATE' when w.changed then 'UPDATE' else 'UNCHANGED' end as action, w.n as happened from walked w
  union all select w.*, true, 'DELETE', w.n + 1 from walked w where w.next is distinct from w.n + 1 and w.n < w.documents),
counted as (select e.*, case when ${counts} then (count(*) filter (where ${counts}) over (partition by ${group} order by happened rows unbounded preceding) - 1)::integer end as version from event e)
select ${[...columns.map((c) => `c.${c}`), 'c.gone', 'd.document', 'c.chain', 'c.ordinal', 'c.action', 'c.version', ...same.map((c) => `c.${c}`)].join(', ')} from counted c join said d on d.chain = c.chain and d.n = c.happened
union all select ${[...columns.map((c) => `l.${c}`), 'false', itsOwn, 'null', 'null', 'null', 'null', ...same.map((c) => `l.${c}`)].join(', ')} from line l where not exists (select 1 from said d where ${agree('d')})`
}

/** The documents that say something, in the order of their chain. */
const numbered = (scribe: Scribe, p: Parts): string =>
  `with document as (${spoken(scribe, p)}),
said as (select d.*, row_number() over (partition by d.chain order by d.place, d.document) as n, count(*) over (partition by d.chain) as documents from document d where d.chain is not null and d.place is not null and not d.silent)`

function spoken(scribe: Scribe, p: Parts): string {
  const q = scribe.sql.quote
  const rows = scribe.rows(relationOf(p.documents))
  const silent = p.silent ? `(${rows.value(p.silent).sql}) is true` : 'false'
  const named = [...new Set(p.of.map(([, of]) => of))].map((c) => `s.${q(c)} as ${q(`godwit of ${c}`)}`)
  return `select s.${q(p.key)} as document, s.${q(p.chain)} as chain, s.${q(p.order)} as place, ${[`${silent} as silent`, ...named].join(', ')} from ${rows.from()}`
}

function restatedLines(scribe: Scribe, p: Parts) {
  const { quote: q } = scribe.sql
  const rows = scribe.rows(relationOf(p.rows))
  const same = p.same.map(([column, n]) => `${scribe.sql.cast(rows.value(n).sql, { name: 'text' })} as ${q(column)}`)
  const values = p.changed.map((n) => rows.value(n))
  const changed = values.map((v, i) => `${v.sql} as ${q(`godwit changed ${i}`)}`)
  const equals = p.equals.map((n, i) => `${rows.value(n).sql} as ${q(`godwit equal ${i}`)}`)
  const columns = Object.keys(p.rows.columns).map((c) => `s.${q(c)}`)
  return {
    sql: `select ${[...columns, ...same, ...changed, ...equals].join(', ')} from ${rows.from()}`,
    order: [...p.equals.map((_, i) => `l.${q(`godwit equal ${i}`)}`), ...p.rows.key.map((k: string) => `l.${q(k)}`)],
    differs: (i: number, left: string, right: string) => scribe.differs(left, right, values[i]!.type),
  }
}
