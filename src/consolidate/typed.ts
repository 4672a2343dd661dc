// Texts of files that know only texts, as what the migration says they are; and back.
import { exact, isWhole } from './number.ts'
import { hasPlaceholder } from './placeholders.ts'
import { isScalar, type ScalarType, text, type Value } from './value.ts'

const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?/
const boolean: Readonly<Record<string, string>> = {
  true: 'true',
  yes: 'true',
  on: 'true',
  '1': 'true',
  false: 'false',
  no: 'false',
  off: 'false',
  '0': 'false',
}

const forms: Readonly<Record<Exclude<ScalarType, 'text'>, (t: string) => string | undefined>> = {
  integer: (t) => (/^[+-]?\d+$/.test(t) ? String(BigInt(t.replace('+', ''))) : undefined),
  decimal: (t) => (exact(t) ? t.replace(/^\+/, '') : undefined),
  boolean: (t) => boolean[t.toLowerCase()],
  date: (t) => (/^\d{4}-\d{2}-\d{2}$/.test(t) ? t : undefined),
  time: (t) => (/^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(t) ? t : undefined),
  datetime: (t) => (moment.test(t) && !/(Z|[+-]\d{2}:\d{2})$/.test(t) ? t.replace(' ', 'T') : undefined),
  instant: (t) => (moment.test(t) && /(Z|[+-]\d{2}:\d{2})$/.test(t) ? t.replace(' ', 'T') : undefined),
}

/** The value that a text is; undefined where it is none of that type. A text with a ${NAME} in it stays one. */
export function typed(value: Value, as: ScalarType | undefined): Value | undefined {
  if (as === undefined || as === 'text' || value.type !== 'text' || hasPlaceholder(value.text)) return value
  const said = forms[as](value.text.trim())
  return said === undefined ? undefined : { type: as, text: said }
}

/** As a text, where the migration says what it is again when it is read. */
export function untyped(value: Value, as: ScalarType | undefined): Value {
  if (!isScalar(value) || value.type === 'text' || value.type !== as) return value
  const whole = value.type === 'decimal' && isWhole(exact(value.text) ?? { digits: 0n, places: 1 })
  return text(whole && !/[.e]/i.test(value.text) ? `${value.text}.0` : value.text)
}
