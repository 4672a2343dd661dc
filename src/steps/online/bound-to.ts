// What a column is that no other can be in its place.
import type { Hands } from '../hands.ts'
import { literal, relation } from './words.ts'

export const boundTo = (id: string, column: string): string => {
  const number = `(select attnum from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)})`
  const of = `from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(column)}`
  return [
    `select 'its numbers come from a sequence of its own' as reason where exists (select ${of} and attidentity <> '') or exists (select from pg_depend where refobjid = ${relation(id)} and refobjsubid = ${number} and classid = 'pg_class'::regclass and deptype in ('a', 'i') and objid in (select oid from pg_class where relkind = 'S'))`,
    `select 'it is computed from others' where exists (select ${of} and attgenerated <> '')`,
    `select 'the table is partitioned, or has tables that inherit from it' where exists (select from pg_inherits where inhparent = ${relation(id)} or inhrelid = ${relation(id)})`,
  ].join(' union all ')
}

/** What the database refuses, as a reason; what went wrong otherwise goes on. */
export async function tried(hands: Hands, body: () => Promise<unknown>, what: string): Promise<readonly string[]> {
  try {
    await body()
    return []
  } catch (problem) {
    return [`${what}: ${refusedBy(hands, problem)}`]
  }
}

/** What Postgres has against a value or a definition, in its words; all else is a failure and goes on. */
export function refusedBy(hands: Hands, problem: unknown): string {
  const said = ofPostgres(problem)
  if (!said || !/^(22|23|42)/.test(said.sqlstate) || hands.signal.aborted) throw problem
  return said.message
}

/** As it was said: whoever runs statements may put words of his own around it. */
function ofPostgres(problem: unknown): { readonly sqlstate: string; readonly message: string } | undefined {
  if (!(problem instanceof Error)) return undefined
  return 'sqlstate' in problem ? (problem as Error & { sqlstate: string }) : ofPostgres(problem.cause)
}
