// What happens when a value goes into a column: kept exactly, or refused.
import { decimalOf, isWhole, order, rounded } from './decimal.ts'
import { canonicalJson } from './json.ts'
import { lengthOf } from './text.ts'
import { type Cell, text, textOf, type Value } from './value.ts'
import type { ColumnRule } from './world.ts'

export type Assigned = { readonly value: Cell } | { readonly refused: string }
const refused = (code: string): Assigned => ({ refused: code })

export function assign(cell: Cell, { type, nullable }: ColumnRule): Assigned {
  if (cell === null) return nullable ? { value: null } : refused('NULL_NOT_ALLOWED')
  switch (type.name) {
    case 'int2':
    case 'int4':
    case 'int8':
      return toInteger(cell, { int2: 15n, int4: 31n, int8: 63n }[type.name])
    case 'numeric':
      return toNumeric(cell, type.precision, type.scale ?? 0)
    case 'varchar':
    case 'char':
      return toText(cell, type.length, type.name === 'char')
    case 'enum':
      return type.labels.includes(textOf(cell)) ? { value: cell } : refused('ENUM_UNKNOWN')
    case 'timestamp':
      return { value: 'us' in cell ? { t: 'timestamp', us: cell.us } : cell }
    case 'jsonb':
      return { value: cell.t === 'json' ? { t: 'json', s: canonicalJson(cell.s)! } : cell }
    default:
      return { value: cell }
  }
}

function toInteger(cell: Value, bits: bigint): Assigned {
  if (cell.t !== 'number') return { value: cell }
  if (cell.n === 'NaN') return refused('OUT_OF_RANGE')
  if (!isWhole(cell.n)) return refused('PRECISION_LOSS')
  const n = rounded(cell.n, 0)
  return n.unscaled >= -(2n ** bits) && n.unscaled < 2n ** bits ? { value: { t: 'number', n } } : refused('OUT_OF_RANGE')
}

function toNumeric(cell: Value, precision: number | undefined, scale: number): Assigned {
  if (cell.t !== 'number' || precision === undefined || cell.n === 'NaN') return { value: cell }
  const n = rounded(cell.n, scale)
  if (order(n, cell.n) !== 0) return refused('PRECISION_LOSS')
  const limit = decimalOf(`1e${precision - scale}`)!
  const size = n.unscaled < 0n ? { ...n, unscaled: -n.unscaled } : n
  return order(size, limit) < 0 ? { value: { t: 'number', n } } : refused('OUT_OF_RANGE')
}

function toText(cell: Value, length: number | undefined, padded: boolean): Assigned {
  const s = textOf(cell)
  if (length === undefined) return { value: text(s) }
  if (lengthOf(s) > length) return refused('TOO_LONG')
  return { value: text(padded ? s + ' '.repeat(length - lengthOf(s)) : s) }
}
