// Rows into the workshop and out of it, as lines of COPY's text form; counted and digested on both sides on their way in.
import { postgres } from '../../dialects/postgres.ts'
import { broughtDiffers } from '../../errors/target.ts'
import { count } from '../../text.ts'
import type { Session } from '../database.ts'
import { copied, digestOf } from '../lines.ts'
import type { Texts } from './engine.ts'

/** `table`: quoted and qualified. */
export async function copyRows(
  tx: Session,
  table: string,
  columns: readonly string[],
  rows: Iterable<Texts> | AsyncIterable<Texts>,
  shown: string,
): Promise<void> {
  let n = 0n
  let sum = 0n
  async function* lines(): AsyncGenerator<string> {
    for await (const row of rows) {
      n++
      sum += digestOf(row)
      yield `${row.map(copied).join('\t')}\n`
    }
  }
  const names = columns.map(postgres.quote)
  await tx.copyIn(`copy ${table} (${names.join(', ')}) from stdin`, lines())
  const whole = names.map((c) => `coalesce(t.${c}::text, e'\\x01')`).join(` || e'\\x1f' || `)
  const { rows: here } = await tx.query(
    `select count(*)::text as n, coalesce(sum(('x' || substr(md5(${whole}), 1, 15))::bit(60)::bigint::numeric), 0)::text as sum from ${table} t`,
  )
  const told = (rowCount: string, digest: string) => `${count(Number(rowCount))} rows, digest ${digest}`
  if (here[0]!['n'] !== String(n) || here[0]!['sum'] !== String(sum))
    throw broughtDiffers({ table: shown, there: told(String(n), String(sum)), here: told(here[0]!['n']!, here[0]!['sum']!) })
}

const unescaped: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

const fieldOf = (text: string): string | null =>
  text === '\\N' ? null : text.includes('\\') ? text.replace(/\\(.)/gs, (_, c: string) => unescaped[c] ?? c) : text

/** The rows of a query whose columns are all texts. */
export async function* readRows(s: Session, query: string): AsyncGenerator<(string | null)[]> {
  for await (const block of s.copyOut(`copy (${query}) to stdout`)) {
    for (let at = 0; at < block.length; ) {
      const end = block.indexOf('\n', at)
      yield block.slice(at, end).split('\t').map(fieldOf)
      at = end + 1
    }
  }
}
