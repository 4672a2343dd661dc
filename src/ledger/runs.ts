// Runs: one life of a migration, from the first row to the undo. It may pass over its source more than once.
import type { Session } from '../databases/database.ts'
import { contentWords, filesChanged } from '../errors/files.ts'
import { schemaDrifted } from '../errors/plan.ts'
import { halfUndone, planChanged } from '../errors/run.ts'
import { cutOver } from '../errors/steps.ts'
import type { Phase } from '../events/phase.ts'
import type { Facts, Plan } from '../plan/plan.ts'
import { diffSchemas } from '../schema/diff.ts'
import type { LiveSchema, LiveTable } from '../schema/schema.ts'
import { isCutOver } from './cutover.ts'
import { isMarked } from './marks.ts'

export interface OpenRun {
  readonly id: number
  readonly pass: number
  readonly resumed: boolean
  /** The rows of this pass are there and verified: what comes after them goes on. */
  readonly settled: boolean
}
export interface KnownRun {
  readonly id: number
  readonly plan: string
  readonly state: string
  readonly pass: number
  readonly facts: Facts
  readonly lines: Readonly<Record<string, string>>
  readonly tables: readonly LiveTable[]
  /** Steps of the run have changed the schema since it was planned: 'now' while what came of it has not been read yet. */
  readonly changed: 'now' | 'seen' | undefined
  /** Steps of contract among them: what the plan was made of is not all there any more, and is known as it was. */
  readonly contracted: boolean
  readonly startedAt: string
}

/** The run of a migration that has not been taken back. */
export async function liveRun(session: Session, migration: string): Promise<KnownRun | undefined> {
  const { rows } = await session.query(
    `select id::text as id, plan, state, pass::text as pass, plan_data::text as data, started_at::text as started from godwit.run where migration = $1 and state <> 'undone'`,
    [migration],
  )
  const r = rows[0]
  if (!r) return undefined
  const data = JSON.parse(r['data']!) as Pick<KnownRun, 'facts' | 'lines' | 'tables' | 'changed' | 'contracted'>
  return {
    id: Number(r['id']),
    plan: r['plan']!,
    state: r['state']!,
    pass: Number(r['pass']),
    facts: data.facts,
    lines: data.lines,
    tables: data.tables,
    changed: data.changed,
    contracted: data.contracted ?? false,
    startedAt: r['started']!,
  }
}

const tablesOf = (plan: Plan, schema: LiveSchema): LiveTable[] =>
  [...plan.writes, ...plan.reads].flatMap((id) => schema.tables.get(id) ?? [])

const dataOf = (plan: Plan): string =>
  JSON.stringify({ facts: plan.facts, lines: plan.lines, after: plan.after, tables: tablesOf(plan, plan.schema) })

/** In the transaction of a step that changes the schema: from here on the plan of a resumed run may look otherwise. */
export const schemaChanging = (tx: Session, run: number, phase: Phase): Promise<unknown> =>
  tx.query(`update godwit.run set plan_data = plan_data || $2::jsonb where id = $1`, [
    run,
    JSON.stringify({ changed: 'now', ...(phase === 'contract' ? { contracted: true } : {}) }),
  ])

/** What a step of ours has made of the schema; what is otherwise after this was somebody else. */
export const schemaSeen = (session: Session, run: number, plan: Plan, schema: LiveSchema): Promise<unknown> =>
  session.query(`update godwit.run set plan_data = plan_data || $2::jsonb where id = $1`, [
    run,
    JSON.stringify({ tables: tablesOf(plan, schema), changed: 'seen' }),
  ])

/** The run under way goes on; a complete one passes over its source again, unless only what follows the rows is left; else a new one begins. */
export async function openRun(
  session: Session,
  plan: Plan,
  about: { environment: string | undefined; settings: object; again?: boolean; to?: string | undefined },
): Promise<OpenRun> {
  const there = await liveRun(session, plan.migration)
  if (!there) {
    const { rows } = await session.query(
      `insert into godwit.run (migration, plan, state, environment, plan_data, settings) values ($1, $2, 'running', $3, $4::jsonb, $5::jsonb) returning id::text as id`,
      [plan.migration, plan.id, about.environment ?? null, dataOf(plan), JSON.stringify(about.settings)],
    )
    return { id: Number(rows[0]!['id']), pass: 1, resumed: false, settled: false }
  }
  if (there.state === 'undoing') throw halfUndone({ run: `r${there.id}` })
  // a pass that was verified is over, whatever the answer: the next one looks at all rows again
  const complete = await isComplete(session, there)
  const late = await isCutOver(session, there.id)
  if (late && about.again) throw cutOver({ run: `r${there.id}`, phase: about.to ?? 'verify' })
  if (!complete) refuseOtherContents(there, plan)
  // before anything was written, another plan is as good as this one
  if (there.plan !== plan.id && (await isMarked(session, there.id, 'baseline', 0))) refuseOtherPlan(there, plan, complete)
  const settled = late || (!about.again && there.plan === plan.id && (await isSettled(session, there)))
  const pass = complete && !settled ? there.pass + 1 : there.pass
  await session.query(
    `update godwit.run set state = 'running', pass = $2, plan = $3, plan_data = $4::jsonb, finished_at = null where id = $1`,
    [there.id, pass, plan.id, dataOf(plan)],
  )
  return { id: there.id, pass, resumed: !complete || settled, settled }
}

async function isSettled(session: Session, { id, pass, state }: KnownRun): Promise<boolean> {
  if (state === 'finished') return false
  const { rows } = await session.query(
    `select detail ->> 'verdict' as verdict from godwit.mark where run = $1 and step = 'verify' and pass = $2`,
    [id, pass],
  )
  return ['passed', 'nothing to verify'].includes(rows[0]?.['verdict'] ?? '')
}

/** Runs of migrations that say that they come after this one. */
export async function laterRuns(session: Session, migration: string): Promise<string[]> {
  const { rows } = await session.query(
    `select migration from godwit.run where state <> 'undone' and plan_data -> 'after' ? $1 order by id`,
    [migration],
  )
  return rows.map((r) => r['migration']!)
}

export const isComplete = async (session: Session, { id, state, pass }: KnownRun): Promise<boolean> =>
  state === 'finished' || (await isMarked(session, id, 'verify', pass))

/** Files that a run has read in part must be what they were. */
export function refuseOtherContents(there: KnownRun, plan: Plan): void {
  const changes = Object.entries(there.facts.contents ?? {}).flatMap(([id, before]) => {
    const now = plan.facts.contents?.[id] ?? []
    const names = new Set([...before, ...now].map((c) => c.name))
    return [...names].flatMap((file) => {
      const [was, is] = [before, now].map((all) => all.find((c) => c.name === file))
      return was?.sha256 === is?.sha256 ? [] : [{ file, was: contentWords(was), is: contentWords(is) }]
    })
  })
  if (changes.length) throw filesChanged({ changes, run: `r${there.id}` })
}

/** What the ledger keeps of a run can only be read by a plan with the same outputs. */
export function refuseOtherLedger(there: KnownRun, plan: Plan): void {
  const names = [...new Set([...Object.keys(there.lines), ...Object.keys(plan.lines)])].filter(
    (n) => n.endsWith(' ledger') && there.lines[n] !== plan.lines[n],
  )
  if (names.length)
    throw planChanged({
      run: `r${there.id}`,
      at: undefined,
      changes: names.map((n) => `${n.slice(0, -' ledger'.length)}: its outputs or their keys are not what they were`),
    })
}

/** A complete run may go on with other rules, as long as the ledger keeps the same things. */
function refuseOtherPlan(there: KnownRun, plan: Plan, complete: boolean): void {
  const names = [...new Set([...Object.keys(there.lines), ...Object.keys(plan.lines)])].filter((n) => there.lines[n] !== plan.lines[n])
  const structural = names.filter((n) => n.endsWith(' ledger'))
  if (complete && structural.length === 0) return
  const schema = there.changed === 'now' ? [] : differences(there, plan)
  // the migration is the same, and only its own steps have changed the schema that it meets
  if (there.changed && !schema.length && names.every((n) => n.endsWith(' statements'))) return
  if (schema.length) throw schemaDrifted({ differences: schema })
  const shown = names.filter((n) => !n.endsWith(' statements') && !n.endsWith(' ledger')).slice(0, 5)
  const step = plan.steps.find((s) => s.mapping && names.some((n) => n.startsWith(s.mapping!.shape.name)))
  throw planChanged({
    run: `r${there.id}`,
    at: step?.at,
    changes: shown.length
      ? shown.map((n) => change(n, there.lines[n], plan.lines[n]))
      : ['The statements are other ones: the schema of the database, or Godwit itself, has changed since.'],
  })
}

/** The schema may be what has changed, and not the migration. */
function differences(there: KnownRun, plan: Plan): string[] {
  const before = new Map(there.tables.map((t) => [t.id, t]))
  const now = new Map(
    [...before.keys()].flatMap((id) => {
      const t = plan.schema.tables.get(id)
      return t ? [[id, t] as const] : []
    }),
  )
  return diffSchemas({ ...plan.schema, tables: before }, { ...plan.schema, tables: now })
}

function change(name: string, was: string | undefined, is: string | undefined): string {
  if (was === undefined) return `${name} is new`
  if (is === undefined) return `${name} is gone`
  const at = [...was].findIndex((c, i) => c !== is[i])
  const from = Math.max(0, at - 20)
  const piece = (s: string) => `${from ? '…' : ''}${s.slice(from, from + 60)}${s.length > from + 60 ? '…' : ''}`
  return `${name} is not what it was:  - ${piece(was)}  + ${piece(is)}`
}

export const setState = (session: Session, run: number, state: string): Promise<unknown> =>
  session.query(`update godwit.run set state = $2, finished_at = case when $2 in ('finished', 'undone') then now() end where id = $1`, [
    run,
    state,
  ])
