// Rows into the workshop and out of it, as lines of COPY's text form; counted and digested on both sides on their way in.
import { postgres } from '../../dialects/postgres.ts'
import { broughtDiffers } from '../../errors/target.ts'
import { count } from '../../text.ts'
import type { Session } from '../database.ts'
import { Digest, digestAsked, lineForm } from '../lines.ts'
import type { Texts } from './engine.ts'

/** `table`: quoted and qualified. */
export async function copyRows(
  tx: Session,
  table: string,
  columns: readonly string[],
  rows: Iterable<Texts> | AsyncIterable<Texts>,
  shown: string,
): Promise<void> {
  const digest = new Digest()
  async function* lines(): AsyncGenerator<string> {
    for await (const row of rows) yield `${digest.line(row)}\n`
  }
  const names = columns.map(postgres.quote)
  await tx.copyIn(`copy ${table} (${names.join(', ')}) from stdin ${lineForm}`, lines())
  const asked = digestAsked(
    names.map((c) => `t.${c}::text`),
    table,
  )
  const { rows: here } = await tx.query(asked)
  const told = (rowCount: string, digest: string) => `${count(Number(rowCount))} rows, digest ${digest}`
  const is = here[0]!
  if (is['rows'] !== digest.rows || is['digest'] !== digest.sum)
    throw broughtDiffers({ table: shown, there: told(digest.rows, digest.sum), here: told(is['rows']!, is['digest']!) })
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
