// A pile in memory, staged and proved on the server of the tests.
import type { Certificate } from '../../src/prove/certificate.ts'
import type { Engine } from '../../src/prove/engines/engine.ts'
import { postgresEngine } from '../../src/prove/engines/postgres/engine.ts'
import { type Order, ordersOf } from '../../src/prove/order.ts'
import { prove } from '../../src/prove/prove.ts'
import { readingRunner } from '../../src/prove/runners/reading.ts'
import type { Runner } from '../../src/prove/runners/runner.ts'
import { analyse } from '../../src/stage/analysis.ts'
import { readPile } from '../../src/stage/pile.ts'
import { noSettings, readSettings } from '../../src/stage/settings.ts'
import { type Staging, stagingOf } from '../../src/stage/staging.ts'
import { before, type Files, folderOf, revision } from '../stage/piles.ts'
import { serverUrl } from '../support/postgres.ts'

export interface Wanted {
  /** The folder of the migrations; left out, versions. */
  readonly at?: string
  readonly only?: readonly string[]
  readonly settings?: string
  readonly schema?: string
  readonly sample?: string
  readonly smoke?: string
  readonly runner?: (order: Order) => Runner
  /** Where it is proved; left out, on the Postgres of the tests. */
  readonly engine?: () => Promise<Engine>
  /** What becomes of the staged pile before it is proved. */
  readonly spoil?: (staging: Staging) => Staging
}

export async function proven(
  files: Files,
  { at, only, settings, runner, engine: open = () => postgresEngine(serverUrl()), spoil = (s) => s, ...given }: Wanted = {},
): Promise<Certificate> {
  const folder = folderOf(files, at)
  const wishes = settings === undefined ? noSettings : readSettings(settings, 'stage.yaml')
  const staging = spoil(stagingOf(await analyse(readPile(folder, undefined)), wishes, only && new Set(only), folder))
  const orders = ordersOf(staging, folder)
  const engine = await open()
  const make = runner ?? (() => readingRunner(engine))
  const runners = { original: make(orders.original), staged: make(orders.staged) }
  try {
    return await prove({ format: staging.format, orders, runners, engine, notes: [], ...given })
  } finally {
    await engine.close()
    runners.original.close()
    runners.staged.close()
  }
}

/** One that does work of three phases, and one after it. */
export const mixed: Files = {
  ...before,
  ...revision(
    'b2',
    `op.add_column('orders', sa.Column('cents', sa.Numeric()))
op.execute("UPDATE orders SET cents = total * 100")
op.drop_column('orders', 'note')`,
    { parent: 'a1', down: `op.add_column('orders', sa.Column('note', sa.String(100)))\nop.drop_column('orders', 'cents')` },
  ),
  ...revision('c3', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'b2', down: `op.drop_table('t')` }),
}
