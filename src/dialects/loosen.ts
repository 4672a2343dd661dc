// Our own rows, and rows that we filled, that point at rows about to go: let go first. What they should be instead, their own mapping says afterwards.
import { column, type ForeignKey, foreignKeysTo } from '../schema/schema.ts'
import { emptyFilled } from './fill.ts'
import { type OutputShape, owned, type Setting, type Shape } from './shape.ts'

/** How the rows that go are joined to the row that points at them. */
interface Going {
  readonly table: string
  readonly alias: string
  readonly from: string
  readonly where: string
  readonly key: (column: string) => string
}

export const pointsAtKey = (f: ForeignKey, o: OutputShape): boolean => f.toColumns.every((c) => o.key.columns.some((k) => k.name === c))

export function loosenStatements(s: Shape, o: OutputShape, removal: string, shapes: readonly Shape[], setting: Setting): string[] {
  const held = (name: string) => `u.o${o.index}h${o.key.columns.findIndex((k) => k.name === name)}`
  const known = (f: ForeignKey) => pointsAtKey(f, o)
  return pointing({ table: o.table.id, alias: 'u', from: `${s.stage} u`, where: removal, key: held }, [o.table.id], known, shapes, setting)
}

/** Deepest first: what points at a row that points here, before that row. */
function pointing(
  going: Going,
  path: readonly string[],
  known: (f: ForeignKey) => boolean,
  shapes: readonly Shape[],
  setting: Setting,
): string[] {
  const { sql, schema } = setting
  const ours = new Set(shapes.flatMap((s) => s.outputs.map((o) => o.table.id)))
  const out: string[] = []
  for (const f of foreignKeysTo(schema, going.table)) {
    if (!known(f)) continue
    const table = schema.tables.get(f.table)!
    const alias = `c${path.length}`
    const agree = f.columns.map((c, i) => `${alias}.${sql.quote(c)} = ${going.key(f.toColumns[i]!)}`).join(' and ')
    out.push(...emptyFilled({ from: going.from, where: `${agree} and ${going.where}` }, f, alias, shapes, sql))
    if (!ours.has(f.table)) continue
    const where = `${agree} and ${going.where} and ${owned(f.table, alias, shapes, sql)}`
    const free = f.columns.filter((c) => column(table, c)!.nullable)
    if (free.length) {
      out.push(
        `update ${sql.table(f.table)} ${alias} set ${free.map((c) => `${sql.quote(c)} = null`).join(', ')} from ${going.from} where ${where}`,
      )
    } else if (!path.includes(f.table)) {
      const child: Going = {
        table: f.table,
        alias,
        from: `${going.from} join ${sql.table(f.table)} ${alias} on ${agree}`,
        where: `${going.where} and ${owned(f.table, alias, shapes, sql)}`,
        key: (c) => `${alias}.${sql.quote(c)}`,
      }
      out.push(...pointing(child, [...path, f.table], () => true, shapes, setting))
      out.push(`delete from ${sql.table(f.table)} ${alias} using ${going.from} where ${where}`)
    }
  }
  return out
}
