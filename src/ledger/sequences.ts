// Numbers set aside in a sequence: with our own record of it in one transaction, so that a crash loses neither.
import type { Session } from '../databases/database.ts'
import { sequenceUnusable } from '../errors/run.ts'

/** The first of `n` numbers that nobody else will be given. Must run inside a transaction. */
export async function setAside(
  tx: Session,
  run: number,
  sequence: string,
  n: bigint,
  taken: { table: string; column: string },
): Promise<bigint> {
  const { rows: facts } = await tx.query(
    `select s.seqincrement::text as step, s.seqmax::text as most, format_type(s.seqtypid, null) as type from pg_sequence s where s.seqrelid = $1::regclass`,
    [sequence],
  )
  const { step, most } = facts[0]!
  if (BigInt(step!) < 0n) throw sequenceUnusable({ sequence, why: 'it counts downwards', hint: 'Map the key yourself.' })
  // ALTER holds off nextval until we commit; a plain read could be overtaken before setval
  await tx.query(`alter sequence ${sequence} increment by ${step}`)
  const { rows } = await tx.query(
    `select last_value::text as last, is_called::text as called, (select coalesce(max(${taken.column}), 0)::text from ${taken.table}) as greatest from ${sequence}`,
  )
  const { last, called, greatest } = rows[0]!
  const next = called === 'true' ? BigInt(last!) + BigInt(step!) : BigInt(last!)
  // rows with ids of their own choosing may stand above a sequence that was left behind
  const first = next > BigInt(greatest!) ? next : BigInt(greatest!) + 1n
  const after = first + n
  if (after > BigInt(most!))
    throw sequenceUnusable({
      sequence,
      why: `it ends at ${most}, and ${n} numbers from ${first} on are wanted`,
      hint: 'Widen the key and its sequence to bigint first.',
    })
  await tx.query(
    // where others have drawn since we set numbers aside last, the sequence must not go back behind what they were given
    `insert into godwit.sequence as s (run, sequence, last_value, is_called, left_at) values ($1, $2, $3, $4, $5) on conflict (run, sequence) do update set left_at = excluded.left_at,
      last_value = case when not excluded.is_called and excluded.last_value = s.left_at then s.last_value else excluded.last_value end,
      is_called = case when not excluded.is_called and excluded.last_value = s.left_at then s.is_called else excluded.is_called end`,
    [run, sequence, last!, called!, String(after)],
  )
  await tx.query(`alter sequence ${sequence} restart with ${after}`)
  return first
}

/** Sequences go back to where they stood, unless somebody has drawn from them since. */
export async function giveBack(tx: Session, run: number): Promise<void> {
  const { rows } = await tx.query(
    'select sequence, last_value::text as last, is_called::text as called, left_at::text as left_at from godwit.sequence where run = $1',
    [run],
  )
  for (const r of rows) {
    const now = (await tx.query(`select last_value::text as last, is_called::text as called from ${r['sequence']}`)).rows[0]!
    if (now['called'] !== 'false' || now['last'] !== r['left_at']) continue
    const step = (await tx.query(`select seqincrement::text as step from pg_sequence where seqrelid = $1::regclass`, [r['sequence']!]))
      .rows[0]!['step']!
    await tx.query(`alter sequence ${r['sequence']} restart with ${r['called'] === 'true' ? BigInt(r['last']!) + BigInt(step) : r['last']}`)
  }
  await tx.query('delete from godwit.sequence where run = $1', [run])
}
