// A statement as words: in capitals, one blank between them, without comments, quotes of names and what texts hold.
import { type Manner, skipped } from '../split.ts'

/** What one ALTER TABLE does, action by action. */
export function actionsOf(words: string): string[] {
  const body = /^ALTER (?:IGNORE )?TABLE \S+ (.*)$/.exec(words)?.[1] ?? ''
  const actions = ['']
  let depth = 0
  for (const c of body) {
    if (c === '(') depth++
    if (c === ')') depth--
    if (c === ',' && depth === 0) actions.push('')
    else actions[actions.length - 1] += c
  }
  return actions.map((a) => a.trim())
}

export function wordsOf(sql: string, manner: Manner): string {
  let words = ''
  for (let i = 0; i < sql.length; ) {
    const past = skipped(sql, i, manner)
    if (past === i) words += sql[i++]
    else {
      words += inPlaceOf(sql.slice(i, past), manner)
      i = past
    }
  }
  return words.replace(/\s+/g, ' ').trim().toUpperCase()
}

function inPlaceOf(skippedText: string, { mysql = false }: Manner): string {
  const first = skippedText[0]
  if (first === '`' || (first === '"' && !mysql)) return skippedText.slice(1, -1).replace(/\s/g, '_')
  return first === "'" || first === '"' ? "''" : ' '
}
