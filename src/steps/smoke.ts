// A look at the new way after a switch: as often as it may take, and then no means no.
import { smokeSaidNo } from '../errors/cutover.ts'
import { cannotPlan } from '../errors/plan.ts'
import { milliseconds } from '../events/duration.ts'
import { origin } from '../expr/origin.ts'
import { type CallRequest, type Expected, notAsExpected } from './call.ts'
import { filledAll, filling } from './filled.ts'
import type { Hands } from './hands.ts'
import { mannerParams, type Program, type ProgramManner, ranWell, refuseSecretsIn } from './program.ts'
import { hostOf } from './reply.ts'
import type { Done, RollBack, Step } from './step.ts'

interface Tried {
  /** Default 3. */
  readonly tries?: number
  /** Between two of them; default '2s'. */
  readonly every?: string
  /** Default 'roll back': the cutover is taken back. 'stop': the run stops as it is. */
  readonly otherwise?: 'roll back' | 'stop'
}
interface ByCall extends Tried {
  readonly request: CallRequest
  readonly expect?: Expected
  /** Default '10s'. */
  readonly timeout?: string
}
interface ByProgram extends Tried, ProgramManner {
  /** Ends with 0 where all is well. */
  readonly command: Program
  /** What must stand in what it prints. */
  readonly expect?: { readonly prints: string }
}
interface BySql extends Tried {
  /** Gives one value; no row, and nothing in it, is no answer. */
  readonly sql: string
  readonly expect: { readonly value: string | number } | { readonly atLeast: number }
}
export type Smoke = ByCall | ByProgram | BySql

/** Why not, where it is not as it should be. */
type Look = (hands: Hands) => Promise<string | undefined>

export function smoke(title: string, given: Smoke): Step {
  const at = origin()
  const { tries = 3, every = '2s', otherwise = 'roll back' } = given
  if (!Number.isInteger(tries) || tries < 1)
    throw cannotPlan({ what: title, why: `it is tried ${tries} times`, hint: 'Say how often: a whole number from 1.', at })
  const look = lookFor(given, title, at)
  return {
    kind: 'smoke',
    title,
    at,
    params: { ...(given as object), ...('command' in given ? mannerParams(given) : {}) },
    doing: {
      says: [`looks up to ${tries} times, every ${every}`, otherwise === 'stop' ? 'no: the run stops' : 'no: the cutover is taken back'],
      gate: true,
      do: (hands) => looked({ title, at, tries, everyMs: milliseconds(every), otherwise, look }, hands),
    },
  }
}

function lookFor(given: Smoke, title: string, at: string | undefined): Look {
  if ('request' in given) return byCall(given, title)
  if ('sql' in given) return bySql(given)
  refuseSecretsIn(given.command, title, at)
  return byProgram(given, title)
}

interface Looking {
  readonly title: string
  readonly at: string | undefined
  readonly tries: number
  readonly everyMs: number
  readonly otherwise: 'roll back' | 'stop'
  readonly look: Look
}

async function looked({ title, at, tries, everyMs, otherwise, look }: Looking, hands: Hands): Promise<Done | RollBack> {
  let said: string | undefined
  for (let n = 1; n <= tries; n++) {
    said = await look(hands).catch((error: Error) => {
      if (hands.signal.aborted) throw error
      return error.message
    })
    if (said === undefined) return { done: n === 1 ? 'as it should be' : `as it should be, at try ${n}`, detail: { tries: n } }
    hands.tell(`${title}: ${said}`)
    if (n < tries) await hands.clock.sleep(everyMs, hands.signal)
  }
  const why = smokeSaidNo({ step: title, tries, said: said!, at })
  if (otherwise === 'stop') throw why
  return { rollBack: why.message }
}

const byCall =
  ({ request, expect = {}, timeout = '10s' }: ByCall, title: string): Look =>
  async (hands) => {
    const f = filling(hands, title)
    const { url, method = 'GET', headers = {}, body } = request
    const sent = body === undefined ? {} : { body: f.fill(JSON.stringify(body)) }
    const reply = await hands.request({
      url: f.fill(url),
      method,
      headers: filledAll(headers, f),
      ...sent,
      timeoutMs: milliseconds(timeout),
    })
    const wrong = notAsExpected(reply, expect)
    return wrong && `${hostOf(url)} ${f.hide(wrong)}`
  }

const byProgram =
  (given: ByProgram, title: string): Look =>
  async (hands) => {
    const printed = await ranWell(given.command, given, title, hands)
    const wanted = given.expect?.prints
    return wanted === undefined || printed.includes(wanted) ? undefined : `${given.command[0]} does not print '${wanted}'`
  }

const bySql =
  ({ sql, expect }: BySql): Look =>
  async (hands) => {
    const rows = await hands.target.ask(sql)
    const values = rows.map((r) => Object.values(r)[0])
    if (values.length !== 1 || values[0] === null || values[0] === undefined)
      return `the question gives ${values.length} rows, or nothing in one`
    const [value] = values
    if ('value' in expect) return value === String(expect.value) ? undefined : `it is ${value}, expected ${expect.value}`
    return Number(value) >= expect.atLeast ? undefined : `it is ${value}, expected at least ${expect.atLeast}`
  }
