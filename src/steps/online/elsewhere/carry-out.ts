// A change as an engine makes it that is not Postgres: one move, by the gentlest of the ways that the engine takes.
import { onlineRefused } from '../../../errors/online.ts'
import { undoRefused } from '../../../errors/run.ts'
import type { Hands, Row } from '../../hands.ts'
import type { Move, Online } from '../move.ts'
import type { Alteration, Alters, Several, Way } from './engine.ts'

/** Said where a table would have to be copied while writers wait. */
const mostCopied = 10_000

export interface Elsewhere extends Online {
  readonly elsewhere?: (words: Alters) => Alteration | Several
}

/** The same step, with the engine's own words. */
export function asThere(o: Elsewhere, words: Alters): Online {
  const { title, at, elsewhere } = o
  if (!elsewhere)
    return {
      ...o,
      against: async (hands) => [
        `${hands.target.engine} has no way for it beside others: write it as ddl(…) with its way back, and run it when nobody works`,
      ],
    }
  const a = elsewhere(words)
  if ('moves' in a) return { ...o, already: async () => false, was: async () => ({}), ...a }
  return {
    ...o,
    moves: [moveOf(a, title, at)],
    already: async (hands) =>
      a.already === true && !(await a.against(hands.target.ask, hands.target)).length && (await a.there(hands.target.ask)),
    against: (hands) => a.against(hands.target.ask, hands.target),
    was: async (hands) => (await a.was?.(hands.target.ask)) ?? {},
  }
}

const moveOf = (a: Alteration, title: string, at: string | undefined): Move => ({
  name: 'alter',
  says: title,
  there: (hands) => a.there(hands.target.ask),
  do: async (hands) => {
    await carry(hands, await a.forward(circumstances(hands)), title, at)
    const late = (await a.afterwards?.(hands.target.ask)) ?? []
    if (!late.length) return
    await taken(hands, await a.back(await wasOf(hands), circumstances(hands)))
    throw onlineRefused({ what: title, reasons: late, at })
  },
  undo: async (hands) => {
    const { ask } = hands.target
    if (!(await a.there(ask))) return
    const was = await wasOf(hands)
    await refuseHindered(await a.hinders?.(was, ask))
    const ways = await a.back(was, circumstances(hands))
    if (ways.length) await carry(hands, ways, title, at)
    const late = (await a.hindersLate?.(was, ask)) ?? []
    // a row that came meanwhile: what was taken back is made again
    if (late.length) await carry(hands, await a.forward(circumstances(hands)), title, at)
    await refuseHindered(late)
  },
})

const refuseHindered = async (reasons: readonly string[] = []): Promise<void> => {
  if (reasons.length) throw undoRefused({ reasons, hint: 'Mend these rows; then undo again.' })
}

/** By the first of the ways that the engine takes. */
export async function carry(hands: Hands, ways: readonly Way[], what: string, at: string | undefined): Promise<void> {
  if (!(await taken(hands, ways))) throw onlineRefused({ what, reasons: [copied(hands)], at })
}

export const circumstances = ({ target, copyUpTo = mostCopied }: Hands) => ({ ask: target.ask, copyUpTo })

const wasOf = async (hands: Hands): Promise<Row> => ((await hands.memory.read()) as unknown as { was: Row }).was

const copied = ({ target, copyUpTo = mostCopied }: Hands): string =>
  `${target.engine} would copy the whole table while writers wait, and it has more than ${copyUpTo} rows: say online.copying(step, { upTo: … }), and run it when nobody writes`

export async function taken(hands: Hands, ways: readonly Way[]): Promise<boolean> {
  for (const way of ways) if (await hands.schema.gently(way)) return true
  return false
}
