// What is dangerous in MySQL and in SQLite alike.
import type { Form } from './judge.ts'

export const commonForms: readonly Form[] = [
  {
    rule: 'drop-table',
    categories: ['destructive', 'breaking'],
    message: 'its rows are lost, and what names it fails',
    when: /^DROP TABLE\b/,
  },
  {
    rule: 'drop-schema-database',
    categories: ['destructive', 'breaking'],
    message: 'all that is in it is lost',
    when: /^DROP (DATABASE|SCHEMA)\b/,
  },
  { rule: 'drop-view-function-trigger', categories: ['breaking'], message: 'what uses it fails, or is no longer done', when: dropped },
  {
    rule: 'drop-column',
    categories: ['destructive', 'breaking'],
    message: 'its values are lost, and what names it fails',
    when: /^ALTER TABLE .*\bDROP (?!(INDEX|KEY|PRIMARY|FOREIGN|CONSTRAINT|CHECK|PARTITION|DEFAULT|NOT)\b)(COLUMN )?\w/,
  },
  {
    rule: 'rename-table',
    categories: ['breaking'],
    message: 'programs that know the old name fail',
    when: renamed,
  },
  {
    rule: 'rename-column',
    categories: ['breaking'],
    message: 'programs that know the old name fail',
    when: /^ALTER TABLE .*\bRENAME COLUMN\b/,
  },
  {
    rule: 'unbounded-update',
    categories: ['data', 'lock-heavy'],
    message: 'every row is changed at once',
    when: (w) => /^UPDATE\b/.test(w) && !bounded(w),
  },
  {
    rule: 'unbounded-delete',
    categories: ['destructive', 'data'],
    message: 'all rows are lost',
    when: (w) => /^DELETE\b/.test(w) && !bounded(w),
  },
]

const toAnother = /^ALTER TABLE (\S+) RENAME (?!(?:INDEX|KEY|COLUMN) )(?:TO |AS )?([^\s,]+)$/

/** Unless another takes the name: in the same statement, or further down. */
function renamed(words: string, _: readonly string[], all: readonly string[]): boolean {
  const pairs = [...(/^RENAME TABLES? (.*)/.exec(words)?.[1] ?? '').matchAll(/(\S+) TO ([^\s,]+)/g)].map(([, from, to]) => ({ from, to }))
  const [, from, to] = toAnother.exec(words) ?? []
  if (from) pairs.push({ from, to })
  const here = all.indexOf(words)
  const taken = (name: string | undefined) =>
    pairs.some((p) => p.to === name) ||
    all
      .slice(here + 1)
      .some((w) => toAnother.exec(w)?.[2] === name || new RegExp(`^CREATE TABLE (IF NOT EXISTS )?${escaped(name)}( |\\(|$)`).test(w))
  const freed = (name: string | undefined) =>
    pairs.some((p) => p.from === name) || all.slice(0, here).some((w) => toAnother.exec(w)?.[1] === name)
  return pairs.some((p) => !taken(p.from) && !freed(p.to))
}

export const escaped = (name: string | undefined): string => (name ?? '').replace(/\W/g, '.')

/** Unless it is made again further down. */
function dropped(words: string, _: readonly string[], all: readonly string[]): boolean {
  const [, kind, name] = /^DROP (VIEW|FUNCTION|PROCEDURE|TRIGGER|EVENT) (?:IF EXISTS )?(\S+)/.exec(words) ?? []
  if (!kind || !name) return false
  const below = all.slice(all.indexOf(words) + 1)
  return !below.some((w) => w.startsWith('CREATE') && w.includes(`${kind} `) && w.split(/[\s(]/).includes(name))
}

const bounded = (words: string): boolean =>
  /\bLIMIT \d/.test(words) || (/\bWHERE\b/.test(words) && !/\bWHERE (1 ?= ?1|TRUE|1)$/.test(words))
