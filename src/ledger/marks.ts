// What a run has done: a mark for each step, and how it went.
import type { Session } from '../databases/database.ts'

export const isMarked = async (session: Session, run: number, step: string, pass: number): Promise<boolean> =>
  (await session.query('select 1 as one from godwit.mark where run = $1 and step = $2 and pass = $3', [run, step, pass])).rows.length > 0

export const markStep = (session: Session, run: number, step: string, pass: number, detail: object | null = null): Promise<unknown> =>
  session.query(
    'insert into godwit.mark (run, step, pass, detail) values ($1, $2, $3, $4::jsonb) on conflict (run, step, pass) do update set at = now(), detail = excluded.detail',
    [run, step, pass, detail === null ? null : JSON.stringify(detail)],
  )

/** Beside the mark of a step: what it had put out of sight is dropped, or was about to be. */
export const purgeOf = (step: string): string => `purged ${step}`
