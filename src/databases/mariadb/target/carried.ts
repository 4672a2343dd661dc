// How a column's values go between MariaDB and the workshop: how each is read, compared and written, by its declaration.
import { isInteger, type SqlType } from '../../../schema/type.ts'
import { doubleText, floatText } from '../../workshop/numbers.ts'

export interface Carried {
  /** As the workshop has it; undefined where it is no value of the type. */
  canonical(text: string): string | undefined
  /** SQL that gives the text. */
  read(column: string): string
  /** SQL: whether the column holds what the staged text says. */
  same(column: string, text: string): string
  /** SQL that makes the column's value of the staged text. */
  write(text: string): string
}

/** By the declaration alone: what a column promises, and nothing that its rows would tell. */
export function typeOf(declared: string): SqlType {
  const type = declared.toLowerCase()
  const args = /\((\d+)(?:,(\d+))?\)/.exec(type)
  if (/^bigint\b.*unsigned/.test(type)) return { name: 'numeric', precision: 20, scale: 0 }
  if (/^((tiny|small|medium|big)?int|year)\b/.test(type)) return { name: 'int8' }
  if (type.startsWith('bit')) return args?.[1] === '1' ? { name: 'bool' } : { name: 'numeric', precision: 20, scale: 0 }
  if (type.startsWith('decimal')) return { name: 'numeric', precision: Number(args![1]), scale: Number(args![2] ?? 0) }
  if (type.startsWith('double')) return { name: 'float8' }
  if (type.startsWith('float')) return { name: 'float4' }
  if (/blob|binary|geometry|point|polygon|linestring/.test(type)) return { name: 'bytea' }
  if (/^(var)?char/.test(type)) return { name: 'varchar', length: Number(args?.[1] ?? 1) }
  if (/^(datetime|timestamp)/.test(type)) return { name: 'timestamp' }
  if (type === 'date') return { name: 'date' }
  return type === 'uuid' ? { name: 'uuid' } : { name: 'text' }
}

const asIs = (text: string): string => text
const bytes = (sql: string): string => `cast(convert(${sql} using utf8mb4) as binary)`

const text: Carried = {
  canonical: (t) => (t.includes('\0') ? undefined : t),
  read: asIs,
  same: (c, s) => `${bytes(c)} <=> ${bytes(s)}`,
  write: asIs,
}

const cast = (type: string, read: Carried['read'] = asIs): Carried => ({
  canonical: asIs,
  read,
  same: (c, s) => `${read(c)} <=> cast(${s} as ${type})`,
  write: asIs,
})

/** Years and numbers that are shown with zeros in front are read as the numbers that they are. */
const plainly = (c: string): string => `(${c} + 0)`

const withoutZeros = (t: string): string => (t.includes('.') ? t.replace(/\.?0+$/, '') : t)
const isDate = (t: string): boolean => !/^0000|-00/.test(t)
const dated = (type: string): Carried => ({ ...cast(type), canonical: (t) => (isDate(t) ? withoutZeros(t) : undefined) })

const byType: Partial<Record<SqlType['name'], Carried>> = {
  float8: { ...cast('double'), canonical: (t) => doubleText(Number(t)) },
  float4: {
    canonical: (t) => floatText(Number(t)),
    // the server shows six digits of it
    read: (c) => `cast(${c} as double)`,
    same: (c, s) => `${c} <=> cast(${s} as float)`,
    write: asIs,
  },
  bytea: {
    canonical: asIs,
    read: (c) => `concat('\\x', lower(hex(${c})))`,
    same: (c, s) => `${c} <=> unhex(substr(${s}, 3))`,
    write: (s) => `unhex(substr(${s}, 3))`,
  },
  bool: {
    canonical: (t) => (t === '1' ? 'true' : t === '0' ? 'false' : undefined),
    read: plainly,
    same: (c, s) => `${plainly(c)} <=> (${s} = 'true')`,
    write: (s) => `(${s} = 'true')`,
  },
  date: dated('date'),
  timestamp: dated('datetime(6)'),
}

export function carriedBy(declared: string, type: SqlType): Carried {
  const given = declared.toLowerCase()
  if (type.name === 'text' && /blob|binary|geometry|point|polygon|linestring/.test(given)) return { ...text, read: byType.bytea!.read }
  if (type.name === 'text' && given.startsWith('time')) return { ...cast('time(6)'), canonical: withoutZeros }
  const found = byType[type.name]
  if (found) return found
  if (isInteger(type) && type.name !== 'numeric') return cast('signed', /zerofill|^year/.test(given) ? plainly : asIs)
  if (type.name !== 'numeric') return text
  const unsigned = type.scale === 0 && /unsigned|^bit/.test(given)
  const read = /zerofill|^bit/.test(given) ? plainly : asIs
  return unsigned
    ? { ...cast('unsigned', read), write: (s) => `cast(${s} as unsigned)` }
    : cast(`decimal(${type.precision},${type.scale})`, read)
}
