// From keys of one kind to those of the other, both as text: by the pairs, which are whole before anything is written.
import { literal } from '../../words.ts'
import { pairsOf } from '../keys.ts'

export interface Way {
  readonly to: 'new' | 'old'
  /** What a key that it goes from looks like. */
  readonly like: string
  /** Null where there is no such key. */
  key(target: string, text: string): string
  /** Whether the value had this key as text, when it had old ones: numbers in JSON stand there in either form. */
  wasText(key: string): string
}

/** Of which table it is the key, another column says. Null where it is none. */
export const keyOfOne = (targets: readonly string[], way: Way, target: string, text: string): string =>
  `case ${target} ${targets.map((id) => `when ${literal(id)} then ${way.key(id, text)}`).join(' ')} end`

export const pairs = (target: string): string => pairsOf({ id: target, ids: 'derived', keep: undefined, also: [] })

/** As a database writes it, and no longer than it can be: `007` is another word than `7`. */
export const number = '(0|-?[1-9][0-9]{0,17})'
export const uuid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'

export const forward: Way = {
  to: 'new',
  like: number,
  key: (target, text) =>
    `(select godwit_pair.new_key::text from ${pairs(target)} godwit_pair where godwit_pair.old_key = case when ${text} ~ '^${number}$' then (${text})::bigint end)`,
  wasText: () => 'false',
}

/** `was`: the value with old keys, as jsonb. */
export const backward = (was: string): Way => ({
  to: 'old',
  like: uuid,
  key: (target, text) =>
    `(select godwit_pair.old_key::text from ${pairs(target)} godwit_pair where godwit_pair.new_key = case when ${text} ~ '^${uuid}$' then (${text})::uuid end)`,
  wasText: (key) => `coalesce(jsonb_path_exists(${was}, 'strict $.** ? (@ == $k)', jsonb_build_object('k', ${key}), true), false)`,
})
