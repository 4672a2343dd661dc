// Dates and times as microseconds since 1970, in the calendar that is reckoned backwards without end.

export type Moment = bigint | 'infinity' | '-infinity'

const day = 86_400_000_000n
const floorDiv = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

/** Days since 1970-01-01; a year before 1 is counted 0, −1, … Undefined where there is no such day. */
export function daysOf(year: number, month: number, date: number): bigint | undefined {
  if (month < 1 || month > 12 || date < 1 || date > daysIn(year, month)) return undefined
  const [y, m] = month <= 2 ? [year - 1, month + 9] : [year, month - 3]
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  return BigInt(
    era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + Math.floor((153 * m + 2) / 5) + date - 1 - 719_468,
  )
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const daysIn = (year: number, month: number): number => (month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)

function civil(days: bigint): { year: number; month: number; date: number } {
  const shifted = days + 719_468n
  const era = floorDiv(shifted, 146_097n)
  const ofEra = Number(shifted - era * 146_097n)
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const m = Math.floor((5 * ofYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  return { year: Number(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, date: ofYear - Math.floor((153 * m + 2) / 5) + 1 }
}

export interface Clock {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micro: number
}

/** Undefined where no clock shows it: 24:00 and a sixtieth second are no times. */
export function microsOf(days: bigint | undefined, clock: Clock = { hour: 0, minute: 0, second: 0, micro: 0 }): bigint | undefined {
  if (days === undefined || clock.hour > 23 || clock.minute > 59 || clock.second > 59) return undefined
  return days * day + BigInt(((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1000) * 1000n + BigInt(clock.micro)
}

export function dateText(at: Moment): string {
  if (typeof at === 'string') return at
  const { year, month, date } = civil(floorDiv(at, day))
  return year > 0 ? dashed(year, month, date) : `${dashed(1 - year, month, date)} BC`
}

const dashed = (year: number, month: number, date: number): string => `${pad(year, 4)}-${pad(month)}-${pad(date)}`
const pad = (n: number, length = 2): string => String(n).padStart(length, '0')

/** `between` stands between day and time, `zone` behind the time. */
export function timestampText(at: Moment, between = ' ', zone = ''): string {
  if (typeof at === 'string') return at
  const days = floorDiv(at, day)
  const { year, month, date } = civil(days)
  const time = `${clockText(at - days * day)}${zone}`
  return year > 0 ? `${dashed(year, month, date)}${between}${time}` : `${dashed(1 - year, month, date)}${between}${time} BC`
}

function clockText(micros: bigint): string {
  const seconds = Number(micros / 1_000_000n)
  const fraction = String(micros % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((n) => pad(n)).join(':')
  return fraction ? `${clock}.${fraction}` : clock
}

const isoPattern = /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:\+00(?::00)?)?)?( BC)?$/

/** What `dateText` and `timestampText` write, read again. */
export function momentOf(iso: string): Moment | undefined {
  if (iso === 'infinity' || iso === '-infinity') return iso
  const found = isoPattern.exec(iso)
  if (!found) return undefined
  const [year, month, date, hour, minute, second] = found.slice(1, 7).map((n) => Number(n ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const micro = Number((found[7] ?? '').padEnd(6, '0'))
  if (year === 0) return undefined
  return microsOf(daysOf(found[8] ? 1 - year : year, month, date), { hour, minute, second, micro })
}

export const startOfDay = (at: Moment): Moment => (typeof at === 'string' ? at : floorDiv(at, day) * day)
