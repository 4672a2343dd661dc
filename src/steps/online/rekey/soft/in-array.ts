// Arrays of keys: of numbers, which become arrays of UUIDs, or of texts.
import { idOf, literal } from '../../words.ts'
import { columnNamed, type Keeping, type Reference } from './reference.ts'

const ofWhole = /^(smallint|integer|bigint)\[\]$/
const ofText = /^(text|character varying(\(\d+\))?)\[\]$/

/** An array of one dimension. Where keys that no row has may be lost, their places in an array of UUIDs are empty. */
export function inArray(path: string, table: string, { keep, dangling }: Keeping = {}): Reference {
  const target = idOf(table)
  return {
    ...columnNamed(path),
    targets: [target],
    beside: [],
    named: [],
    keep,
    dangling: dangling ?? (keep === undefined ? 'refuse' : 'null'),
    says: { inArray: path, table, keep, dangling },
    becomes: (was) => (ofWhole.test(was) ? 'uuid[]' : ofText.test(was) ? was : undefined),
    rewritten: ({ value, type }, way) => {
      const key = way.key(target, 'e::text')
      const made = ofText.test(type) ? `coalesce(${key}, e)` : `(${key})::${way.to === 'new' ? 'uuid' : type.replace('[]', '')}`
      return `case when ${value} is not null then coalesce((select array_agg(${made} order by n) from unnest(${value}) with ordinality e_(e, n)), '{}') end`
    },
    places: ({ value }) =>
      `select ${literal(target)} as target, '[*]' as place, e as value from jsonb_array_elements_text(case when jsonb_typeof(${value}) = 'array' then ${value} else '[]' end) e where e is not null`,
    rest: ({ value }) => `array[case when jsonb_typeof(${value}) = 'array' then jsonb_array_length(${value})::text end]`,
  }
}
