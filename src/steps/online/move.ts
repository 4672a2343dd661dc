// A change of the schema as a row of moves, each so short or so gentle that an application at work does not wait for it. Each is
// looked at before it is made and after, so whoever was broken off goes on, and only what is ours is taken back.
import { onlineNotThere, onlineRefused } from '../../errors/online.ts'
import type { Hands, Plain, Row } from '../hands.ts'
import type { Kept as Retired } from '../retire/retire.ts'
import type { Irreversible, Step } from '../step.ts'
import { altersOf } from './elsewhere/alters.ts'
import { asThere, type Elsewhere } from './elsewhere/carry-out.ts'

export interface Move {
  /** Its name within the step: what the step has begun is remembered by it. */
  readonly name: string
  /** The statement, or what is done in a word. */
  readonly says: string
  there(hands: Hands): Promise<boolean>
  do(hands: Hands): Promise<void>
  /** Takes back whatever there is of it; left out where another move's way back takes it along. */
  undo?(hands: Hands): Promise<void>
}

export interface Online {
  readonly kind: string
  readonly title: string
  readonly at: string | undefined
  readonly params: Readonly<Record<string, unknown>>
  readonly changes?: readonly string[]
  readonly moves: readonly Move[]
  /** Is all of it there already, made by somebody else? Then there is nothing to do, and nothing to take back. */
  already?(hands: Hands): Promise<boolean>
  /** What speaks against it, asked before anything is done. */
  against?(hands: Hands): Promise<readonly string[]>
  /** What a way back has to know of how it was, noted before anything is done. */
  was?(hands: Hands): Promise<Row>
  /** What it puts out of sight until it is purged, noted before anything is done. */
  retires?(hands: Hands): Promise<Retired | undefined>
  readonly irreversible?: string
}

/** What the step keeps of itself: moves that it has begun. */
interface Kept {
  readonly begun: readonly string[]
  readonly already?: true
  readonly was?: Row
}

export const online = (o: Elsewhere): Step => ({
  kind: o.kind,
  title: o.title,
  at: o.at,
  params: o.params,
  ...(o.changes ? { changes: o.changes } : {}),
  doing: {
    says: o.moves.map((m) => m.says),
    saysElsewhere: [o.elsewhere ? 'by the gentlest change that the engine takes' : 'refused: the engine has no way for it beside others'],
    do: (hands) => carryOut(inWordsOf(o, hands), hands),
    undo:
      o.irreversible === undefined
        ? (hands) => takeBack(inWordsOf(o, hands), hands)
        : ({ irreversible: o.irreversible } satisfies Irreversible),
  },
})

/** Postgres has moves; another engine has ways of its own. */
const inWordsOf = (o: Elsewhere, { target }: Hands): Online => {
  const words = altersOf(target.engine)
  return words ? asThere(o, words) : o
}

const keptOf = async (hands: Hands): Promise<Kept | undefined> => (await hands.memory.read()) as unknown as Kept | undefined

async function carryOut(o: Online, hands: Hands) {
  const kept = (await keptOf(hands)) ?? (await first(o, hands))
  if (kept.already) return { done: 'it was there already' }
  const begun = new Set(kept.begun)
  for (const move of o.moves) {
    if (await move.there(hands)) continue
    if (!begun.has(move.name)) await hands.memory.write({ ...kept, begun: [...begun.add(move.name)] } as unknown as Plain)
    hands.tell(move.says)
    await move.do(hands)
    if (!(await move.there(hands))) throw onlineNotThere({ what: o.title, move: move.says, at: o.at })
  }
  return { done: 'done beside whoever is at work' }
}

async function first(o: Online, hands: Hands): Promise<Kept> {
  const already = (await o.already?.(hands)) ?? false
  const reasons = already ? [] : ((await o.against?.(hands)) ?? [])
  if (reasons.length) throw onlineRefused({ what: o.title, reasons, at: o.at })
  const was = already ? undefined : await o.was?.(hands)
  const retired = already ? undefined : await o.retires?.(hands)
  const kept: Kept = { begun: [], ...(already ? { already } : {}), ...(was ? { was } : {}), ...retired }
  await hands.memory.write(kept as unknown as Plain)
  return kept
}

/** As it was before this step. */
export const wasBefore = async (hands: Hands): Promise<Row> => (await keptOf(hands))!.was!

async function takeBack(o: Online, hands: Hands): Promise<void> {
  const begun = new Set((await keptOf(hands))?.begun)
  for (const move of o.moves.toReversed()) if (begun.has(move.name)) await move.undo?.(hands)
}

export interface Made {
  readonly name: string
  readonly sql: string | readonly string[]
  /** A question: true where it is there. */
  readonly there: string
  /** Harmless where there is nothing to take back. */
  readonly back?: readonly string[]
  /** All that takes long is a look at rows, beside everybody. */
  readonly looks?: true
}

/** One short transaction. */
export const brief = ({ name, sql, there, back, looks }: Made): Move => {
  const statements = typeof sql === 'string' ? [sql] : sql
  return {
    name,
    says: statements.join('; '),
    there: (hands) => holds(hands, there),
    do: (hands) => (looks ? hands.schema.validate(statements) : hands.schema.reshape(statements)),
    ...(back ? { undo: (hands) => hands.schema.reshape(back) } : {}),
  }
}

/** One statement that waits for others and stands in nobody's way. `repair` comes before it, each time. */
export const alone = ({
  name,
  sql,
  there,
  back,
  repair = [],
}: Made & { readonly sql: string; readonly repair?: readonly string[] }): Move => ({
  name,
  says: sql,
  there: (hands) => holds(hands, there),
  do: (hands) => hands.schema.alone([...repair, sql]),
  ...(back ? { undo: (hands) => hands.schema.alone(back) } : {}),
})

/** Back only from where it has come to. */
export const between = (
  name: string,
  says: string,
  there: string,
  from: string,
  forward: readonly string[],
  back: readonly string[],
): Move => ({
  name,
  says,
  there: (hands) => holds(hands, there),
  do: (hands) => hands.schema.reshape(forward),
  undo: async (hands) => {
    if (await holds(hands, from)) await hands.schema.reshape(back)
  },
})

export async function holds(hands: Hands, question: string): Promise<boolean> {
  const [row] = await hands.schema.ask(`select (${question})::text as is`)
  return row?.['is'] === 'true'
}

/** Rows of a question with one column, `reason`. */
export const reasonsOf = async (hands: Hands, question: string): Promise<readonly string[]> =>
  (await hands.schema.ask(question)).map((r) => r['reason']!)
