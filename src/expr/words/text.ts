// Words on text. None of them can fail.
import type { SqlType } from '../../schema/type.ts'
import { make, type Node, type Value, type Word, type Writer } from '../node.ts'

const text: SqlType = { name: 'text' }
const asText = (v: Value, w: Writer): string => w.sql.cast(v.sql, text)

/** A word of one text: `write` gives the SQL of the result from the SQL of the text. */
function onText(
  name: string,
  write: (sql: string, params: Record<string, unknown>, w: Writer) => string,
  type: SqlType = text,
  mayBeNull = false,
): Word {
  return {
    name,
    write(node, w) {
      const of = w.value(node.args[0]!)
      return { sql: write(asText(of, w), node.params, w), type, nullable: of.nullable || mayBeNull }
    },
  }
}

export const asTextWord = onText('asText', (sql) => sql)
export const trimWord = onText('trim', (sql, _, w) => w.sql.trim(sql))
export const lowerWord = onText('lower', (sql) => `lower(${sql})`)
export const upperWord = onText('upper', (sql) => `upper(${sql})`)
export const lengthWord = onText('length', (sql) => `length(${sql})`, { name: 'int4' })
export const blankToNullWord = onText('blankToNull', (sql, _, w) => `nullif(${w.sql.trim(sql)}, '')`, text, true)
export const replaceWord = onText('replace', (sql, p, w) => `replace(${sql}, ${w.sql.literal(p['from'])}, ${w.sql.literal(p['to'])})`)
export const withoutSuffixWord = onText('withoutSuffix', (sql, p, w) =>
  w.sql.replaceAll(sql, `${p['anyCase'] ? '(?i)' : ''}${escapePattern(p['suffix'] as string)}$`, ''),
)
export const padLeftWord = onText(
  'padLeft',
  (sql, p, w) => `case when length(${sql}) >= ${p['length']} then ${sql} else lpad(${sql}, ${p['length']}, ${w.sql.literal(p['by'])}) end`,
)
export const sliceWord = onText(
  'slice',
  (sql, p) => `substr(${sql}, ${Number(p['from']) + 1}${p['length'] === undefined ? '' : `, ${p['length']}`})`,
)
export const matchesWord = onText('matches', (sql, p, w) => w.sql.matches(sql, p['pattern'] as string), { name: 'bool' })

export const concatWord: Word = {
  name: 'concat',
  write(node, w) {
    const parts = node.args.map((a) => w.value(a))
    return { sql: `(${w.sql.concat(parts.map((p) => asText(p, w)))})`, type: text, nullable: parts.some((p) => p.nullable) }
  },
}

const escapePattern = (s: string): string => s.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')

export const onOne = (word: Word, of: Node, params: Record<string, unknown> = {}, at?: string): Node => make(word, [of], params, at)
export const concat = (parts: readonly Node[]): Node => make(concatWord, parts)
