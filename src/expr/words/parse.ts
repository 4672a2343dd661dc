// Text read as something stricter. What is not wholly in the declared form is refused, never bent into it.
import { isInteger, isText, type SqlType } from '../../schema/type.ts'
import { exact, exactly } from '../exact.ts'
import { make, type Node, type Value, type Word, type Writer } from '../node.ts'

export interface NumberForm {
  /** '1,234,567.50' too. Groups must be whole: '1,23' is refused. */
  readonly thousands?: ',' | '.' | ' ' | "'"
  readonly decimal?: '.' | ','
  /** Signs that may stand before or after: '£', 'EUR'. */
  readonly currency?: readonly string[]
}

const blanks = ' \t\n\r\f\v\u00a0'
const space = '[ \\t\\n\\r\\f\\v\u00a0]*'
const escaped = (s: string): string => s.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')

/** No exponent, no hex, no underscores, no digits but 0–9: what an accountant would call a number. */
export function numberPattern(form: NumberForm): string {
  const point = escaped(form.decimal ?? '.')
  const whole = form.thousands ? `([0-9]{1,3}(${escaped(form.thousands)}[0-9]{3})+|[0-9]+)` : '[0-9]+'
  const signs = form.currency?.length ? `(${form.currency.map(escaped).join('|')})` : undefined
  // one sign, before or behind the currency: -£5, £-5
  const before = signs ? `([+-]?(${signs}${space})?|${signs}${space}[+-])` : '[+-]?'
  const after = signs ? `(${space}${signs})?` : ''
  return `^${space}${before}(${whole}(${point}[0-9]+)?|${point}[0-9]+)${after}${space}$`
}

export const decimalWord: Word = {
  name: 'asDecimal',
  write(node, w) {
    const of = w.value(node.args[0]!)
    if (!isText(of.type)) return { sql: exactly(of, w.sql), type: exact, nullable: of.nullable }
    return readNumber(node, of, w)
  },
}

function readNumber(node: Node, given: Value, w: Writer): Value {
  const of = w.again(given)
  const form = node.params as NumberForm
  const raw = w.sql.cast(of.sql, { name: 'text' })
  const fits = `(length(${raw}) <= 200 and ${w.sql.matches(raw, numberPattern(form))})`
  if (w.checking) {
    w.refuse(`${of.sql} is not null and ${fits} is not true`, {
      code: 'CAST_NUMERIC',
      columns: w.columnsOf(node),
      at: node.at,
      says: 'is not a number in the declared form',
    })
    return reread(form, raw, of, w)
  }
  // the pattern has said what stands there; these can only be in places where they mean nothing
  const digits = w.sql.strike(
    withoutCurrency(form, raw, w),
    `${blanks}${form.thousands ?? ''}${(form.currency ?? []).join('').replace(/[0-9.,+-]/g, '')}`,
  )
  const plain = form.decimal === ',' ? `replace(${digits}, ',', '.')` : digits
  const value = w.once(`case when ${fits} then ${w.sql.cast(plain, exact)} end`, exact, true)
  w.refuse(`${of.sql} is not null and ${value.sql} is null`, {
    code: 'CAST_NUMERIC',
    columns: w.columnsOf(node),
    at: node.at,
    says: 'is not a number in the declared form',
  })
  return { ...value, nullable: of.nullable }
}

/** A sign with a point, a minus or a digit in it ('kr.', 'US-$') goes as a whole: its parts would be taken for the number's. */
function withoutCurrency(form: NumberForm, raw: string, w: Writer): string {
  const signs = form.currency ?? []
  if (!signs.some((s) => /[0-9.,+-]/.test(s))) return raw
  return longestFirst(signs).reduce((text, sign) => `replace(${text}, ${w.sql.literal(sign)}, '')`, raw)
}

const longestFirst = (signs: readonly string[]): string[] => signs.toSorted((a, b) => b.length - a.length)

/** For the check: signs, blanks and groups struck out one by one, and the database asked whether a number is left. */
function reread(form: NumberForm, raw: string, of: Value, w: Writer): Value {
  const struck = [...longestFirst(form.currency ?? []), ...(form.thousands ? [form.thousands] : [])].reduce(
    (t, piece) => `replace(${t}, ${w.sql.literal(piece)}, '')`,
    raw,
  )
  const plain = `translate(${struck}, ${w.sql.literal(`${form.decimal ?? '.'}${blanks}`)}, '.')`
  return { sql: `case when ${w.sql.isValid(plain, exact)} then ${w.sql.cast(plain, exact)} end`, type: exact, nullable: of.nullable }
}

export const integerWord: Word = {
  name: 'asInt',
  write(node, w) {
    const of = w.value(node.args[0]!)
    if (isInteger(of.type)) return of
    const number = isText(of.type) ? readNumber(node, of, w) : { ...of, sql: exactly(of, w.sql), type: exact }
    w.refuse(`${number.sql} <> trunc(${number.sql})`, {
      code: 'PRECISION_LOSS',
      columns: w.columnsOf(node),
      at: node.at,
      says: 'has a fraction, and a whole number is wanted',
    })
    // a whole number of any size: its column says how large it may be
    return {
      sql: `case when ${number.sql} = trunc(${number.sql}) then trunc(${number.sql}) end`,
      type: { name: 'numeric', precision: 1000, scale: 0 },
      nullable: of.nullable,
    }
  },
}

/** What a text that is valid must not be, all the same; or what a value that is no text would lose. */
interface More {
  readonly spelt?: (spelt: string, w: Writer) => string
  readonly given?: (given: string, type: SqlType, w: Writer) => string
  readonly code: string
  readonly says: string
}

/** Text that the database itself takes as this type, spelt in the declared form. */
function validated(name: string, code: string, type: SqlType, says: string, more?: More): Word {
  return {
    name,
    write(node, w) {
      const of = w.value(node.args[0]!)
      const alsoNot = (when: string) => {
        const { code: reason, says: why } = more!
        w.refuse(when, { code: reason, columns: w.columnsOf(node), at: node.at, says: why })
      }
      if (!isText(of.type)) {
        if (more?.given) alsoNot(more.given(of.sql, of.type, w))
        return { sql: w.sql.cast(of.sql, type), type, nullable: of.nullable }
      }
      const raw = w.sql.cast(of.sql, { name: 'text' })
      const { pattern, iso } = (node.params['form'] as Form | undefined) ?? { pattern: '', iso: '' }
      const text = pattern
        ? `(case when ${w.sql.matches(raw, pattern)} then ${iso ? `regexp_replace(${raw}, ${w.sql.literal(pattern)}, ${w.sql.literal(iso)})` : raw} end)`
        : raw
      const spelt = w.once(text, { name: 'text' }, true)
      const value = w.once(`case when ${w.sql.isValid(spelt.sql, type)} then ${w.sql.cast(spelt.sql, type)} end`, type, true)
      w.refuse(`${of.sql} is not null and ${value.sql} is null`, { code, columns: w.columnsOf(node), at: node.at, says })
      if (more?.spelt) alsoNot(`${value.sql} is not null and ${more.spelt(spelt.sql, w)}`)
      return { ...value, nullable: of.nullable }
    },
  }
}

const hasTime = {
  given: (given: string, type: SqlType, w: Writer) => `${w.sql.cast(w.sql.cast(given, { name: 'date' }), type)} <> ${given}`,
  code: 'PRECISION_LOSS',
  says: 'has a time of day, and a date is wanted',
}

/** Members are counted by their colons, outside of strings; jsonb has one less for each that came twice. */
function members(text: string, w: Writer): string {
  const bare = w.once(w.sql.replaceAll(text, '"(\\\\.|[^"\\\\])*"', ''), { name: 'text' }, true).sql
  return `length(${bare}) - length(replace(${bare}, ':', ''))`
}
const jsonb: SqlType = { name: 'jsonb' }
const hasTwins = {
  spelt: (spelt: string, w: Writer) => {
    const kept = w.sql.cast(`case when ${w.sql.isValid(spelt, jsonb)} then ${w.sql.cast(spelt, jsonb)} end`, { name: 'text' })
    return `${members(spelt, w)} <> ${members(kept, w)}`
  },
  code: 'JSON_KEY_TWICE',
  says: 'has a key twice in one object, and one of the two values would be lost',
}

interface Form {
  readonly pattern: string
  readonly iso: string
}

export const dateWord = validated('asDate', 'DATE_INVALID', { name: 'date' }, 'is not a date in the declared form', hasTime)
export const timestampWord = validated('asTimestamp', 'DATE_INVALID', { name: 'timestamp' }, 'is not a date and time in the declared form')
export const uuidWord = validated('asUuid', 'CAST_UUID', { name: 'uuid' }, 'is not a UUID')
export const jsonWord = validated('asJson', 'JSON_INVALID', { name: 'jsonb' }, 'is not JSON', hasTwins)

const parts: Record<string, string> = {
  YYYY: '([0-9]{4})',
  MM: '([0-9]{2})',
  DD: '([0-9]{2})',
  // 24:00 and a sixtieth second would be taken for another day's, or another minute's, beginning
  HH24: '([01][0-9]|2[0-3])',
  MI: '([0-5][0-9])',
  SS: '([0-5][0-9](?:\\.[0-9]{1,6})?)',
}

/** 'DD/MM/YYYY HH24:MI' → a pattern, and how its groups make ISO text. */
export function dateForm(format: string): Form {
  const order: string[] = []
  const pattern = format.replace(/YYYY|HH24|MM|DD|MI|SS|[\s\S]/g, (piece) => {
    if (!parts[piece]) return escaped(piece)
    order.push(piece)
    return parts[piece]
  })
  const at = (piece: string) => (order.includes(piece) ? `\\${order.indexOf(piece) + 1}` : undefined)
  const time = at('HH24') ? ` ${at('HH24')}:${at('MI') ?? '00'}:${at('SS') ?? '00'}` : ''
  return { pattern: `^${pattern}$`, iso: `${at('YYYY')}-${at('MM')}-${at('DD')}${time}` }
}

export const parse = (word: Word, of: Node, params: Record<string, unknown>, at?: string): Node => make(word, [of], params, at)
