// Taking back what a mapping made: by the ledger, in pieces, rows that are not ours never touched.
import { type OutputShape, type Setting, type Shape, stored } from './shape.ts'

export interface UndoStatements {
  /** References between our own rows, let go first so that the pieces may be taken in any order. */
  readonly loosen: readonly string[]
  /** Each is sent until `took` is 0. $1: how many ledger rows, or reserved numbers, at a time. */
  readonly rows: readonly string[]
  readonly groups: readonly string[]
}

export function undoStatements(s: Shape, later: ReadonlyMap<number, ReadonlySet<string>>, setting: Setting): UndoStatements {
  const outputs = s.outputs.filter((o) => !o.output.per)
  const reserved = outputs.filter((o) => o.key.keying === 'reserved')
  const rows: string[] = []
  if (s.stores) rows.push(piece(fromLedger(s, reserved), outputs, setting))
  if (s.reserves) rows.push(piece(fromExtents(s, reserved), reserved, setting))
  return { loosen: loosen(s, later, setting), rows, groups: s.outputs.filter((o) => o.output.per).map((o) => undoGroups(o, setting)) }
}

function piece(took: string, outputs: readonly OutputShape[], { sql }: Setting): string {
  const deletes = outputs.map(
    (o) => `d${o.index} as (delete from ${sql.table(o.table.id)} t using took where ${matches(o, sql.quote)} returning 1)`,
  )
  const counts = outputs.map((o) => `(select count(*) from d${o.index}) as d${o.index}`)
  return `with ${[took, ...deletes].join(',\n')}\nselect ${['(select count(*) from took) as took', ...counts].join(', ')}`
}

function matches(o: OutputShape, quote: (name: string) => string): string {
  if (o.key.keying === 'reserved') return `t.${quote(o.key.columns[0]!.name)} between took.b${o.index} and took.e${o.index}`
  return o.key.columns.map((k, j) => `t.${quote(k.name)} = took.o${o.index}k${j}`).join(' and ')
}

/** Ledger rows, with the numbers that were reserved for the same source row. */
function fromLedger(s: Shape, reserved: readonly OutputShape[]): string {
  const numbers = reserved.flatMap((o) => [`x.b${o.index} + (g.k0 - x.lo) as b${o.index}`, `x.b${o.index} + (g.k0 - x.lo) as e${o.index}`])
  const extents = reserved.length ? ` left join ${s.extents} x on g.k0 between x.lo and x.hi` : ''
  const gone = `gone as (delete from ${s.ledger} where ctid = any (array(select ctid from ${s.ledger} limit $1::bigint)) returning *)`
  return `${gone},\ntook as (select g.*${numbers.map((n) => `, ${n}`).join('')} from gone g${extents})`
}

/** The low end of the first stretch that is still set aside; what is left of it is put back. */
function fromExtents(s: Shape, reserved: readonly OutputShape[]): string {
  const names = reserved.map((o) => `b${o.index}`)
  const ends = reserved.map((o) => `g.b${o.index} + (least(g.lo + $1::numeric - 1, g.hi) - g.lo) as e${o.index}`)
  return [
    `gone as (delete from ${s.extents} where lo = (select min(lo) from ${s.extents}) returning *)`,
    `rest as (insert into ${s.extents} (lo, hi, ${names.join(', ')}) select lo + $1::numeric, hi, ${names.map((n) => `${n} + $1::bigint`).join(', ')} from gone where lo + $1::numeric <= hi)`,
    `took as (select g.*, ${ends.join(', ')} from gone g)`,
  ].join(',\n')
}

function loosen(s: Shape, later: ReadonlyMap<number, ReadonlySet<string>>, { sql }: Setting): string[] {
  return [...later].flatMap(([index, columns]) => {
    const o = s.outputs[index]!
    const key = `t.${sql.quote(o.key.columns[0]!.name)}`
    const mine = stored(o)
      ? `exists (select 1 from ${s.ledger} l where ${o.key.columns.map((k, j) => `l.o${index}k${j} = t.${sql.quote(k.name)}`).join(' and ')})`
      : `exists (select 1 from ${s.extents} x where ${key} between x.b${index} and x.b${index} + (x.hi - x.lo))`
    return [...columns].map(
      (c) => `update ${sql.table(o.table.id)} t set ${sql.quote(c)} = null where t.${sql.quote(c)} is not null and ${mine}`,
    )
  })
}

function undoGroups(o: OutputShape, { sql }: Setting): string {
  const key = o.key.columns.map((k, j) => `t.${sql.quote(k.name)} = lost.t${j}`).join(' and ')
  return `with lost as (delete from ${o.groups} returning *) delete from ${sql.table(o.table.id)} t using lost where lost.made and ${key}`
}
