// Statements that nobody has to wait for: run as they are, in a transaction of their own.
import { undoRefused } from '../../../errors/run.ts'
import { asStatement } from '../../../errors/sql-file.ts'
import { plural } from '../../../text.ts'
import type { Row } from '../../hands.ts'
import type { Step } from '../../step.ts'
import { brief, holds, online, reasonsOf } from '../move.ts'
import { reason, short } from '../words.ts'
import type { Here } from './here.ts'

/** On what is made in the same file, and goes with it; `back` takes away what stands on something else. */
export const onFresh = (here: Here, back: readonly string[] = []): Step => ({
  kind: 'sql',
  title: asStatement(here.wording.text),
  at: here.at,
  params: { sql: here.wording.text },
  forward: () => [{ sql: here.wording.text }],
  back: () => back.map((sql) => ({ sql })),
})

export interface Making {
  /** `table invoices` */
  readonly what: string
  /** A question: true where it is there. */
  readonly there: string
  readonly drop: string
  /** Rows in it that an undo would lose: a table's id. */
  readonly rowsOf?: string
}

/** Something new. */
export const making = (here: Here, { what, there, drop, rowsOf }: Making): Step => {
  const made = brief({ name: 'make', sql: here.wording.text, there })
  return online({
    kind: 'online create',
    title: `create ${what}`,
    at: here.at,
    params: { sql: here.wording.text },
    moves: [
      {
        ...made,
        says: asStatement(here.wording.text),
        undo: async (hands) => {
          if (!(await holds(hands, there))) return
          const [row] = rowsOf ? await hands.schema.ask(`select count(*)::text as n from ${rowsOf}`) : []
          const rows = Number(row?.['n'] ?? 0)
          if (rows)
            throw undoRefused({
              reasons: [`${what} has ${plural(rows, 'row')} in it`],
              hint: 'Bring them elsewhere, or take them out; then undo again.',
            })
          await hands.schema.reshape([drop])
        },
      },
    ],
    against: (hands) => reasonsOf(hands, reason(there, `${what} is there already: it would be another one for those who use it`)),
  })
}

export interface Saying {
  readonly title: string
  readonly changes: string
  /** A row that says how it is. */
  readonly as: string
  /** What makes it so again. */
  readonly back: (was: Row) => readonly string[]
  readonly against: string
}

/** What may be said twice, and is the same then. */
export function saying(here: Here, { title, changes, as, back, against }: Saying): Step {
  const said = new WeakSet<object>()
  return online({
    kind: 'online say',
    title,
    at: here.at,
    changes: [changes],
    params: { sql: here.wording.text },
    moves: [
      {
        name: 'say',
        says: asStatement(here.wording.text),
        there: async (hands) => said.has(hands),
        async do(hands) {
          await hands.schema.reshape([here.wording.text])
          said.add(hands)
        },
        undo: async (hands) => {
          const { was } = (await hands.memory.read()) as unknown as { was: Row }
          await hands.schema.reshape(back(was))
        },
      },
    ],
    against: (hands) => reasonsOf(hands, against),
    was: async (hands) => (await hands.schema.ask(as))[0]!,
  })
}

export const noSuch = (id: string, there: string): string => reason(`not (${there})`, `there is no ${short(id)}`)
