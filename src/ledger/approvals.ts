// Who was asked what, and who said what to it: added, and never changed.
import type { Session } from '../databases/database.ts'
import type { Asked, Given } from '../steps/approval.ts'
import { audit } from './audit.ts'

/** An answer as it is kept, with all that it was about: a stranger can read it years later. */
export interface Answer extends Given {
  /** Used once. */
  readonly nonce: string
  readonly run: number
  readonly step: string
  /** The question's own id; null where no gate has asked. */
  readonly request: string | null
  readonly plan: string
  readonly question: string
  /** How many rows in quarantine were accepted. */
  readonly rows: number | null
  readonly signature: string | null
}

/** False where an answer with this nonce is there already. */
export async function recordAnswer(tx: Session, a: Answer, now: number): Promise<boolean> {
  const { rows } = await tx.query(
    `insert into godwit.approval (nonce, run, step, request, plan, question, verdict, person, roles, proof, at, note, rows, signature)
     values ($1, $2, $3, $4, $5, $6, $7, $8, array(select jsonb_array_elements_text($9::jsonb)), $10, to_timestamp($11::numeric / 1000), $12, $13, $14)
     on conflict (nonce) do nothing returning 1 as one`,
    [
      a.nonce,
      a.run,
      a.step,
      a.request,
      a.plan,
      a.question,
      a.verdict,
      a.person,
      JSON.stringify(a.roles),
      a.proof,
      a.at,
      a.note ?? null,
      a.rows,
      a.signature,
    ],
  )
  if (!rows.length) return false
  const { run, plan, nonce, step, question, proof, note, rows: accepted } = a
  const detail = {
    nonce,
    step,
    question,
    proof,
    roles: [...a.roles],
    ...(note === undefined ? {} : { note }),
    ...(accepted === null ? {} : { accepted }),
  }
  await audit(tx, [{ what: a.verdict, run, plan, who: a.person, detail }], now)
  return true
}

const columns = `person, to_json(roles)::text as roles, verdict, (extract(epoch from at) * 1000)::bigint::text as at, note, proof`

type Kept = Readonly<Record<string, string | null>>
const given = (r: Kept): Given => ({
  person: r['person']!,
  roles: JSON.parse(r['roles']!) as string[],
  verdict: r['verdict'] as Given['verdict'],
  at: Number(r['at']),
  note: r['note'] ?? undefined,
  proof: r['proof'] as Given['proof'],
})

/** In the order in which they were recorded. */
export async function answersTo(session: Session, request: string): Promise<Given[]> {
  const { rows } = await session.query(`select ${columns} from godwit.approval where request = $1 order by seq`, [request])
  return rows.map(given)
}

/** The last acceptance of quarantined rows under a plan. */
export async function acceptedRows(session: Session, run: number, plan: string): Promise<number> {
  const { rows } = await session.query(
    'select rows::text as rows from godwit.approval where run = $1 and plan = $2 and rows is not null order by seq desc limit 1',
    [run, plan],
  )
  return Number(rows[0]?.['rows'] ?? 0)
}

export interface OpenQuestion extends Asked {
  readonly step: string
}

/** Questions that a run has come to, and that its gates have not been opened for. */
export async function openQuestions(session: Session, run: number): Promise<OpenQuestion[]> {
  const { rows } = await session.query(
    `select m.step, m.body::text as body from godwit.memory m left join godwit.mark k on k.run = m.run and k.step = m.step and k.pass = 0
      where m.run = $1 and m.body ? 'request' and k.detail ->> 'plan' is distinct from m.body ->> 'plan' order by m.step`,
    [run],
  )
  return rows.map((r) => ({ ...(JSON.parse(r['body']!) as Asked), step: r['step']! }))
}

export interface AnsweredRun {
  readonly id: number
  readonly migration: string
  readonly plan: string
  readonly state: string
  readonly beganBy: string | undefined
}

/** A run that has not been taken back, by its number. */
export async function runNumbered(session: Session, run: string): Promise<AnsweredRun | undefined> {
  const number = /^r(\d{1,9})$/.exec(run)?.[1]
  if (number === undefined) return undefined
  const { rows } = await session.query(
    `select id::text as id, migration, plan, state, settings ->> 'by' as by from godwit.run where id = $1 and state <> 'undone'`,
    [number],
  )
  const r = rows[0]
  return r && { id: Number(r['id']), migration: r['migration']!, plan: r['plan']!, state: r['state']!, beganBy: r['by'] ?? undefined }
}

export async function beganBy(session: Session, run: number): Promise<string | undefined> {
  const { rows } = await session.query(`select settings ->> 'by' as by from godwit.run where id = $1`, [run])
  return rows[0]?.['by'] ?? undefined
}

/** Rows that wait and that nobody has waived. */
export async function waitingInQuarantine(session: Session, migration: string): Promise<number> {
  const { rows } = await session.query(`select count(*)::text as n from godwit.quarantine where migration = $1 and waived_at is null`, [
    migration,
  ])
  return Number(rows[0]!['n'])
}
