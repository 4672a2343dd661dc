// JSON made from values, and text taken out of it.
import { make, type Node, type Word } from '../node.ts'

export const jsonObjectWord: Word = {
  name: 'jsonObject',
  write: (node, w) => ({
    sql: w.sql.jsonObject((node.params['keys'] as string[]).map((k, i) => [k, w.value(node.args[i]!).sql])),
    type: { name: 'jsonb' },
    nullable: false,
  }),
}

export const jsonArrayWord: Word = {
  name: 'jsonArray',
  write: (node, w) => ({ sql: w.sql.jsonArray(node.args.map((a) => w.value(a).sql)), type: { name: 'jsonb' }, nullable: false }),
}

export const jsonTextWord: Word = {
  name: 'jsonText',
  write: (node, w) => ({
    sql: w.sql.jsonText(w.value(node.args[0]!).sql, node.params['path'] as string[]),
    type: { name: 'text' },
    nullable: true,
  }),
}

export const jsonObject = (entries: readonly (readonly [string, Node])[]): Node =>
  make(
    jsonObjectWord,
    entries.map(([, n]) => n),
    { keys: entries.map(([k]) => k) },
  )
export const jsonArray = (items: readonly Node[]): Node => make(jsonArrayWord, items)
export const jsonText = (of: Node, path: readonly string[]): Node => make(jsonTextWord, [of], { path })
