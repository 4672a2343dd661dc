// JSON: read by the language's own reader for what is JSON at all, and by the YAML parser, which JSON is a part of, for digits, lines and keys that stand twice.
import type { Value } from '../value.ts'
import { decimalText, type Format, firstReason, isPlaced, Malformed, nested, quoted, type Tree } from './format.ts'
import { yaml } from './yaml.ts'

export const json: Format = {
  name: 'JSON',
  dialects: [],
  comments: false,
  read(source) {
    try {
      JSON.parse(source)
    } catch (error) {
      throw new Malformed('is not JSON', lineIn(source, (error as Error).message))
    }
    return yaml.read(source, 'yaml-1.2').map((e) => ({ ...e, comment: [] }))
  },
  cannot: (_, value) => firstReason(value, cannotHold),
  write: (entries) => `${written(nested(entries), '')}\n`,
}

/** The reader's message quotes the file: only its position is taken. */
function lineIn(source: string, message: string): number | undefined {
  const at = /position (\d+)/.exec(message)?.[1]
  return at === undefined ? undefined : source.slice(0, Number(at)).split('\n').length
}

function cannotHold(value: Value): string | undefined {
  if (value.type === 'decimal') return /inf|nan/.test(value.text) ? 'has no infinity and no NaN' : undefined
  return /date|time|instant/.test(value.type) ? 'has no dates and no times' : undefined
}

function written(tree: Tree, indent: string): string {
  const inside = `${indent}  `
  const lines = [...tree].map(([name, node]) => `${inside}${quoted(name)}: ${isPlaced(node) ? flow(node.value) : written(node, inside)}`)
  return lines.length ? `{\n${lines.join(',\n')}\n${indent}}` : '{}'
}

function flow(value: Value): string {
  if (value.type === 'list') return `[${value.items.map(flow).join(', ')}]`
  if (value.type === 'map') return `{${[...value.fields].map(([k, v]) => `${quoted(k)}: ${flow(v)}`).join(', ')}}`
  if (value.type === 'decimal') return decimalText(value.text)
  if (value.type === 'text') return quoted(value.text)
  return value.type === 'null' || value.type === 'secret' ? 'null' : value.text
}
