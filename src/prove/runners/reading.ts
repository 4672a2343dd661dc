// Godwit's own reading of migrations, carried out statement by statement. What was not read whole is not carried out at all.
import type { Operation } from '../../stage/types.ts'
import type { Engine } from '../engines/engine.ts'
import type { Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'

export const readingRunner = (engine: Engine): Runner => ({
  name: "Godwit's reading of the SQL, statement by statement",
  cannot,
  cannotBack: (step) => cannot({ ...step, up: step.down, unread: [] }),
  stand: async () => ({ statements: 0 }),
  up: (url, steps) =>
    carried(
      engine,
      url,
      steps.map((step) => ({ id: step.id, operations: step.up })),
    ),
  down: (url, step) => carried(engine, url, [{ id: step.id, operations: step.down }]),
  close: () => {},
})

const marks: readonly { readonly when: (o: Operation) => boolean; readonly why: string }[] = [
  { when: (o) => o.effect === 'rows', why: 'changes rows by code' },
  { when: (o) => o.effect === 'unknown', why: 'does something that is not known' },
  {
    when: (o) => o.holes === true || /\$\d/.test(o.sql?.replace(/\$\w*\$[\s\S]*?\$\w*\$|'[^']*'/g, '') ?? ''),
    why: 'has SQL that is known only when it runs',
  },
  { when: writesUnread, why: 'writes rows whose values were not read' },
  { when: (o) => o.repeated === true, why: 'does something as often as is known only when it runs' },
  { when: (o) => o.conditional === true, why: 'does something only where a condition holds that is known when it runs' },
]

/** What SQLAlchemy and Django write row by row is read as far as the table that it is for. */
function writesUnread({ kind, sql = '' }: Operation): boolean {
  return kind === 'RunPython' || kind === 'session.add' || / (DEFAULT VALUES|VALUES \(NULL(, NULL)*\))$/.test(sql)
}

function cannot({ up, unread }: Step): string | undefined {
  const grave = unread.find((u) => u.grave)
  if (grave) return `${grave.why} (${grave.file}:${grave.line})`
  for (const { when, why } of marks) {
    const found = up.find(when)
    if (found) return `it ${why} (line ${found.line})`
  }
  return undefined
}

interface Work {
  readonly id: string
  readonly operations: readonly Operation[]
}

async function carried(engine: Engine, url: string, works: readonly Work[]): Promise<Ran> {
  const worker = await engine.open(url)
  let statements = 0
  try {
    for (const { id, operations } of works) {
      for (const { sql, line } of operations) {
        if (sql === undefined) continue
        const why = await worker.refusal(sql)
        if (why !== undefined) return { statements, failed: { id, why: `line ${line}: ${why}` } }
        statements++
      }
      await worker.anew()
    }
    return { statements }
  } finally {
    await worker.close()
  }
}
