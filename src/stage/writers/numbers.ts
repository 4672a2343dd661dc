// Numbers at the front of names, and those that come after them.

/** A moment, a date, or just a number: as many of its own kind further on. */
export function following(number: string, by: number): string {
  const moment = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number)?.slice(1).map(Number)
  if (moment && moment[1]! >= 1 && moment[1]! <= 12) {
    const [y, mo, d, h, mi, s] = moment as [number, number, number, number, number, number]
    return new Date(Date.UTC(y, mo - 1, d, h, mi, s + by)).toISOString().replace(/\D/g, '').slice(0, 14)
  }
  if (/^\d{4}-\d\d-\d\d$/.test(number)) return new Date(Date.parse(`${number}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
  return String(BigInt(number) + BigInt(by)).padStart(number.length, '0')
}
