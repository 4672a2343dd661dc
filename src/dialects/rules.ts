// Why a row does not go, numbered: a staged row carries the number, the ledger keeps what it means.
import type { Reason } from '../expr/node.ts'

export interface Rule extends Reason {
  readonly n: number
  readonly kind: 'refuse' | 'filter' | 'warn'
}

/** The source row is not there any more. */
export const gone = -1

export class RuleBook {
  readonly rules: Rule[] = []
  private readonly known = new Map<string, number>()

  number(kind: Rule['kind'], reason: Reason): number {
    const key = JSON.stringify([kind, reason.code, reason.columns, reason.at, reason.says])
    const there = this.known.get(key)
    if (there !== undefined) return there
    const n = this.rules.length + 1
    this.rules.push({ ...reason, n, kind })
    this.known.set(key, n)
    return n
  }

  of(kind: Rule['kind']): readonly number[] {
    return this.rules.filter((r) => r.kind === kind).map((r) => r.n)
  }
}
