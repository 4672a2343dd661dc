// Rows of the quarantine tried again, or waived with a reason.
import { userInfo } from 'node:os'
import { delivered } from '../databases/workshop/delivered.ts'
import { commandWrong, notInQuarantine } from '../errors/cli.ts'
import { causes as causesOf, quarantined, type Retried, retry, type Which, waive } from '../run/quarantine.ts'
import { count, list, plural } from '../text.ts'
import type { Context, Outcome } from './context.ts'
import { whenFree } from './holder.ts'
import { keptKey } from './keys.ts'
import { type Planned, withPlan } from './project.ts'
import { theRunOf } from './state.ts'
import { booksInWords } from './terminal/books.ts'
import { wrapped } from './terminal/layout.ts'

interface Asked {
  readonly keys: readonly string[]
  readonly reason?: string
  readonly mapping?: string
}

/** What is meant, as the quarantine is asked: a reason stands for all that begin with it (UNIQUE_CONFLICT:some_index). */
async function whichOf({ plan, db }: Planned, { keys, reason, mapping }: Asked): Promise<Which[]> {
  const which = { ...(keys.length ? { keys: keys.map((key) => keptKey(plan, key)) } : {}), mapping }
  if (reason === undefined) return [which]
  const causes = await db.session((s) => causesOf(s, plan.migration))
  const is = (code: string) => code === reason || code.replace(/:.*/, '') === reason.toUpperCase()
  return [...new Set(causes.map((c) => c.code).filter(is))].map((code) => ({ ...which, code }))
}

/** The rows that are meant; a key that is not in quarantine is said rather than passed over. */
async function meant(planned: Planned, asked: Asked): Promise<{ which: readonly Which[]; rows: number }> {
  const { plan, db } = planned
  await theRunOf(db, plan.migration)
  const which = await whichOf(planned, asked)
  const rows = (await Promise.all(which.map((w) => db.session((s) => quarantined(s, plan.migration, w))))).flat()
  const there = new Set(rows.map((r) => r.key))
  const missing = asked.keys.filter((k) => !there.has(keptKey(plan, k)))
  if (missing.length || (!rows.length && (asked.reason || asked.mapping)))
    throw notInQuarantine({ keys: missing, migration: plan.migration })
  return { which, rows: rows.length }
}

export const retryRows = (context: Context, asked: Asked): Promise<Outcome> =>
  withPlan(context, async (planned) => {
    const { plan, db } = planned
    const { screen } = context
    const { which, rows } = await meant(planned, asked)
    if (rows === 0) {
      screen.say(`${screen.paint.green('✓')} No row is in quarantine: there is nothing to try.`)
      return { json: { tried: 0, migrated: 0, still: 0, books: [] } }
    }
    const done = await retryAll(which, (w) =>
      whenFree(db, screen.note, new AbortController().signal, () => delivered(db, () => retry(plan, db, w))),
    )
    screen.say(`${plural(done.tried, 'row')} tried: ${count(done.migrated)} migrated, ${count(done.still)} still quarantined.`)
    for (const { mapping, totals } of done.books) screen.say(`  ${mapping}  ${booksInWords(totals)}`)
    return { json: done }
  })

async function retryAll(which: readonly Which[], once: (w: Which) => Promise<Retried>): Promise<Retried> {
  let all: Retried = { tried: 0, migrated: 0, still: 0, books: [] }
  for (const w of which) {
    const { tried, migrated, still, books } = await once(w)
    all = { tried: all.tried + tried, migrated: all.migrated + migrated, still: all.still + still, books }
  }
  return all
}

export const waiveRows = (context: Context, asked: Asked & { why: string; by?: string }): Promise<Outcome> =>
  withPlan(context, async (planned) => {
    const { plan, db } = planned
    if (!asked.keys.length && !asked.reason)
      throw commandWrong({ message: 'Which rows?', hint: 'Give their keys, or --reason CODE for all rows that are there for one reason.' })
    if (!asked.why.trim()) throw commandWrong({ message: '--why is empty.', hint: 'Say why these rows need not go: somebody will ask.' })
    const { which } = await meant(planned, asked)
    const by = asked.by ?? userInfo().username
    const n = await delivered(db, () =>
      db.session(async (s) => {
        let waived = 0
        for (const w of which) waived += await waive(s, plan.migration, w, by, asked.why)
        return waived
      }),
    )
    const { screen } = context
    const keys = asked.keys.length ? ` (${list(asked.keys)})` : ''
    const says = `${plural(n, 'row')} waived by ${by}: ${asked.why}${keys}. They stay in quarantine and count no more against the budget.`
    screen.say(wrapped(`${screen.paint.green('✓')} ${says}`, '', screen.width))
    return { json: { waived: n, by, why: asked.why } }
  })
