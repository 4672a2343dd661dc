// `-- godwit-lint-ignore RULE: why`, in front of a statement or within it. Without a reason it is an error.
import { lintIgnore } from '../errors/lint.ts'
import { didYouMean } from '../text.ts'
import type { Finding } from './judge.ts'
import { places } from './place.ts'
import { rules } from './rules/index.ts'

interface Ignored {
  readonly rule: string
  readonly at: number
}

export const knownRules: readonly string[] = rules.map((r) => r.id)

const comment = /^[^\S\n]*--[^\S\n]*godwit-lint-ignore\b[^\S\n]*([\w-]*)[^\S\n]*:?[^\S\n]*(.*)$/gm

export function ignoredIn(sql: string, file: string, alsoKnown: readonly string[] = []): Ignored[] {
  const place = places(sql)
  return [...sql.matchAll(comment)].map((found) => {
    const [, rule = '', why = ''] = found
    const wrong = (text: string) => lintIgnore({ at: `${file}:${place(found.index).line}`, why: text })
    const known = [...knownRules, ...alsoKnown]
    const unknown = unknownRule(rule, known)
    if (unknown) throw wrong(unknown)
    if (why.trim() === '') throw wrong(`${rule} is ignored without a reason`)
    return { rule, at: found.index }
  })
}

export function unknownRule(rule: string, known: readonly string[]): string | undefined {
  const near = didYouMean(rule, known)
  return known.includes(rule) ? undefined : `there is no rule '${rule}'${near ? `; did you mean ${near}?` : ''}`
}

/** An ignore holds for the first statement that ends behind it. */
export function withoutIgnored(findings: readonly Finding[], ignored: readonly Ignored[], ends: readonly number[]): Finding[] {
  const meant = ignored.map(({ rule, at }) => `${rule} ${ends.find((end) => end > at)}`)
  return findings.filter((f) => !meant.includes(`${f.rule} ${f.to}`))
}
