// Numbers with a fraction. SQLite writes fifteen or seventeen digits of them; here they get the shortest that give the same number back.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { numberText } from './text.ts'

/** As many as such a number can have, with sign, point and exponent. */
export const mostDigits = 32

const [comma, point, close] = [0x2c, 0x2e, 0x5d]

/** Those of the rows of a stretch, taken in their order. */
export class Fractions {
  private readonly statement: StatementSync | undefined
  private readonly width: number
  private values: readonly (readonly (number | null)[])[] = []
  /** The same as JSON: all digits in one text cost a quarter of a text for each number. */
  private json: Buffer = Buffer.alloc(0)
  private at = 0
  private row = 0
  private column = 0

  /** `columns`: those that may hold such numbers, quoted; `from`: the table, and where and how many of its rows. */
  constructor(db: DatabaseSync, columns: readonly string[], from: string) {
    const asked = columns.map((c) => `iif(typeof(${c}) = 'real', ${c}, null)`)
    this.width = columns.length
    this.statement = columns.length ? db.prepare(`select ${asked.join(', ')} ${from}`) : undefined
    this.statement?.setReturnArrays(true)
  }

  /** From here on for these rows. */
  read(first: bigint, rows: bigint): void {
    this.values = (this.statement?.all(first, rows) ?? []) as unknown as (number | null)[][]
    const json = JSON.stringify(this.values)
    if (json.length > this.json.length) this.json = Buffer.allocUnsafeSlow(2 * json.length)
    this.json.write(json, 'latin1')
    // behind the two brackets that open it
    this.at = 2
    this.row = 0
    this.column = 0
  }
  none(): void {
    this.values = []
  }

  /** Puts the next one of this row. Gives where it ends, or nothing where there is none. */
  put(bytes: Uint8Array, from: number): number | undefined {
    const values = this.values[this.row]
    if (!values) return undefined
    while (this.column < this.width && values[this.column] === null) this.skip()
    if (this.column === this.width) return undefined
    const { json } = this
    let hasPoint = false
    let to = from
    for (let byte = json[this.at]!; byte !== comma && byte !== close; byte = json[++this.at]!) {
      if (byte === point) hasPoint = true
      bytes[to++] = byte
    }
    this.at++
    const value = values[this.column++]!
    return hasPoint ? to : putText(bytes, from, numberText(value))
  }

  /** To the next row. Says whether there was none left in this one. */
  next(): boolean {
    const values = this.values[this.row]
    if (!values) return true
    let all = true
    while (this.column < this.width) {
      if (values[this.column] !== null) all = false
      this.skip()
    }
    // the comma and the bracket that opens the next
    this.at += 2
    this.row++
    this.column = 0
    return all
  }

  private skip(): void {
    while (this.json[this.at] !== comma && this.json[this.at] !== close) this.at++
    this.at++
    this.column++
  }
}

function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}
