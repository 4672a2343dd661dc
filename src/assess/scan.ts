// Asks what is suspected of a table: all in one pass where that can be done in time, then one by one, then of a sample. What is left out is named.
import { TookTooLong } from '../databases/looking.ts'
import { duration, plainText } from '../text.ts'
import type { Finding, Unlooked } from './assessment.ts'
import { examplesOf, rowsThat } from './examples.ts'
import type { Subject, Suspicion } from './question.ts'

export interface Asking {
  /** For each question. */
  readonly patienceMs: number
  readonly mask: (value: string) => string
  /** What is being asked, for whoever looks on. */
  readonly tell: (what: string) => void
  readonly signal: AbortSignal | undefined
}

export interface Answers {
  readonly findings: readonly Finding[]
  readonly notLookedAt: readonly Unlooked[]
  readonly asked: number
}

export const none: Answers = { findings: [], notLookedAt: [], asked: 0 }

export const together = (all: readonly Answers[]): Answers => ({
  findings: all.flatMap((a) => a.findings),
  notLookedAt: all.flatMap((a) => a.notLookedAt),
  asked: all.reduce((n, a) => n + a.asked, 0),
})

/** Rows a second that an engine is trusted to go through where it cannot be told to stop. */
const rowsPerMs = 200

/** In one pass at most so many conditions, or so much text. */
const most = { conditions: 40, characters: 200_000 }

export async function scan(subject: Subject, suspicions: readonly Suspicion[], asking: Asking): Promise<Answers> {
  const groups = [
    ...Map.groupBy(
      suspicions.filter((s) => !s.alone),
      (s) => s.from ?? '',
    ).values(),
  ].flatMap(batches)
  const all: Answers[] = []
  for (const batch of [...groups, ...suspicions.filter((s) => s.alone).map((s) => [s])]) {
    asking.signal?.throwIfAborted()
    all.push(await askBatch(subject, batch, asking))
  }
  return together(all)
}

function batches(of: readonly Suspicion[]): Suspicion[][] {
  const out: Suspicion[][] = []
  let length = 0
  for (const s of of) {
    length += s.where.length
    const last = out.at(-1)
    if (last && last.length < most.conditions && length < most.characters) last.push(s)
    else {
      out.push([s])
      length = s.where.length
    }
  }
  return out
}

async function askBatch(subject: Subject, batch: readonly Suspicion[], asking: Asking): Promise<Answers> {
  const wide = tooWide(subject, asking)
  if (wide !== undefined) return askSample(subject, batch, asking, wide)
  try {
    return await ask(subject, batch, asking, undefined)
  } catch (problem) {
    refuseUnlessAbout(problem, asking)
    if (batch.length > 1) return together(await oneByOne(subject, batch, asking))
    return problem instanceof TookTooLong
      ? askSample(subject, batch, asking, oneIn(subject.rows ?? subject.table.estimate))
      : { ...none, notLookedAt: [unlooked(batch[0]!, reason(problem, asking))] }
  }
}

async function oneByOne(subject: Subject, batch: readonly Suspicion[], asking: Asking): Promise<Answers[]> {
  const all: Answers[] = []
  for (const s of batch) all.push(await askBatch(subject, [s], asking))
  return all
}

/** Whoever stops the audit stops it; all else belongs to the question. */
function refuseUnlessAbout(problem: unknown, { signal }: Asking): void {
  if (signal?.aborted) throw problem
}

const reason = (problem: unknown, { patienceMs }: Asking): string =>
  problem instanceof TookTooLong
    ? `it took longer than ${duration(patienceMs / 1000)}`
    : plainText((problem as Error).message.split('\n')[0]!)

const unlooked = (s: Suspicion, why: string): Unlooked => ({
  what: `${s.kind} of ${s.subject.id}${s.columns.length ? ` (${s.columns.join(', ')})` : ''}`,
  why,
})

/** Where the engine cannot be stopped, one row in so many is looked at, so that it comes to an end in time. */
function tooWide({ place, rows }: Subject, { patienceMs }: Asking): number | undefined {
  if (place.spelling.givesUp || rows === undefined || rows <= patienceMs * rowsPerMs) return undefined
  return Math.ceil(rows / (patienceMs * rowsPerMs))
}

/** About as many rows as tell something. */
const sampleRows = 100_000
const oneIn = (rows: number): number => Math.max(2, Math.ceil(Math.max(rows, 0) / sampleRows))

async function askSample(subject: Subject, batch: readonly Suspicion[], asking: Asking, oneInSoMany: number): Promise<Answers> {
  const from = subject.table.kind === 'table' ? subject.place.spelling.sample(subject.named, oneInSoMany) : undefined
  const whole = batch.filter((s) => s.from !== undefined || s.alone || from === undefined)
  const left = whole.map((s) => unlooked(s, `${reason(new TookTooLong(), asking)}, and it cannot be asked of a sample`))
  const some = batch.filter((s) => !whole.includes(s))
  if (!some.length) return { ...none, notLookedAt: left }
  try {
    const answered = await ask(subject, some, asking, { from: from!, says: `about one row in ${oneInSoMany}` })
    return { ...answered, notLookedAt: [...left, ...answered.notLookedAt] }
  } catch (problem) {
    refuseUnlessAbout(problem, asking)
    return { ...none, notLookedAt: [...left, ...some.map((s) => unlooked(s, `${reason(problem, asking)}, of a sample as well`))] }
  }
}

interface Sample {
  readonly from: string
  readonly says: string
}

async function ask(subject: Subject, batch: readonly Suspicion[], asking: Asking, sample: Sample | undefined): Promise<Answers> {
  const { looking } = subject.place
  asking.tell(`${subject.id}: ${[...new Set(batch.map((s) => s.kind))].join(', ')}`)
  const [row] = await looking.look(counting(subject, batch, sample), asking.patienceMs)
  if (sample && Number(row!['n'] ?? 0) === 0) return { ...none, notLookedAt: batch.map((s) => unlooked(s, 'a sample of it has no rows')) }
  const findings: Finding[] = []
  const notLookedAt: Unlooked[] = []
  for (const [i, s] of batch.entries()) {
    const found = Number(row![`p${i}`] ?? 0)
    const of = Number((s.of === undefined ? row!['n'] : row![`o${i}`]) ?? 0)
    const grade = s.judge ? s.judge(found, of) : found > 0 ? ('warning' as const) : undefined
    if (grade === undefined) continue
    const shown = found > 0 ? await examplesOf(s, asking, sample?.from).catch((problem: unknown) => couldNot(problem, s)) : []
    if (!Array.isArray(shown)) notLookedAt.push(shown as Unlooked)
    findings.push({
      kind: s.kind,
      grade,
      title: s.says(found, of),
      place: subject.place.shown,
      table: subject.id,
      columns: s.columns,
      found,
      of,
      ...(sample ? { sampled: sample.says } : {}),
      examples: Array.isArray(shown) ? shown : [],
      query: rowsThat(s),
      fix: s.fix,
      at: s.at,
    })
  }
  return { findings, notLookedAt, asked: batch.length }

  function couldNot(problem: unknown, s: Suspicion): Unlooked {
    refuseUnlessAbout(problem, asking)
    return { what: `examples of ${s.kind} in ${s.subject.id}`, why: reason(problem, asking) }
  }
}

function counting(subject: Subject, batch: readonly Suspicion[], sample: Sample | undefined): string {
  const sum = (condition: string, name: string) => `sum(case when ${condition} then 1 else 0 end) as ${name}`
  const parts = batch.flatMap((s, i) => [sum(s.where, `p${i}`), ...(s.of === undefined ? [] : [sum(s.of, `o${i}`)])])
  const [{ alone, where, of, from }] = batch as [Suspicion]
  const rows = sample?.from ?? from ?? subject.named
  // by itself it can be answered by joining rather than row by row
  if (alone)
    return `select (select count(*) from ${rows} s where ${where}) as p0, (select count(*) from ${rows} s${of === undefined ? '' : ` where ${of}`}) as ${of === undefined ? 'n' : 'o0'}`
  return `select count(*) as n, ${parts.join(', ')} from ${rows} s`
}
