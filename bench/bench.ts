// What a benchmark is and what it gives: the same for all, so that one page can show them.
export interface Options {
  readonly rows: number
  readonly repeat: number
  readonly tables: number
  readonly scale: number
}

export interface Result {
  readonly name: string
  readonly wall_s: number
  /** Of all processes of the server, exited ones too; null where the server is not on this machine. */
  readonly server_cpu_s: number | null
  /** Peak of the process that drives, where it is one of its own. */
  readonly rss_mb: number | null
  /** Wall time as a part of that of the variant that all are held against. */
  readonly ratio: number | null
  readonly wal_mb?: number
  /** Of the tables with their indexes, afterwards. */
  readonly size_mb?: number
  readonly verify_s?: number
  readonly verify_cpu_s?: number
  /** What others felt meanwhile, from when their transactions were due. */
  readonly p50_ms?: number
  readonly p99_ms?: number
  readonly max_ms?: number
  /** Just before, with nobody beside them. */
  readonly calm_p99_ms?: number
  readonly calm_max_ms?: number
  /** Statements of theirs. */
  readonly failed?: number
  /** What must be known to read the line. */
  readonly note?: string
}

export interface Goal {
  readonly name: string
  readonly goal: string
  readonly measured: number | null
  readonly met: boolean | null
}

export interface Outcome {
  readonly bench: string
  readonly rows: number
  readonly results: readonly Result[]
  readonly goals: readonly Goal[]
  /** What could not be measured here, and why. */
  readonly absent?: readonly string[]
}

export interface Bench {
  readonly about: string
  readonly options: string
  run(options: Options, say: (line: string) => void): Promise<Outcome>
}

export const atMost = (name: string, most: number, measured: number | null): Goal => ({
  name,
  goal: `≤ ${most}`,
  measured: measured === null ? null : rounded(measured),
  met: measured === null ? null : measured <= most,
})

export const atLeast = (name: string, least: number, measured: number | null): Goal => ({
  name,
  goal: `≥ ${least}`,
  measured: measured === null ? null : rounded(measured),
  met: measured === null ? null : measured >= least,
})

export const rounded = (n: number): number => Number(n.toPrecision(4))

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
