// How a second column of a MariaDB table is made ready beside people at work: it follows, is filled, and gets what the first one has.
import type { Hands } from '../../hands.ts'
import type { Move } from '../move.ts'
import { holds } from './asking.ts'
import { taken } from './carry-out.ts'
import type { Ask, Retyped } from './engine.ts'
import { aside, carried, dropTriggers, follow, follows, hasFresh, indexesOver, mustOf, newValue, unfilled } from './mariadb-shadow.ts'
import { fillInSteps } from './mariadb-steps.ts'
import { columnLine, columnOf, indexLine, indexThere, mayLack, mustHave, quote } from './mariadb-words.ts'

/** Moves of a second column, where there is one. */
export function shadowMoves(r: Retyped): readonly Move[] {
  const { id, column, fresh } = r
  const beside = (move: Move): Move => ({ ...move, there: async (hands) => !(await hasFresh(hands.target.ask, r)) || move.there(hands) })
  return [
    {
      name: 'follow',
      says: `triggers by which ${fresh} follows ${column} with every write`,
      there: ({ target }: Hands) => follows(target.ask, r),
      do: (hands: Hands) => follow(hands, r),
      undo: async (hands: Hands) => void (await taken(hands, [dropTriggers(r)])),
    },
    {
      name: 'fill',
      says: `${fresh} of the rows that are there, a few at a time`,
      there: async ({ target }: Hands) => !(await holds(target.ask, await unfilled(target.ask, r))),
      do: (hands: Hands) => fillInSteps(hands, id, `${quote(fresh)} = (${newValue(r)})`),
    },
    {
      name: 'attached',
      says: `the indexes that ${column} has, for ${fresh} too`,
      there: async ({ target }: Hands) => {
        for (const name of await indexesOver(target.ask, r, column))
          if (!(await holds(target.ask, indexThere(id, aside(name))))) return false
        return true
      },
      do: async (hands: Hands) => {
        for (const name of await indexesOver(hands.target.ask, r, column)) await attach(hands, r, name)
      },
      undo: async (hands: Hands) => {
        for (const name of await indexesOver(hands.target.ask, r, fresh)) await carried(hands, r, `drop key ${quote(name)}`)
      },
    },
    {
      name: 'default',
      says: `what ${column} is where nothing is said, for ${fresh} too`,
      there: async ({ target }: Hands) =>
        (await givenOf(target.ask, r, column)) === undefined || (await givenOf(target.ask, r, fresh)) !== undefined,
      do: async (hands: Hands) =>
        carried(hands, r, `alter column ${quote(fresh)} set default ${await givenOf(hands.target.ask, r, column)}`),
    },
    {
      name: 'loosen',
      says: `${column} may lack a value for the server; the triggers go on asking for one`,
      there: async ({ target }: Hands) => (await columnOf(target.ask, id, column))!.mayLack,
      do: async (hands: Hands) => carried(hands, r, `modify column ${mayLack((await columnLine(hands.target.ask, id, column))!)}`),
      undo: async (hands: Hands) => {
        const line = (await columnLine(hands.target.ask, id, column))!
        if ((await mustOf(hands, r)) && !/ NOT NULL\b/.test(line)) await carried(hands, r, `modify column ${mustHave(line)}`)
      },
    },
  ].map(beside)
}

/** The server says it in its own way for each type; and `NULL` where nothing was said. */
async function givenOf(ask: Ask, { id }: Retyped, column: string): Promise<string | undefined> {
  const given = (await columnOf(ask, id, column))?.given ?? 'NULL'
  return given === 'NULL' ? undefined : given
}

async function attach(hands: Hands, r: Retyped, name: string): Promise<void> {
  const { ask } = hands.target
  if (await holds(ask, indexThere(r.id, aside(name)))) return
  const line = (await indexLine(ask, r.id, name))!
  const double = (n: string) => `"${n.replaceAll('"', '""')}"`
  const [head, columns] = [line.slice(0, line.indexOf(' (')), line.slice(line.indexOf(' ('))]
  await carried(
    hands,
    r,
    `add ${head.replace(double(name), () => double(aside(name)))}${columns.replace(double(r.column), () => double(r.fresh))}`,
  )
}
