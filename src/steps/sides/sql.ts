// A query: rows of names and values, one row of values, or rows by their key.
import { outputOfRows } from '../../shadow/output.ts'
import { placed, ranBy, type Side } from './side.ts'

export interface SqlSide {
  readonly sql: string
  /** A source, by its name; left out, the target. */
  readonly of?: string
}

export function sqlSide({ sql, of }: SqlSide): Side {
  const plain = sql.replace(/\s+/g, ' ').trim()
  const by = `sql ${of ?? ''} ${plain.toLowerCase()}`
  return {
    says: of === undefined ? 'SQL' : `SQL of ${of}`,
    by,
    params: { sql: plain, of: of ?? null },
    ...(/\bfrom\b/i.test(sql) ? {} : { vacuous: `it asks no table: ${plain}` }),
    run: (asked) =>
      ranBy(by, asked, async () => {
        const { target, source } = asked.hands
        const text = placed(sql, asked)
        return { output: outputOfRows(await (of === undefined ? target : source(of)).ask(text), asked.told) }
      }),
  }
}
