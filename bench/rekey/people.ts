// What an application does with people and what points at them: by words that stay what they are, whatever the keys are.
import type { Transaction } from '../online/load.ts'
import { parentsOf } from './graph.ts'

export const transaction: Transaction = async (client, n, rows) => {
  const email = `p${1 + ((n * 7919) % parentsOf(rows))}@x.test`
  await acts[n % acts.length]!(client, email, n)
}

type Act = (client: Parameters<Transaction>[0], email: string, n: number) => Promise<unknown>

const acts: readonly Act[] = [
  (client, email) =>
    client.query(
      'select p.email, b.email, count(x.id) from person p left join person b on b.id = p.boss_id left join purchase x on x.person_id = p.id where p.email = $1 group by 1, 2',
      [email],
    ),
  (client, email) =>
    client.query('insert into purchase (person_id, amount, note) select id, 1, $2 from person where email = $1', [email, 'beside']),
  (client, email) => client.query('select m.body from message m join person p on p.id = m.reader_id where p.email = $1', [email]),
  async (client, email, n) => {
    await client.query('begin')
    await client.query('insert into person (email, boss_id, created_at) select $1, id, now() from person where email = $2', [
      `new${n}@x.test`,
      email,
    ])
    await client.query('insert into visit (person_id, at, page) select id, now(), $2 from person where email = $1', [
      `new${n}@x.test`,
      '/new',
    ])
    await client.query('commit')
  },
]
