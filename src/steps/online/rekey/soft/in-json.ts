// Keys in documents: as a number, or as a text of digits, at the paths that are said.
import { origin } from '../../../../expr/origin.ts'
import { idOf, literal } from '../../words.ts'
import { foundAt, type PathStep, rewrittenAt, stepsIn } from './json-path.ts'
import { columnNamed, isText, type Reference } from './reference.ts'
import type { Way } from './way.ts'

interface At {
  readonly path: string
  readonly steps: readonly PathStep[]
  readonly target: string
}

/** Paths, and the table that a key there is of: `{ '$.assigned_to': 'users', '$.items[*].report_id': 'reports' }`. A text column that holds documents will do. */
export function inJson(path: string, of: Readonly<Record<string, string>>): Reference {
  const at = origin()
  const all: readonly At[] = Object.entries(of).map(([p, table]) => ({ path: p, steps: stepsIn(p, at), target: idOf(table) }))
  return {
    ...columnNamed(path),
    targets: [...new Set(all.map((a) => a.target))],
    beside: [],
    named: all.map((a) => a.path),
    keep: undefined,
    dangling: 'null',
    says: { inJson: path, of },
    becomes: (was) => (was === 'jsonb' || was === 'json' || isText(was) ? was : undefined),
    rewritten: ({ value, type }, way) => {
      const steps = (a: At): readonly PathStep[] => (isText(type) ? ['document', ...a.steps] : a.steps)
      const document = isText(type) ? `to_jsonb(${value}::text)` : `${value}::jsonb`
      const made = all.reduce((made, a) => rewrittenAt(made, steps(a), (v) => leaf(v, a.target, way)), document)
      if (isText(type)) return `(${made}) #>> '{}'`
      return type === 'jsonb' ? made : `(select case when m = ${value}::jsonb then ${value} else m::json end from (select ${made} as m) m_)`
    },
    places: ({ value, type }) =>
      all
        .map((a) => {
          const { from, leaf: v } = foundAt(value, isText(type) ? ['document', ...a.steps] : a.steps)
          return `select ${literal(a.target)} as target, ${literal(a.path)} as place, ${v} #>> '{}' as value from ${from} where jsonb_typeof(${v}) in ('number', 'string')`
        })
        .join(' union all '),
    rest: (spot) => restOf(spot.value, all, isText(spot.type)),
  }
}

const leaf = (value: string, target: string, way: Way): string => {
  const shape = way.to === 'new' ? 'to_jsonb(k)' : `case when ${way.wasText('k')} then to_jsonb(k) else to_jsonb(k::bigint) end`
  const text = `case when jsonb_typeof(l) in (${way.to === 'new' ? `'number', 'string'` : `'string'`}) then l #>> '{}' end`
  return `(select case when k is null then l else ${shape} end from (select l, ${way.key(target, 't')} as k from (select l, ${text} as t from (select ${value} as l) l0) l1) l2)`
}

/** Every node of the document but those, and texts that are documents with such in them. */
function restOf(document: string, all: readonly At[], asText: boolean): string {
  const node = `case jsonb_typeof(n) when 'object' then 'object of ' || (select count(*) from jsonb_object_keys(n)) when 'array' then 'array of ' || jsonb_array_length(n) else n::text end`
  const without = all.flatMap((a) => {
    const { from, leaf: v, texts } = foundAt(document, asText ? ['document', ...a.steps] : a.steps)
    return texts.length ? [] : [`except all select ${v}::text from ${from} where jsonb_typeof(${v}) in ('number', 'string')`]
  })
  const texts = [...new Set(all.flatMap((a) => foundAt(document, asText ? ['document', ...a.steps] : a.steps).texts))]
  return `(select array_agg(n order by n) from (select ${node} as n from jsonb_path_query(${document}, 'strict $.**', '{}', true) n ${[...without, ...texts.map((t) => `except all ${t}`)].join(' ')}) r)`
}
