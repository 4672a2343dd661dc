// Names as ActiveRecord makes them.

/** OrderLine is kept in order_lines. */
export function tableOfModel(model: string): string {
  const snake = model
    .replaceAll('::', '_')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
  return pluralOf(snake)
}

const irregular: Readonly<Record<string, string>> = { person: 'people', child: 'children', man: 'men', datum: 'data', medium: 'media' }
const same = /(series|species|news|equipment|information|money|data|media|people|children)$/

export function pluralOf(word: string): string {
  if (same.test(word)) return word
  const last = /[a-z\d]+$/i.exec(word)?.[0] ?? word
  if (irregular[last]) return word.slice(0, -last.length) + irregular[last]
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  if (word.endsWith('is')) return word.replace(/is$/, 'es')
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`
}

export const indexName = (table: string, columns: readonly string[]): string => `index_${table}_on_${columns.join('_and_')}`
