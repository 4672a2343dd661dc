// An index, beside everybody whatever the statement says.
import type { Node } from '../../../../lint/ast.ts'
import { columnsIn } from '../../../../lint/ast.ts'
import { index } from '../../index.ts'
import { besides, quote } from '../../words.ts'
import { onFresh } from '../as-it-is.ts'
import { type Compile, columnsOf, type Here, inExpand } from '../here.ts'
import type { Span } from '../wording.ts'

export const createIndex: Compile = (here) => {
  const { node, wording } = here
  here.refuseMaybe(node['if_not_exists'], 'IF NOT EXISTS')
  const id = here.table(node['relation'])
  if (here.isFresh(id) && !node['concurrent']) {
    const name = node['idxname'] === undefined ? [] : [`drop index if exists ${besides(id, node['idxname'])}`]
    return [inExpand([id], onFresh(here, name))]
  }
  if (node['options'] || node['tableSpace'] || node['nulls_not_distinct'] || !node['relation'].inh)
    here.refuse(
      'WITH, TABLESPACE, NULLS NOT DISTINCT and ONLY are not known here',
      'Leave them out, or build it by hand with CONCURRENTLY.',
    )
  const rest = { from: wording.behindName(node['relation'].location ?? 0), to: wording.end }
  const brackets = wording.inBrackets(rest)
  const on = wording.parts(brackets).map((part, i) => elementOf(here, node['indexParams'][i].IndexElem, part))
  const include = (node['indexIncludingParams'] ?? []).map((p: Node) => p['IndexElem'].name as string)
  const where = node['whereClause'] ? wording.cut(wording.after('where', rest)!) : undefined
  const columns = [...node['indexParams'], ...(node['indexIncludingParams'] ?? [])].flatMap((p) => p.IndexElem.name ?? columnsIn(p))
  return [
    inExpand(
      [...columnsOf(id, columns), `${id}.*`],
      index(id, on, {
        ...(node['idxname'] === undefined ? {} : { name: node['idxname'] }),
        ...(node['unique'] ? { unique: true } : {}),
        ...(node['accessMethod'] === undefined || node['accessMethod'] === 'btree' ? {} : { using: node['accessMethod'] }),
        ...(include.length ? { include } : {}),
        ...(where === undefined ? {} : { where }),
      }),
    ),
  ]
}

/** A column by its name; an expression in brackets; either with what follows it. */
function elementOf({ wording }: Here, element: Node, part: Span): string {
  const text = wording.cut(part)
  if (element['name'] !== undefined) {
    const rest = wording.cut({ from: wording.behindName(part.from), to: part.to })
    return rest ? `(${quote(element['name'])}) ${rest}` : element['name']
  }
  if (text.startsWith('(')) return text
  const behind = wording.behindCall(part.from)
  return `(${wording.cut({ from: part.from, to: behind })}) ${wording.cut({ from: behind, to: part.to })}`.trim()
}
