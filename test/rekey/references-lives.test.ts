// The life of references that no foreign key tells of: broken off at each work, resumed, taken back.
import { expect } from 'vitest'
import { byType, inArray, inJson, inText, references, rekey } from '../../src/index.ts'
import { life } from '../support/life.ts'
import { setup } from './papers.ts'

const why = 'its schema is not changed beside others'

/** Of each kind one: in tables without a key, where rows stand twice, and in one with a key. */
const each = [
  inJson('paper.body', { '$.owner': 'person', '$.readers[*]': 'person', '$.readers[*].id': 'person' }),
  inText('line.words', { '\\muser:(\\d+)': 'person' }),
  inArray('line.tags', 'person'),
  byType('log.about', { type: 'kind', of: { person: 'person' }, keep: 'legacy_about' }),
]

life('keys in pairs of columns, documents, words and arrays', {
  setup: () => setup,
  not: { SQLite: why, MariaDB: why },
  of: ({ kind }) => kind.startsWith('references'),
  steps: () => {
    const [keys, refs] = [rekey('person'), references(each)]
    return { assess: keys.assess, expand: [...keys.expand, ...refs.expand], cutover: [...keys.cutover, ...refs.cutover] }
  },
  once: async (_, p) => {
    const met = async (sql: string) => Number((await p.sql(`select count(*) from (${sql}) x`))[0]![0])
    expect(await met(`select from paper join person p on p.id::text = body ->> 'owner'`)).toBe(4)
    expect(await met(`select from line join person p on words like '%user:' || p.id || '%'`)).toBe(4)
    expect(await met('select from line, unnest(tags) t join person p on p.id = t')).toBe(7)
    expect(await met(`select from log join person p on p.id = about and p._retired_id = legacy_about where kind = 'person'`)).toBe(18)
    expect(await met('select from godwit.awaited')).toBe(0)
  },
  timeoutMs: 1_800_000,
})
