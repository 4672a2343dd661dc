// The original order and the staged one, each on a scratch database of its own, with the same rows; and what differs at their ends.
import { withoutPsql } from '../lint/read.ts'
import { split } from '../lint/split.ts'
import { type Certificate, type Claim, isProved, type PhaseProof, sealOf } from './certificate.ts'
import { type Compared, compare, type Held, type Volatile, volatileIn } from './compare.ts'
import type { Engine, Manner, Scratch } from './engines/engine.ts'
import type { Orders, PhaseSteps } from './order.ts'
import type { Ran, Runner } from './runners/runner.ts'
import { walkProof } from './walk.ts'

export interface Proving {
  readonly format: string
  readonly orders: Orders
  readonly runners: { readonly original: Runner; readonly staged: Runner }
  readonly engine: Engine
  /** SQL that makes what is there before, in place of the migrations that did. */
  readonly schema?: string | undefined
  /** Rows as SQL, in place of those that are made up. */
  readonly sample?: string | undefined
  /** What the application does that runs now. */
  readonly smoke?: string | undefined
  readonly notes: readonly string[]
}

interface Began {
  readonly seeded: Scratch
  readonly one: Held
  readonly ran: Ran
  readonly rows: Certificate['rows']
  readonly notes: readonly string[]
}

class NotProved extends Error {
  readonly notes: readonly string[]
  constructor(why: string, notes: readonly string[] = []) {
    super(why)
    this.notes = notes
  }
}

export async function prove(proving: Proving): Promise<Certificate> {
  const { orders, runners } = proving
  let began: Began | undefined
  try {
    refuseUnread(orders, runners)
    const base = await baseOf(proving)
    began = await begin(proving, base)
    return await ended(proving, began)
  } catch (problem) {
    if (!(problem instanceof NotProved)) throw problem
    const claim: Claim = { claim: same, result: 'not proved', why: [problem.message] }
    return certificate(proving, began, { claims: [claim], phases: [], staged: 0, notes: problem.notes })
  }
}

const same = 'the staged order ends with the catalogue and the rows that the original order ends with'

/** What cannot be carried out would be left out of both orders, and prove nothing. */
function refuseUnread({ base, original }: Orders, runners: Proving['runners']): void {
  const found = [...base, ...original.steps].flatMap((s) => {
    const why = runners.original.cannot(s)
    return why === undefined ? [] : [`${s.id} cannot be carried out: ${why}`]
  })
  if (found.length) throw new NotProved(found[0]!, found.slice(1))
}

async function baseOf({ engine, orders, runners, schema }: Proving): Promise<Scratch> {
  const base = await engine.fresh()
  if (schema !== undefined) {
    const why = await runText(engine, base.url, schema)
    if (why !== undefined) throw new NotProved(`the schema that was given is refused: ${why}`)
    if (orders.base.length) await runners.original.stand(base.url, orders.base)
  } else if (orders.base.length) {
    const { failed } = await runners.original.up(base.url, orders.base)
    if (failed) throw new NotProved(`${failed.id}, which is there before, fails on an empty database: ${failed.why}`)
  }
  return base
}

/** Statement by statement: not every database takes several at once. */
async function runText(engine: Engine, url: string, text: string): Promise<string | undefined> {
  const worker = await engine.open(url)
  try {
    for (const { from, to } of split(withoutPsql(text), { mysql: engine.dialect === 'mysql' })) {
      const why = await worker.refusal(text.slice(from, to))
      if (why !== undefined) return why
    }
    return undefined
  } finally {
    await worker.close()
  }
}

const made: Readonly<Record<Manner | 'none', string>> = {
  full: 'made up: NULLs, doubles, letters of all kinds, numbers at their ends',
  mild: 'made up: values that differ, without NULLs and without the ends',
  none: 'none that were made up',
}

/** With rows that the original order takes: where it fails on some, that is said, and it is tried with others. */
async function begin(proving: Proving, base: Scratch): Promise<Began> {
  const { engine, runners, orders, sample } = proving
  const notes: string[] = []
  for (const manner of sample === undefined ? (['full', 'mild', 'none'] as const) : (['file'] as const)) {
    const seeded = await engine.fresh(base.name)
    const rows = await filled(engine, seeded, manner, sample)
    const copy = await engine.fresh(seeded.name)
    const ran = await runners.original.up(copy.url, orders.original.steps)
    if (!ran.failed) return { seeded, one: { url: copy.url, contents: await engine.contentsOf(copy.url) }, ran, rows, notes }
    notes.push(`with rows ${rows.from}, the original order itself fails at ${ran.failed.id}: ${ran.failed.why}`)
  }
  throw new NotProved('the original order does not come to its end', notes)
}

async function filled(
  engine: Engine,
  { url }: Scratch,
  manner: Manner | 'none' | 'file',
  sample: string | undefined,
): Promise<Certificate['rows']> {
  if (manner === 'none') return { from: made.none, tables: 0, rows: 0 }
  if (manner !== 'file') {
    const { tables, rows } = await engine.sampleRows(url, manner)
    return { from: made[manner], tables, rows }
  }
  const why = await runText(engine, url, sample!)
  if (why !== undefined) throw new NotProved(`the rows that were given are refused: ${why}`)
  const { columns } = await engine.contentsOf(url)
  const counts = [...columns.values()].map((c) => c.rows).filter((n) => n > 0)
  return { from: 'from the file that was given', tables: counts.length, rows: counts.reduce((a, b) => a + b, 0) }
}

async function ended(proving: Proving, began: Began): Promise<Certificate> {
  const { orders, runners, engine } = proving
  const volatile = await volatility(proving, began)
  const three = await engine.fresh(began.seeded.name)
  const walked = await walk(three.url, orders.staged.phases, runners.staged)
  if (walked.failed) {
    const why = `the staged order fails at ${walked.failed.id}: ${walked.failed.why}`
    return certificate(proving, began, {
      claims: [{ claim: same, result: 'refuted', why: [why] }],
      phases: [],
      staged: walked.statements,
      notes: [],
    })
  }
  const held: Held = { url: three.url, contents: await engine.contentsOf(three.url) }
  const compared = await compare(engine, began.one, held, volatile)
  const walks = await walkProof({
    smoke: proving.smoke,
    phases: orders.staged.phases,
    runner: runners.staged,
    seeded: began.seeded.name,
    engine,
    volatile,
    first: orders.base.at(-1),
  })
  const phases = orders.staged.phases.map(
    ({ phase, steps }, i): PhaseProof => ({
      phase,
      migrations: steps.map((s) => s.id),
      statements: walked.phases[i]!,
      ...walks.phases[i]!,
    }),
  )
  const claims = [sameClaim(compared, began.ran.statements, walked.statements), ...walks.claims]
  const places = compared.otherPlaces.map(
    (t) => `columns of ${t} stand in another order: it matters to select * and to insert without names`,
  )
  return certificate(proving, began, {
    claims,
    phases,
    compared,
    staged: walked.statements,
    notes: [...places, ...compared.left.map((l) => `not compared: ${l}`)],
  })
}

async function volatility({ engine, runners, orders }: Proving, { seeded, one }: Began): Promise<Volatile> {
  const again = await engine.fresh(seeded.name)
  const { failed } = await runners.original.up(again.url, orders.original.steps)
  if (failed) throw new NotProved(`the original order fails when it is run a second time, at ${failed.id}: ${failed.why}`)
  return volatileIn(engine, one, { url: again.url, contents: await engine.contentsOf(again.url) })
}

/** Nothing done or nothing compared is no proof. */
function sameClaim({ differences, rows, things, left }: Compared, original: number, staged: number): Claim {
  if (differences.length) return { claim: same, result: 'refuted', why: differences }
  if (original === 0 || staged === 0) return { claim: same, result: 'not proved', why: ['no statement was carried out'] }
  if (rows === 0) return { claim: same, result: 'not proved', why: ['no row was compared: give some with --sample'] }
  return {
    claim: same,
    result: 'proved',
    why: [`${things} things of the catalogue and ${rows} rows are the same${left.length ? ', but for what is noted' : ''}`],
  }
}

interface Walked extends Ran {
  /** Of each phase. */
  readonly phases: readonly number[]
}

async function walk(url: string, phases: readonly PhaseSteps[], runner: Runner): Promise<Walked> {
  const walked: number[] = []
  let statements = 0
  for (const { steps } of phases) {
    const ran = await runner.up(url, steps)
    statements += ran.statements
    if (ran.failed) return { statements, failed: ran.failed, phases: walked }
    walked.push(ran.statements)
  }
  return { statements, phases: walked }
}

interface Outcome {
  readonly claims: readonly Claim[]
  readonly phases: readonly PhaseProof[]
  readonly compared?: Compared
  readonly staged: number
  readonly notes: readonly string[]
}

function certificate({ format, engine, orders, runners, notes }: Proving, began: Began | undefined, outcome: Outcome): Certificate {
  const { claims, phases, compared, staged } = outcome
  return {
    godwit: 'stage certificate',
    version: 1,
    proved: isProved(claims, phases),
    format,
    ...sealOf(orders),
    server: engine.server,
    runner: runners.original.name,
    rows: began?.rows ?? { from: made.none, tables: 0, rows: 0 },
    statements: { original: began?.ran.statements ?? 0, staged },
    compared: { things: compared?.things ?? 0, tables: compared?.tables ?? 0, rows: compared?.rows ?? 0 },
    claims,
    phases,
    notes: [...notes, ...(began?.notes ?? []), ...outcome.notes],
  }
}
