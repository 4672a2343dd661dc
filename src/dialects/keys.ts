// Target keys: of this very row, of another row of the source, of another mapping's row.

import { cannotPlan } from '../errors/plan.ts'
import type { Node, Slot, Value } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { comparable } from './comparable.ts'
import { keyText, type OutputShape, type Shape, stored } from './shape.ts'
import type { RowWriter } from './writer.ts'

/** A row's own keys: the one it should have, and the one that the ledger holds for it. */
export interface OwnKey {
  readonly wanted: readonly string[]
  readonly held: readonly string[]
}

export const sourceKey = (s: Shape, w: RowWriter): readonly string[] => s.key.map((k) => `s.${w.sql.quote(k.name)}`)

/** `$pool` stands for the first number of the stretch that this unit draws from. */
export const poolParameter = (o: OutputShape): string => `\0pool${o.index}`

export function ownKey(s: Shape, o: OutputShape, w: RowWriter, first: boolean): OwnKey {
  if (o.key.keying === 'reserved') return reserved(s, o, w)
  if (o.key.keying === 'grouped') throw new Error('a group has its key from the group ledger')
  // on the first pass no row holds a key, and the ledger need not be asked
  const held = first ? o.key.columns.map((c) => w.sql.cast('null', c.type)) : heldInLedger(s, o, w)
  if (o.key.keying === 'drawn') {
    const drawn = `coalesce(${held[0]}, ${poolParameter(o)} + ${first ? `row_number() over (order by ${sourceKey(s, w).join(', ')}) - 1` : placeAmongWanting(s, o, w)})`
    return { wanted: [w.once(w.sql.cast(drawn, o.key.columns[0]!.type), o.key.columns[0]!.type, false).sql], held }
  }
  if (o.key.keying === 'derived') {
    const parts = [w.sql.literal(s.name), w.sql.literal(o.output.name), ...sourceKey(s, w)].map((p) => w.sql.cast(p, { name: 'text' }))
    return { wanted: [w.once(w.sql.uuidOf(parts), { name: 'uuid' }, false).sql], held }
  }
  return { wanted: [], held }
}

/** Which of the rows that go and hold no number this one is: how the source is cut into units does not matter to that. */
function placeAmongWanting(s: Shape, o: OutputShape, w: RowWriter): string {
  const agree = (a: string) =>
    sourceKey(s, w)
      .map((k, j) => `${a}.k${j} = ${k}`)
      .join(' and ')
  const [place] = w.layers.join(
    (a) => `left join ${s.wants} ${a} on ${agree(a)}`,
    (a) => [`${a}.n${o.index}`],
  )
  return `coalesce(${place}, 0)`
}

function reserved(s: Shape, o: OutputShape, w: RowWriter): OwnKey {
  const key = sourceKey(s, w)[0]!
  const [sql] = w.layers.join(
    (a) => `left join ${s.extents} ${a} on ${key} between ${a}.lo and ${a}.hi`,
    (a) => [w.sql.cast(`${a}.b${o.index} + (${key} - ${a}.lo)`, o.key.columns[0]!.type)],
  )
  return { wanted: [sql!], held: [sql!] }
}

function heldInLedger(s: Shape, o: OutputShape, w: RowWriter): readonly string[] {
  const agree = (a: string) =>
    sourceKey(s, w)
      .map((k, j) => `${a}.k${j} = ${k}`)
      .join(' and ')
  return w.layers.join(
    (a) => `left join ${s.ledger} ${a} on ${agree(a)}`,
    (a) => o.key.columns.map((_, j) => `${a}.o${o.index}k${j}`),
  )
}

/** Does this node name the key of the row that is being mapped? */
export function isOwn(s: Shape, slot: Slot, node: Node): boolean {
  if (slot.mapping !== s.name) return false
  return (
    node.args.length === 0 ||
    (node.args.length === s.key.length && node.args.every((a, j) => isColumn(a) && a.params['name'] === s.key[j]!.name))
  )
}

export const unknownSlot = (slot: Slot, node: Node) =>
  cannotPlan({
    what: `keyOf ${slot.mapping || 'a mapping'}`,
    why: 'names an output of a mapping that is not part of this migration',
    hint: 'Put that mapping into the migration.',
    at: node.at,
  })

/** The key that an output has made of another source row. Where that row did not go, this one cannot either. */
export function keyElsewhere(
  slot: Slot,
  source: readonly Value[],
  node: Node,
  shapes: ReadonlyMap<string, Shape>,
  migration: string,
  w: RowWriter,
): Value {
  const s = shapes.get(slot.mapping)
  const o = s?.outputs.find((x) => x.output.name === slot.name)
  if (!s || !o) throw unknownSlot(slot, node)
  const type = o.key.columns[0]!.type
  const key = locate(s, o, source, w)
  const given = source.map((v) => `${v.sql} is not null`).join(' and ')
  const about = { columns: w.columnsOf(node), at: node.at, blockedBy: s.name }
  // a shared row is named by what its rows have in common, which need not be of their key's type
  const isKey = o.key.keying !== 'grouped'
  const text = keyText(source.map((v, j) => (isKey && s.key[j] ? w.sql.cast(v.sql, wide(s.key[j].type)) : v.sql)))
  const [blocked] = w.layers.join(
    (a) =>
      `left join godwit.quarantine ${a} on ${a}.migration = ${w.sql.literal(migration)} and ${a}.mapping = ${w.sql.literal(s.name)} and ${a}.key = ${text}`,
    (a) => [`${a}.key`],
  )
  w.refuse(`${given} and ${key} is null and ${blocked} is not null`, {
    ...about,
    code: 'PARENT_QUARANTINED',
    says: `waits for a row of ${s.name} that is in quarantine`,
  })
  w.refuse(`${given} and ${key} is null and ${blocked} is null`, {
    ...about,
    code: 'PARENT_MISSING',
    says: `is a row of ${s.name} that made no ${o.output.name}`,
  })
  return { sql: key, type, nullable: source.some((v) => v.nullable) }
}

const wide = (t: Shape['key'][number]['type']): Shape['key'][number]['type'] =>
  t.name === 'int2' || t.name === 'int4' || t.name === 'int8'
    ? { name: 'numeric' }
    : t.name === 'varchar' || t.name === 'char'
      ? { name: 'text' }
      : t

function locate(s: Shape, o: OutputShape, source: readonly Value[], w: RowWriter): string {
  if (o.key.keying === 'grouped') {
    const per = o.output.per!
    const agree = (a: string) => per.map((p, j) => comparable(`${a}.p${j}`, columnType(o, p), source[j]!, w.sql).join(' = ')).join(' and ')
    return w.layers.join(
      (a) => `left join ${o.groups} ${a} on ${agree(a)}`,
      (a) => [`${a}.t0`],
    )[0]!
  }
  if (stored(o)) {
    const agree = (a: string) => s.key.map((k, j) => comparable(`${a}.k${j}`, k.type, source[j]!, w.sql).join(' = ')).join(' and ')
    return w.layers.join(
      (a) => `left join ${s.ledger} ${a} on ${agree(a)}`,
      (a) => [`${a}.o${o.index}k0`],
    )[0]!
  }
  // computed, and there: a stretch of numbers says nothing of whether the row was made
  const value = w.sql.cast(source[0]!.sql, { name: 'numeric' })
  const [computed] = w.layers.join(
    (a) => `left join ${s.extents} ${a} on ${value} between ${a}.lo and ${a}.hi`,
    (a) => [w.sql.cast(`${a}.b${o.index} + (${value} - ${a}.lo)`, o.key.columns[0]!.type)],
  )
  const name = w.sql.quote(o.key.columns[0]!.name)
  return w.layers.join(
    (a) => `left join lateral (select t.${name} from ${w.sql.table(o.table.id)} t where t.${name} = ${computed} limit 1) ${a} on true`,
    (a) => [`${a}.${name}`],
  )[0]!
}

export const columnType = (o: OutputShape, name: string) =>
  (o.key.columns.find((c) => c.name === name) ?? o.columns.find((c) => c.column.name === name)!.column).type
