// A file of SQL, judged: findings with their lines, less what is ignored for a reason.

import { runsInOne } from './directive.ts'
import { saysTheSame } from './edits.ts'
import { ignoredIn, withoutIgnored } from './ignore.ts'
import { type Asked, type Finding, type Judged, judging } from './judge.ts'
import { type Place, places } from './place.ts'
import { judgePlain, type PlainDialect } from './plain/judge.ts'
import type { Found } from './rule.ts'

export interface Reported extends Found, Place {
  readonly rule: string
  readonly dangerous: boolean
  readonly from: number
  readonly to: number
}

export interface LintedFile {
  readonly file: string
  readonly sql: string
  readonly statements: number
  readonly ignored: number
  readonly findings: readonly Reported[]
}

export interface Settings extends Omit<Asked, 'sql' | 'applied'> {
  /** Rules that are left alone in every file. */
  readonly ignored?: readonly string[]
  readonly dialect: PlainDialect | 'postgres'
}

export interface Given {
  readonly file: string
  readonly sql: string
  /** As it ran elsewhere; undefined where it did not, or nobody knows. */
  readonly applied?: string | undefined
}

/** What a file makes is there for those after it. One that ran already, and is as it was, is only there for those. */
export function lintFiles(files: readonly Given[], settings: Settings): LintedFile[] {
  const judge = judgeOf(settings)
  const judged = files.map((given) => ({ given, judged: judge(given) }))
  return judged.filter(({ given }) => !ran(given, settings)).map((one) => reported(one.given, one.judged, settings.ignored ?? []))
}

/** It ran already, and is as it was. */
export const ran = ({ sql, applied }: Given, { dialect }: Settings): boolean =>
  applied !== undefined && saysTheSame(sql, applied, { mysql: dialect === 'mysql' })

function reported({ file, sql }: Given, judged: Judged, everywhere: readonly string[]): LintedFile {
  const place = places(sql)
  const known = judged.findings.map((f) => f.rule)
  const kept = withoutIgnored(judged.findings, ignoredIn(sql, file, known), judged.ends).filter((f) => !everywhere.includes(f.rule))
  const findings = kept
    .map((f: Finding) => ({ ...f, ...place(f.from) }))
    .toSorted((a, b) => a.from - b.from || Number(b.dangerous) - Number(a.dangerous))
  return { file, sql, statements: judged.statements, ignored: judged.findings.length - kept.length, findings }
}

function judgeOf({ dialect, ...place }: Settings): (given: Given) => Judged {
  if (dialect === 'postgres') {
    const next = judging(place)
    return ({ sql, applied }) => next(sql, runsInOne(sql, place.inTransaction), applied)
  }
  const before = [...place.history]
  return ({ sql, applied }) => {
    const judged = judgePlain(dialect, sql, before, applied)
    before.push(sql)
    return judged
  }
}

export interface Totals {
  readonly files: number
  readonly statements: number
  readonly dangerous: number
  readonly caution: number
  readonly ignored: number
}

/** Statements, and not findings: one may be dangerous for several reasons. */
export function totals(files: readonly LintedFile[]): Totals {
  const count = (holds: (f: Reported) => boolean) =>
    new Set(files.flatMap((f) => f.findings.filter(holds).map((x) => `${f.file} ${x.from}`))).size
  const sum = (of: (f: LintedFile) => number) => files.reduce((n, f) => n + of(f), 0)
  return {
    files: files.length,
    statements: sum((f) => f.statements),
    dangerous: count((f) => f.dangerous),
    caution: count((f) => !f.dangerous),
    ignored: sum((f) => f.ignored),
  }
}
