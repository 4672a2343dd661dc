// Rows that name the one before them, as chains: where each begins, and the place of every row in it.
import type { Expr } from '../../expr/expr.ts'
import { describe, type Node, type Scribe } from '../../expr/node.ts'
import { origin } from '../../expr/origin.ts'
import { type Column, int, plain, text } from '../../schema/column.ts'
import type { KeyOf, Table } from '../../schema/table.ts'
import { type Row, relationOf, row } from '../mapping.ts'
import { derive } from './derived.ts'
import { onlyKey, refuseTaken } from './parts.ts'

export type Chained<T extends Table> = Table<
  T['columns'] & {
    /** The key of the row that the chain begins with; null where none can be reached. */
    readonly root: Column<KeyOf<T> | null, true, false>
    /** 0 for the first of the chain that counts; null where the row does not count, or is in no chain. */
    readonly version: Column<number | null, true, false>
    /** Why it is in no chain. */
    readonly trouble: Column<'cycle' | 'dangling' | null, true, false>
  }
>

interface ChainOptions<T extends Table> {
  /** The column that holds the key of the row before; null in the first. */
  readonly before: keyof T['columns'] & string
  /** What puts the rows of a chain in order; the key settles what this leaves open. Left out: by the key. */
  readonly order?: (r: Row<T>) => readonly Expr<any>[]
  /** Rows that are not counted are in the chain, and have no version. */
  readonly counts?: (r: Row<T>) => Expr<boolean | null>
}

/** Found by walking, from rows that name none before them: what a column says of the root is not believed. */
export function chains<T extends Table>(name: string, from: T, options: ChainOptions<T>): Chained<T> {
  const at = origin()
  const key = onlyKey(from, name, at)
  const order = (options.order?.(row(from)) ?? []).map((e) => e.node)
  const counts = options.counts?.(row(from)).node
  const made = {
    root: plain(from.columns[key] as Column).null(),
    version: int().null(),
    trouble: text<'cycle' | 'dangling'>().null(),
  }
  refuseTaken(name, Object.keys(from.columns), Object.keys(made), at)
  return derive(
    name,
    { ...from.columns, ...made },
    {
      of: [from],
      nodes: [...order, ...(counts ? [counts] : [])],
      says: ['chains', from.id, options.before, order.map(describe), counts ? describe(counts) : null],
      write: (scribe) => written(scribe, from, key, options.before, order, counts),
    },
  ) as Chained<T>
}

function written(scribe: Scribe, from: Table, key: string, before: string, order: readonly Node[], counts: Node | undefined): string {
  const q = scribe.sql.quote
  const rows = scribe.rows(relationOf(from))
  const by = order.map((n, i) => `${rows.value(n).sql} as ${q(`godwit order ${i}`)}`)
  const counted = counts ? `(${rows.value(counts).sql}) is true` : 'true'
  const columns = Object.keys(from.columns)
  const sort = [...order.map((_, i) => `r.${q(`godwit order ${i}`)}`), `r.${q(key)}`].join(', ')
  return `with recursive member as (select ${[...columns.map((c) => `s.${q(c)}`), `${counted} as "godwit counts"`, ...by].join(', ')} from ${rows.from()}),
reached (k, root) as (
  select m.${q(key)}, m.${q(key)} from member m where m.${q(before)} is null
  union all select m.${q(key)}, r.root from reached r join member m on m.${q(before)} = r.k),
lost (k) as (
  select m.${q(key)} from member m where m.${q(before)} is not null and not exists (select 1 from member o where o.${q(key)} = m.${q(before)})
  union all select m.${q(key)} from lost l join member m on m.${q(before)} = l.k)
select ${columns.map((c) => `r.${q(c)}`).join(', ')}, w.root,
  case when w.root is not null and r."godwit counts" then (count(*) filter (where r."godwit counts") over (partition by w.root order by ${sort} rows unbounded preceding) - 1)::integer end as version,
  case when w.root is not null then null when l.k is not null then 'dangling' else 'cycle' end as trouble
from member r left join reached w on w.k = r.${q(key)} left join lost l on l.k = r.${q(key)}`
}
