// Questions that a step asks beside those of the target: of a source, and whole checks.
import { sourceNamed } from '../../databases/sources.ts'
import { postgres } from '../../dialects/postgres.ts'
import { targetUnsupported } from '../../errors/target.ts'
import type { Hands } from '../../steps/hands.ts'
import type { Work } from '../context.ts'
import { bringSources } from '../sources.ts'
import { asked } from '../verify.ts'

const patienceMs = 10 * 60_000

export const sourceHands = (work: Work, name: string): ReturnType<Hands['source']> => ({
  async ask(sql) {
    const looking = await sourceNamed(work.db, name).looking?.([])
    if (looking) return looking.look(sql, patienceMs)
    throw targetUnsupported({ what: name, why: 'it takes no questions', hint: 'Ask the target, or name files as files.' })
  },
})

/** As the data are now, those of other places among them. */
export const checkFor =
  (work: Work): Hands['check'] =>
  async (step) => {
    await work.db.elsewhere?.refresh()
    if (step.reads?.length) await bringSources(work)
    const question = step.ask!({ sql: postgres, schema: work.plan.schema, migration: work.plan.migration })
    return work.db.session((s) => s.transaction((tx) => asked(tx, question), { isolation: 'repeatable read', readOnly: true }))
  }
