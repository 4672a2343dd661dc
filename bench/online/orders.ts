// What an application does with orders: it reads one, or changes one and reads it.
import type { Transaction } from './load.ts'

/** Every row once before one comes a second time, in no order of where they stand. */
const rowFor = (n: number, rows: number): number => 1 + ((n * 7919) % rows)

export const transaction: Transaction = async (client, n, rows) => {
  const id = rowFor(n, rows)
  if (n % 2) return void (await client.query('select id, amount, note from orders where id = $1', [id]))
  await client.query('begin')
  await client.query('update orders set amount = amount + 1 where id = $1', [id])
  await client.query('select amount from orders where id = $1', [id])
  await client.query('commit')
}
