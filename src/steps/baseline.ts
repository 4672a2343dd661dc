// A number of how things were, asked before the first write and kept with its time: what comes later is held against it (`since`).
import { createHash } from 'node:crypto'
import { baselineEmpty, baselineLate } from '../errors/assess.ts'
import { cannotPlan } from '../errors/plan.ts'
import { origin } from '../expr/origin.ts'
import { whereIs } from '../schema/schema.ts'
import { type Asked, type Asking, asked, asksTable } from './asking.ts'
import { wordsOf } from './engine-words.ts'
import type { Hands, Plain } from './hands.ts'
import type { Done, Step } from './step.ts'
import { moment } from './times.ts'

export interface Baseline extends Step {
  readonly kind: 'baseline'
  /** What tells it from others in the ledger. */
  readonly known: string
  readonly zeroIsMeant: boolean
}

export interface BaselineOptions {
  /** Why nothing at all is a number to start from. Left out, zero is refused. */
  readonly mayBeZero?: string
  /** Shown behind the number: `GBP`, `rows`. */
  readonly unit?: string
}

/** What the ledger keeps of it. */
export interface Kept {
  readonly baseline: string
  readonly known: string
  readonly value: string
  readonly at: string
  readonly sha256: string
}

/** `question`: one number, asked of tables of one database: as SQL, or as a function that is given names for tables. For the phase assess. */
export function baseline(name: string, question: Asking, options: BaselineOptions = {}): Baseline {
  const at = origin()
  const { mayBeZero, unit } = options
  const asking = asked(question, name, at)
  const why = whyUseless(asking, options)
  if (why)
    throw cannotPlan({
      what: `the baseline "${name}"`,
      why,
      hint: "For instance: baseline('value', (t) => `select sum(value) from ${t(old)}`)",
      at,
    })
  const known = digest([name, asking.says])
  return {
    kind: 'baseline',
    title: name,
    at,
    known,
    zeroIsMeant: mayBeZero !== undefined,
    params: { question: asking.says, unit: unit ?? null, mayBeZero: mayBeZero ?? null },
    reads: asking.reads,
    doing: {
      says: [`asks "${name}" before anything is written, and keeps what it is`],
      gate: true,
      do: (hands) => take(hands, { name, known, asking, unit, zeroIsMeant: mayBeZero !== undefined, at }),
    },
  }
}

function whyUseless(asking: Asked, { mayBeZero }: BaselineOptions): string | undefined {
  const places = new Set(asking.reads.map((t) => whereIs(t.id)?.database))
  if (!asksTable(asking.says)) return 'asks no table, so it is the same number whatever becomes of the rows'
  if (places.size > 1) return 'asks tables of several databases in one question'
  return mayBeZero?.trim() === '' ? 'may be zero without a reason' : undefined
}

interface Terms {
  readonly name: string
  readonly known: string
  readonly asking: Asked
  readonly unit: string | undefined
  readonly zeroIsMeant: boolean
  readonly at: string | undefined
}

const early = /^(assess|backup)\./

async function take(hands: Hands, terms: Terms): Promise<Done> {
  const before = (await hands.memory.read()) as unknown as Kept | undefined
  if (before?.known === terms.known) return done(before, terms, 'kept since')
  const { name, at } = terms
  if (!early.test(hands.step)) throw baselineLate({ name, why: `it stands in the phase ${hands.step.replace(/\..*/, '')}`, at })
  if (await hands.hasWritten()) throw baselineLate({ name, why: `run ${hands.run} has written rows already`, at })
  const value = numberOf(await answer(hands, terms.asking), terms)
  const taken = { baseline: name, known: terms.known, value, at: moment(hands.clock.now()) }
  const kept: Kept = { ...taken, sha256: digest([hands.migration, hands.run, ...Object.values(taken)]) }
  await hands.memory.write(kept as unknown as Plain)
  return done(kept, terms, 'asked')
}

const done = (kept: Kept, { unit }: Terms, how: string): Done => ({
  done: `${kept.value}${unit === undefined ? '' : ` ${unit}`}, ${how} ${kept.at}, sha256 ${kept.sha256.slice(0, 12)}…`,
  detail: kept as unknown as Plain,
})

/** Each database is asked in its own words; names in double quotes are read by all sources. */
async function answer(hands: Hands, { reads, sql }: Asked): Promise<string | null | undefined> {
  const source = reads.flatMap((t) => whereIs(t.id)?.database ?? [])[0]
  const words = wordsOf(source === undefined ? hands.target.engine : 'sqlite')
  const question = `select (${sql({ table: (id) => words.table(whereIs(id)?.id ?? id) })}) as value`
  const rows = source === undefined ? await hands.target.ask(question) : await hands.source(source).ask(question)
  return rows[0]?.['value']
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const zero = /^[+-]?[0.]+([eE].*)?$/

function numberOf(value: string | null | undefined, { name, zeroIsMeant, at }: Terms): string {
  if (value === null || value === undefined || value.trim() === '') throw baselineEmpty({ name, found: 'empty', at })
  if (!decimal.test(value)) throw baselineEmpty({ name, found: 'no number', at })
  if (zero.test(value) && !zeroIsMeant) throw baselineEmpty({ name, found: 'zero', at })
  return value
}

const digest = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')
