// What a try of one row tells: what would become of it, and of each output's columns.

interface TriedColumn {
  readonly column: string
  readonly value: string | null
  readonly from: readonly string[]
  readonly at: string | undefined
  readonly now?: string | null
}
export interface TriedOutput {
  readonly output: string
  readonly table: string
  readonly goes: boolean
  /** Columns of which one value makes one row, where several source rows share it. */
  readonly per: readonly string[] | undefined
  /** The key it has already, or undefined where it would get a new one. */
  readonly key: string | undefined
  readonly columns: readonly TriedColumn[]
}
export interface Told {
  readonly code: string
  readonly columns: readonly string[]
  readonly says: string
  readonly at: string | undefined
}
export interface Tried {
  readonly mapping: string
  readonly source: string
  readonly key: string
  readonly fate: 'migrated' | 'quarantined' | 'filtered'
  readonly reason: Told | undefined
  readonly warnings: readonly Told[]
  readonly row: Readonly<Record<string, string | null>>
  readonly outputs: readonly TriedOutput[]
}
