// Text read as something stricter: what is not wholly in the declared form is refused.
import { daysOf, microsOf } from './calendar.ts'
import { type Decimal, decimalOf } from './decimal.ts'
import { lengthOf, trimmed } from './text.ts'

export interface NumberForm {
  readonly thousands?: string
  readonly decimal?: string
  readonly currency?: readonly string[]
}

/** A sign, the currency before or behind, whole groups of three, a point with digits behind it. */
export function readNumber(s: string, form: NumberForm): Decimal | undefined {
  if (lengthOf(s) > 200) return undefined
  const currencies = ['', ...(form.currency ?? [])]
  const readings = currencies.flatMap((before) => currencies.map((behind) => between(trimmed(s), before, behind)))
  return readings.map((r) => r && readDigits(r.rest, r.negative, form)).find((d) => d !== undefined)
}

/** '-£5', '£-5', '-5 £': what stands between the currencies, and one sign at most. */
function between(s: string, before: string, behind: string): { rest: string; negative: boolean } | undefined {
  const outer = signOf(s)
  let rest = outer.rest
  if (before) {
    if (!rest.startsWith(before)) return undefined
    rest = rest.slice(before.length).replace(/^[ \t\n\v\f\r\u00a0]+/, '')
  }
  const inner = signOf(rest)
  rest = inner.rest
  if (behind) {
    if (!rest.endsWith(behind)) return undefined
    rest = rest.slice(0, rest.length - behind.length).replace(/[ \t\n\v\f\r\u00a0]+$/, '')
  }
  if (outer.sign && inner.sign) return undefined
  return { rest, negative: (outer.sign || inner.sign) === '-' }
}

function signOf(s: string): { sign: string; rest: string } {
  const sign = /^[+-]/.exec(s)?.[0] ?? ''
  return { sign, rest: s.slice(sign.length) }
}

function readDigits(s: string, negative: boolean, form: NumberForm): Decimal | undefined {
  const parts = s.split(form.decimal ?? '.')
  const [before = '', behind] = parts
  if (parts.length > 2 || (behind !== undefined && !/^[0-9]+$/.test(behind))) return undefined
  const whole = ungrouped(before, form.thousands)
  if (whole === undefined || (whole === '' && behind === undefined)) return undefined
  return decimalOf(`${negative ? '-' : ''}${whole}${behind === undefined ? '' : `.${behind}`}`)
}

function ungrouped(s: string, separator: string | undefined): string | undefined {
  if (/^[0-9]*$/.test(s)) return s
  const [first = '', ...groups] = separator ? s.split(separator) : [s]
  if (!/^[0-9]{1,3}$/.test(first) || !groups.length || !groups.every((g) => /^[0-9]{3}$/.test(g))) return undefined
  return first + groups.join('')
}

const parts = /YYYY|HH24|MM|DD|MI|SS/g
const sizes: Record<string, RegExp> = { YYYY: /^[0-9]{4}/, SS: /^[0-9]{2}(?:\.[0-9]{1,6})?/ }

/** Text in just this form, as microseconds; undefined where it is not, or where there is no such time. */
export function readTime(s: string, format: string): bigint | undefined {
  const found = fields(s, format)
  if (!found) return undefined
  const n = (part: string, otherwise: number) =>
    found.has(part) ? Number(found.get(part)!.slice(0, part.startsWith('Y') ? 4 : 2)) : otherwise
  const micro = Number((found.get('SS')?.slice(3) ?? '').padEnd(6, '0'))
  const year = n('YYYY', 0)
  if (year === 0) return undefined
  return microsOf(daysOf(year, n('MM', 0), n('DD', 0)), { hour: n('HH24', 0), minute: n('MI', 0), second: n('SS', 0), micro })
}

function fields(s: string, format: string): Map<string, string> | undefined {
  const found = new Map<string, string>()
  let rest = s
  let from = 0
  for (const match of [...format.matchAll(parts), undefined]) {
    const literal = format.slice(from, match?.index)
    if (!rest.startsWith(literal)) return undefined
    rest = rest.slice(literal.length)
    if (!match) break
    const taken = (sizes[match[0]] ?? /^[0-9]{2}/).exec(rest)?.[0]
    if (taken === undefined) return undefined
    found.set(match[0], taken)
    rest = rest.slice(taken.length)
    from = match.index + match[0].length
  }
  return rest === '' ? found : undefined
}

/** 32 hex digits; a hyphen may stand after each four, braces around all. */
export function readUuid(s: string): string | undefined {
  const inner = /^\{(.*)\}$/s.exec(s)?.[1] ?? s
  if (!/^[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}$/.test(inner)) return undefined
  const hex = inner.replaceAll('-', '').toLowerCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
