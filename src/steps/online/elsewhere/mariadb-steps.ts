// Rows of a MariaDB table changed a few at a time: so many keys a step, each step a transaction of its own that is over before anybody waits.
import { partsOf } from '../../engine-words.ts'
import type { Hands } from '../../hands.ts'
import { cut } from '../../retire/names.ts'
import { taken } from './carry-out.ts'
import type { Ask } from './engine.ts'
import { asRead, at, named, quote } from './mariadb-words.ts'

const rowsInStep = 500
/** So many steps go to the server together. */
const stepsTogether = 40
/** Seconds; a step that has not all of its rows by then gives them back, and is tried again. */
const patience = 0.4

export async function keyOf(ask: Ask, id: string): Promise<string[]> {
  const rows = await ask(
    `select column_name as its from information_schema.statistics where ${at(id)} and index_name = 'PRIMARY' order by seq_in_index`,
  )
  return rows.map((r) => r['its']!)
}

/** Moments that the server sets by itself with each change stay what they are. */
const keptOf = async (ask: Ask, id: string): Promise<string> => {
  const rows = await ask(`select column_name as its from information_schema.columns where ${at(id)} and extra like '%on update%'`)
  return rows.map((r) => `, t.${quote(r['its']!)} = t.${quote(r['its']!)}`).join('')
}

/** Where one key comes before another, said so that the index is used. */
function beyond(key: readonly string[], side: string, sign: '<' | '>', last: boolean): string {
  const t = (i: number) => `t.${quote(key[i]!)}`
  const exact = key.map((_, i) => {
    const same = key.slice(0, i).map((_k, j) => `${t(j)} = ${side}.godwit_k${j}`)
    const strict = i === key.length - 1 && last ? `${sign}=` : sign
    return `(${[...same, `${t(i)} ${strict} ${side}.godwit_k${i}`].join(' and ')})`
  })
  return `${t(0)} ${sign}= ${side}.godwit_k0 and (${exact.join(' or ')})`
}

/** `set`: `a = b + 1`, over the columns of the table. */
export async function fillInSteps(hands: Hands, id: string, set: string): Promise<void> {
  const { ask } = hands.target
  const { schema, name } = partsOf(id)
  const bounds = `${schema}.${cut(`godwit_steps_${name}`, 63)}`
  const [key, kept] = [await keyOf(ask, id), await keptOf(ask, id)]
  const keys = key.map((k, i) => `${quote(k)} as godwit_k${i}`).join(', ')
  await taken(hands, [
    [
      ...asRead[0],
      // nobody's rows are locked by looking at them
      'set session transaction isolation level read committed',
      `create or replace table ${named(bounds)} (godwit_n bigint not null primary key) select godwit_at div ${rowsInStep} as godwit_n, ${key.map((_, i) => `godwit_k${i}`).join(', ')} from (select ${keys}, row_number() over (order by ${key.map(quote).join(', ')}) as godwit_at from ${named(id)}) numbered where godwit_at mod ${rowsInStep} = 0`,
      'set session transaction isolation level repeatable read',
      ...asRead[1],
    ],
  ])
  const [row] = await ask(`select cast(count(*) as char) as n from ${named(bounds)}`)
  const steps = Array.from({ length: Number(row!['n']) + 1 }, (_, n) => {
    const low = n > 0 ? [`lo.godwit_n = ${n}`, beyond(key, 'lo', '>', false)] : []
    const high = n < Number(row!['n']) ? [`hi.godwit_n = ${n + 1}`, beyond(key, 'hi', '<', true)] : []
    const where = [...low, ...high]
    const from = [`${named(id)} t`, ...(low.length ? [`${named(bounds)} lo`] : []), ...(high.length ? [`${named(bounds)} hi`] : [])]
    return `set statement max_statement_time = ${patience} for update ${from.join(' join ')} set ${set}${kept}${where.length ? ` where ${where.join(' and ')}` : ''}`
  })
  for (let i = 0; i < steps.length; i += stepsTogether) {
    await taken(hands, [[...asRead[0], ...steps.slice(i, i + stepsTogether), ...asRead[1]]])
    hands.tell(`${Math.min(i + stepsTogether, steps.length)} of ${steps.length} steps of ${rowsInStep} rows`)
  }
  await taken(hands, [[`drop table ${named(bounds)}`]])
}
