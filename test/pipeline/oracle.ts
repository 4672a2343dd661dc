// What the pipeline's migration should come to, worked out row by row in plain TypeScript, from the words of the specification and from
// nothing in src/ or in the example. Money is a whole number of cents; nothing is divided before the end.

type Text = string | null
export type Cells = Readonly<Record<string, Text>>

export interface Given {
  readonly tape: readonly Cells[]
  readonly exported: readonly Cells[]
  readonly snapshots: readonly Cells[]
}

export interface Expected {
  readonly loans: readonly Cells[]
  readonly payments: readonly Cells[]
  /** Payments that do not go, by row number, with the principal that stays behind. */
  readonly held: ReadonlyMap<string, bigint>
  readonly kpis: { readonly PAR30: string; readonly PAR90: string; readonly CollectionRate: string }
}

export function expectedOf({ tape, exported, snapshots }: Given): Expected {
  const loans = tape.map((row) => loanOf(row, snapshots))
  const names = new Set(tape.map((row) => row['loan_id']!))
  const isKnown = (row: Cells) => names.has(`${row['company']} - ${row['loan_ref']}`)
  const payments = exported.filter(isKnown).map(paymentOf)
  const held = new Map(exported.filter((row) => !isKnown(row)).map((row) => [row['row_no']!, cents(row['principal']!)!]))
  return { loans, payments, held, kpis: kpisOf(loans, payments) }
}

function loanOf(row: Cells, snapshots: readonly Cells[]): Cells {
  const [company, number] = row['loan_id']!.split(' - ')
  const seen = snapshots.find((s) => s['loan_id'] === row['loan_id'] && s['reporting_date'] === '2025-12-31')
  return {
    company: company!,
    loan_no: number!,
    customer_id: row['customer_id']!,
    principal: row['disburse_principal']!,
    outstanding: row['outstanding_balance']!,
    dpd: row['dpd']!,
    is_writeoff: seen?.['is_writeoff'] === 't' ? 't' : 'f',
    status: row['loan_status']!,
  }
}

const paymentOf = (row: Cells): Cells => ({
  payment_id: row['row_no']!,
  company: row['company']!,
  loan_no: row['loan_ref']!,
  paid_on: row['paid_on']!,
  ...Object.fromEntries(['principal', 'interest', 'fees', 'tax'].map((name) => [name, money(cents(row[name]!)!)])),
})

const form = /^(-?)(\d[\d,]*)(?:\.(\d+))?(?:E([+-]\d+))?$/

/** Cents of an exported amount, half a cent away from zero; nothing for the word null. */
export function cents(text: string): bigint | undefined {
  if (text === 'null') return undefined
  const found = form.exec(text)
  if (!found) throw new Error(`${text} is no amount`)
  const [, sign, whole, fraction = '', exponent = '0'] = found
  const digits = BigInt(whole!.replaceAll(',', '') + fraction)
  // how far the last digit stands behind the second place
  const beyond = fraction.length - Number(exponent) - 2
  const size = beyond <= 0 ? digits * 10n ** BigInt(-beyond) : rounded(digits, 10n ** BigInt(beyond))
  return sign === '-' ? -size : size
}

const rounded = (a: bigint, b: bigint): bigint => (2n * a + b) / (2n * b)

export function money(of: bigint): string {
  const text = String(of < 0n ? -of : of).padStart(3, '0')
  return `${of < 0n ? '-' : ''}${text.slice(0, -2)}.${text.slice(-2)}`
}

/** Of some column of some rows, in cents. */
export const sum = (rows: readonly Cells[], column: string): bigint => rows.reduce((total, row) => total + cents(row[column]!)!, 0n)

/** Ten places, cut: more than anybody rounds to. CollectionRate is rounded to two, as its second definition says. */
function kpisOf(loans: readonly Cells[], payments: readonly Cells[]): Expected['kpis'] {
  const live = loans.filter((l) => l['is_writeoff'] === 'f')
  const late = (days: number) => live.filter((l) => Number(l['dpd']) >= days)
  const part = (days: number) => places((sum(late(days), 'outstanding') * 100n * 10n ** 10n) / sum(live, 'outstanding'), 10)
  const rate = rounded(sum(payments, 'principal') * 100n * 100n, sum(loans, 'principal'))
  return { PAR30: part(30), PAR90: part(90), CollectionRate: places(rate, 2) }
}

function places(digits: bigint, n: number): string {
  const text = String(digits).padStart(n + 1, '0')
  return `${text.slice(0, -n)}.${text.slice(-n)}`
}

/** principal − paid = outstanding: the loans of which it is not true. */
export function identityBroken({ loans, payments }: Pick<Expected, 'loans' | 'payments'>): string[] {
  const paid = new Map<string, bigint>()
  const name = (row: Cells) => `${row['company']} - ${row['loan_no']}`
  for (const p of payments) paid.set(name(p), (paid.get(name(p)) ?? 0n) + cents(p['principal']!)!)
  return loans.filter((l) => cents(l['principal']!)! - (paid.get(name(l)) ?? 0n) !== cents(l['outstanding']!)!).map(name)
}

/** Rows that are missing, too many or other, in words. */
export function differences(should: readonly Cells[], are: readonly Cells[]): string[] {
  const said = (row: Cells) =>
    Object.entries(row)
      .map(([k, v]) => `${k} ${v}`)
      .join(', ')
  const [left, right] = [new Set(should.map(said)), new Set(are.map(said))]
  const twice = are.length === right.size ? [] : [`${are.length - right.size} rows are there more than once`]
  return [
    ...[...left].filter((row) => !right.has(row)).map((row) => `missing: ${row}`),
    ...[...right].filter((row) => !left.has(row)).map((row) => `too many: ${row}`),
    ...twice,
  ]
}
