// How the application may write what the database calls orders or order_lines.

const wordsOf = (name: string): string[] =>
  name
    .split(/_+|(?<=[a-z0-9])(?=[A-Z])/)
    .filter(Boolean)
    .map((w) => w.toLowerCase()) // prettier-ignore

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const singular = (word: string): string => {
  if (/(ss|us|is)$/.test(word)) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return /(ses|xes|ches|shes)$/.test(word) ? word.slice(0, -2) : word.replace(/s$/, '')
}

/** As it is, in camelCase, as a class, and in capitals. */
export function formsOf(name: string): string[] {
  const words = wordsOf(name)
  const joined = words.map(capital).join('')
  return [...new Set([name, words.join('_'), joined, joined.charAt(0).toLowerCase() + joined.slice(1), words.join('_').toUpperCase()])]
}

/** A class is named after one of the rows. */
export function formsOfTable(name: string): string[] {
  const words = wordsOf(name)
  const one = [...words.slice(0, -1), singular(words.at(-1) ?? '')].join('_')
  return [...new Set([...formsOf(name), ...formsOf(one)])]
}

const word = /[A-Za-z_]\w*/g

export const wordsIn = (text: string): Set<string> => new Set(text.match(word))

/** The line of the first of them, counted from 1. */
export function lineOf(text: string, forms: readonly string[]): number {
  const at = text.split('\n').findIndex((line) => (line.match(word) ?? []).some((w) => forms.includes(w)))
  return at + 1
}
