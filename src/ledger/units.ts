// What a run has committed, unit by unit.
import type { Session } from '../databases/database.ts'

export const hasWritten = async (session: Session, run: number): Promise<boolean> =>
  (await session.query('select exists (select 1 from godwit.unit where run = $1)::text as wrote', [run])).rows[0]!['wrote'] === 'true'
