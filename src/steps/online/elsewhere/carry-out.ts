// A change as an engine makes it that is not Postgres: one move, by the gentlest of the ways that the engine takes.
import { onlineRefused } from '../../../errors/online.ts'
import type { Hands, Row } from '../../hands.ts'
import type { Move, Online } from '../move.ts'
import type { Alteration, Alters, Way } from './engine.ts'

/** Said where a table would have to be copied while writers wait. */
const mostCopied = 10_000

export interface Elsewhere extends Online {
  readonly elsewhere?: (words: Alters) => Alteration
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
  const move: Move = {
    name: 'alter',
    says: title,
    there: (hands) => a.there(hands.target.ask),
    do: async (hands) => {
      if (!(await taken(hands, await a.forward(circumstances(hands))))) throw onlineRefused({ what: title, reasons: [copied(hands)], at })
      const late = (await a.afterwards?.(hands.target.ask)) ?? []
      if (!late.length) return
      await taken(hands, await a.back(await wasOf(hands), circumstances(hands)))
      throw onlineRefused({ what: title, reasons: late, at })
    },
    undo: async (hands) => {
      if (!(await a.there(hands.target.ask))) return
      const ways = await a.back(await wasOf(hands), circumstances(hands))
      if (ways.length && !(await taken(hands, ways))) throw onlineRefused({ what: title, reasons: [copied(hands)], at })
    },
  }
  return {
    ...o,
    moves: [move],
    already: async (hands) =>
      a.already === true && !(await a.against(hands.target.ask, hands.target)).length && (await a.there(hands.target.ask)),
    against: (hands) => a.against(hands.target.ask, hands.target),
    was: async (hands) => (await a.was?.(hands.target.ask)) ?? {},
  }
}

const circumstances = ({ target, copyUpTo = mostCopied }: Hands) => ({ ask: target.ask, copyUpTo })

const wasOf = async (hands: Hands): Promise<Row> => ((await hands.memory.read()) as unknown as { was: Row }).was

const copied = ({ target, copyUpTo = mostCopied }: Hands): string =>
  `${target.engine} would copy the whole table while writers wait, and it has more than ${copyUpTo} rows: say online.copying(step, { upTo: … }), and run it when nobody writes`

async function taken(hands: Hands, ways: readonly Way[]): Promise<boolean> {
  for (const way of ways) if (await hands.schema.gently(way)) return true
  return false
}
