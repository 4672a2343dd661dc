// Where in a document: `$.user_id`, `$.items[*].users[*].id`, `$.*.owner`, `$."user id"`, and `.json()` where a text is a document of its own.
import { specWrong } from '../../../../errors/plan.ts'
import { literal, quote } from '../../words.ts'

export type PathStep = { readonly key: string } | 'elements' | 'members' | 'document'

const step = /\.json\(\)|\.\*|\[\*\]|\.([\p{L}_][\p{L}\p{N}_$]*)|\."((?:[^"\\])+)"/uy

export function stepsIn(path: string, at: string | undefined): readonly PathStep[] {
  const steps: PathStep[] = []
  step.lastIndex = 1
  for (let m = path.startsWith('$') ? step.exec(path) : null; m; m = step.exec(path)) {
    steps.push(m[0] === '.json()' ? 'document' : m[0] === '.*' ? 'members' : m[0] === '[*]' ? 'elements' : { key: (m[1] ?? m[2])! })
    if (step.lastIndex === path.length) return steps
  }
  if (path === '$') return []
  throw specWrong({
    problems: [
      {
        code: 'GW_REFERENCE_PATH',
        message: `${path} is no path into a document.`,
        at,
        hint: 'It begins with $ and goes on with .name, ."any name", [*] for each element, .* for each member, .json() for a document within a text.',
      },
    ],
  })
}

/** A document with what stands at the path made anew; where it is of another shape it stays as it is. */
export function rewrittenAt(document: string, steps: readonly PathStep[], leaf: (value: string) => string, depth = 0): string {
  const [first, ...rest] = steps
  if (first === undefined) return leaf(document)
  const v = `v${depth}`
  const within = (value: string) => rewrittenAt(value, rest, leaf, depth + 1)
  return `(select ${into(first, v, within)} from (select ${document} as ${v}) x${depth})`
}

function into(step: PathStep, v: string, within: (value: string) => string): string {
  const when = (type: string, then: string) => `case when jsonb_typeof(${v}) = '${type}' then ${then} else ${v} end`
  if (step === 'elements')
    return when(
      'array',
      `(select coalesce(jsonb_agg(${within('e')} order by n), '[]') from jsonb_array_elements(${v}) with ordinality e_(e, n))`,
    )
  if (step === 'members')
    return when('object', `(select coalesce(jsonb_object_agg(k, ${within('e')}), '{}') from jsonb_each(${v}) e_(k, e))`)
  if (step === 'document') return when('string', `(select ${sameOrText(v, within('d'))} from (${parsed(v)}) d_(d))`)
  const key = literal(step.key)
  return `case when jsonb_typeof(${v}) = 'object' and ${v} ? ${key} then jsonb_set(${v}, array[${key}], ${within(`(${v} -> ${key})`)}) else ${v} end`
}

/** A document within a text is written anew only where a key in it is another: it may be spaced as somebody likes. */
const sameOrText = (v: string, made: string): string =>
  `case when d is null then ${v} else (select case when m = d then ${v} else to_jsonb(m::text) end from (select ${made} as m) m_) end`

const parsed = (v: string): string => `select case when godwit.is_valid(${v} #>> '{}', 'jsonb') then (${v} #>> '{}')::jsonb end`

/** What stands at the path, by the words that Postgres has for paths: a row source, and the name of its column. */
export function foundAt(
  document: string,
  steps: readonly PathStep[],
): { readonly from: string; readonly leaf: string; readonly texts: readonly string[] } {
  const stretches: PathStep[][] = [[]]
  for (const s of steps)
    if (s === 'document') stretches.push([])
    else stretches.at(-1)!.push(s)
  const from = [`jsonb_path_query(${document}, ${literal(jsonPath(stretches[0]!))}, '{}', true) p0(v)`]
  const texts: string[] = []
  for (const [i, stretch] of stretches.slice(1).entries()) {
    texts.push(`select p${i}.v::text from ${from.join(', ')} where jsonb_typeof(p${i}.v) = 'string'`)
    from.push(
      `lateral (${parsed(`p${i}.v`)}) d${i}(v)`,
      `lateral jsonb_path_query(d${i}.v, ${literal(jsonPath(stretch))}, '{}', true) p${i + 1}(v)`,
    )
  }
  return { from: from.join(', '), leaf: `p${stretches.length - 1}.v`, texts }
}

/** Strict, and each step only where it can be taken: or an element of another shape would end the search. */
const jsonPath = (steps: readonly PathStep[]): string =>
  `strict $${steps
    .map((s) => {
      if (s === 'elements') return ' ? (@.type() == "array")[*]'
      if (s === 'members') return ' ? (@.type() == "object").*'
      const key = typeof s === 'object' ? quote(s.key) : ''
      return ` ? (@.type() == "object" && exists (@.${key})).${key}`
    })
    .join('')}`
