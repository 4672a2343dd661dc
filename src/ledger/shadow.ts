// Pairs and measures: how the old way and the new way went side by side, one line each.
import type { Session } from '../databases/database.ts'
import type { Plain } from '../steps/hands.ts'

export async function linesOf(session: Session, run: number, step: string): Promise<Plain[]> {
  const { rows } = await session.query('select body::text as body from godwit.shadow where run = $1 and step = $2 order by n', [run, step])
  return rows.map((r) => JSON.parse(r['body']!) as Plain)
}

export const addLine = (
  tx: Session,
  { run, step, at, line }: { readonly run: number; readonly step: string; readonly at: number; readonly line: Plain },
): Promise<unknown> =>
  tx.query(
    `insert into godwit.shadow (run, step, n, at, body)
     select $1::integer, $2::text, coalesce(max(n), 0) + 1, to_timestamp($3::numeric / 1000), $4::jsonb from godwit.shadow where run = $1::integer and step = $2::text`,
    [run, step, at, JSON.stringify(line)],
  )

/** By step, all lines of a run. */
export async function historiesOf(session: Session, run: number): Promise<Map<string, Plain[]>> {
  const { rows } = await session.query('select step, body::text as body from godwit.shadow where run = $1 order by step, n', [run])
  const lines = Map.groupBy(rows, (r) => r['step']!)
  return new Map([...lines].map(([step, all]) => [step, all.map((r) => JSON.parse(r['body']!) as Plain)]))
}
