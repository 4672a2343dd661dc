// UUIDs that a function of the database's own tells from the old key: what other systems have always told by the same rule (version 5 of a
// name in a namespace, for instance) goes on being told.
import type { Hands } from '../../../hands.ts'
import { tried } from '../../bound-to.ts'
import { literal, named, quote, short } from '../../words.ts'
import type { Giving, KeyKind } from './kind.ts'
import { keysByRule, paired } from './paired.ts'
import { byDefault, draws } from './uuids.ts'

export function ruled(giving: Giving): KeyKind {
  const by = named(giving.r.by!)
  const rule = { one: `${by}(n)`, all: (keys: string) => `select n, ${by}(n) from (${keys}) k` }
  return {
    ...paired(giving, { type: 'uuid', ...keysByRule(giving, rule), made: [], ...byDefault(giving, draws.v4) }),
    againstThere: (hands) => speaksAgainst(hands, giving, by),
  }
}

async function speaksAgainst(hands: Hands, { r, key, old }: Giving, by: string): Promise<readonly string[]> {
  const name = short(r.by!)
  const [found] = await hands.target.ask(
    `select count(*)::text as n, bool_and(provolatile = 'i' and prorettype = 'uuid'::regtype and not proretset)::text as fits from pg_proc where oid::regproc = to_regproc(${literal(by)})`,
  )
  if (found!['n'] === '0') return [`there is no function ${name}, or several of that name`]
  if (found!['fits'] !== 'true') return [`${name} is to be immutable and to give one uuid: the same key each time it is asked`]
  const keys = `select ${by}(${quote(key.column)}::${old.type}) as made from ${named(key.id)}`
  const reasons: string[] = []
  const asked = async () => {
    const [row] = await hands.schema.ask(
      `select count(*) filter (where made is null)::text as none, (count(made) - count(distinct made))::text as more from (${keys}) x`,
    )
    if (row!['none'] !== '0') reasons.push(`${name} gives no key to ${row!['none']} rows of ${short(key.id)}`)
    if (row!['more'] !== '0') reasons.push(`${name} gives the key of another row to ${row!['more']} rows of ${short(key.id)}`)
  }
  const refused = await tried(hands, asked, `${name} does not take a key of ${short(key.id)} as ${old.type}`)
  return [...refused, ...reasons]
}
