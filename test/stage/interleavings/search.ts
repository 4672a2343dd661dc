// A pile in its own order against the same pile in its phases: the same catalogue and the same rows, or the plan was refused.
import fc from 'fast-check'
import pg from 'pg'
import { GodwitError } from '../../../src/errors/error.ts'
import { analyse } from '../../../src/stage/analysis.ts'
import { phaseNames } from '../../../src/stage/phase.ts'
import { planPhases } from '../../../src/stage/phases.ts'
import { noSettings, type Settings } from '../../../src/stage/settings.ts'
import type { Migration, Pile } from '../../../src/stage/types.ts'
import { Draw } from '../../differential/draw.ts'
import { stateOf } from './state.ts'
import { World } from './world.ts'

/** Statements by migration, each with those before it that it says it comes after. */
interface Drawn {
  readonly migrations: readonly { readonly statements: readonly string[]; readonly parents: readonly number[] }[]
  readonly settings: (ids: readonly string[]) => Settings
}

class Piles extends fc.Arbitrary<Drawn> {
  override generate(random: fc.Random): fc.Value<Drawn> {
    const draw = new Draw(random)
    const world = new World(draw)
    const migrations = draw.times(2, 9, (i) => ({
      statements: draw.times(1, 4, () => world.statement()),
      parents: i === 0 ? [] : draw.chance(0.8) ? [i - 1] : [draw.int(0, i - 1)],
    }))
    return new fc.Value({ migrations, settings: wishes(draw) }, undefined)
  }
  override canShrinkWithoutContext(_: unknown): _ is Drawn {
    return false
  }
  override shrink(): fc.Stream<fc.Value<Drawn>> {
    return fc.Stream.nil()
  }
}

/** Mostly none: what people want may be refused, and then nothing is seen of the order. */
function wishes(draw: Draw): Drawn['settings'] {
  const [kind, one, two, phase, max] = [draw.int(0, 9), draw.int(0, 99), draw.int(0, 99), draw.pick(phaseNames), draw.int(1, 3)]
  return (ids) => {
    const [a, b] = [ids[one % ids.length]!, ids[two % ids.length]!]
    if (kind === 0) return { ...noSettings, pin: new Map([[a, phase]]) }
    if (kind === 1) return { ...noSettings, exclude: [a] }
    if (kind === 2 && a !== b) return { ...noSettings, together: [[a, b]] }
    if (kind === 3 && a !== b) return { ...noSettings, before: [[a, b]] }
    return kind === 4 ? { ...noSettings, max } : noSettings
  }
}

const pileOf = (drawn: Drawn): Pile => ({
  format: 'sql',
  faults: [],
  migrations: drawn.migrations.map(
    ({ statements, parents }, i): Migration => ({
      id: `m${i}`,
      file: `m${i}.sql`,
      title: `m${i}`,
      parents: parents.map((p) => `m${p}`),
      needs: [],
      up: statements.map((sql, line) => ({ kind: 'sql', sql, line: line + 1 })),
      down: [],
      back: 'none',
      unread: [],
      notes: [],
      dialect: 'postgres',
    }),
  ),
})

export interface Tally {
  piles: number
  statements: number
  moved: number
  refused: number
}

/** In a transaction that is never committed. */
async function within<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    return await work()
  } finally {
    await client.query('rollback')
  }
}

async function taken(client: pg.Client, sql: string): Promise<string | undefined> {
  await client.query('savepoint one')
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    await client.query('rollback to one')
    return (error as Error).message
  }
}

/** Without what the server refuses in the order in which it stands. */
const sound = (client: pg.Client, drawn: Drawn): Promise<Drawn> =>
  within(client, async () => {
    const migrations: Drawn['migrations'][number][] = []
    for (const sql of World.before) await client.query(sql)
    for (const { statements, parents } of drawn.migrations) {
      const kept: string[] = []
      for (const sql of statements) if ((await taken(client, sql)) === undefined) kept.push(sql)
      migrations.push({ statements: kept, parents })
    }
    return { ...drawn, migrations }
  })

const replayed = (client: pg.Client, statements: readonly string[]): Promise<string[]> =>
  within(client, async () => {
    for (const sql of World.before) await client.query(sql)
    for (const sql of statements) {
      const why = await taken(client, sql)
      if (why !== undefined) return [`refused: ${sql}: ${why}`]
    }
    return stateOf(client)
  })

const isBefore: Migration = {
  ...pileOf({ migrations: [{ statements: World.before, parents: [] }], settings: () => noSettings }).migrations[0]!,
  id: 'before',
}

/** What is wrong with the pile in its phases; undefined where nothing is. */
async function objection(client: pg.Client, drawn: Drawn, tally: Tally): Promise<string | undefined> {
  const { migrations } = pileOf(drawn)
  const whole = { format: 'sql', faults: [], migrations: [isBefore, ...migrations.map((m, i) => (i ? m : { ...m, parents: ['before'] }))] }
  const settings = drawn.settings(migrations.map((m) => m.id))
  const analysis = await analyse(whole)
  const staged = stagedOrder(analysis, settings, new Set(migrations.map((m) => m.id)))
  if (!staged) {
    tally.refused++
    return undefined
  }
  const own = migrations.filter((m) => !settings.exclude.includes(m.id)).flatMap((m) => m.up.map((o) => o.sql!))
  tally.statements += own.length
  if (own.some((sql, i) => sql !== staged[i])) tally.moved++
  const [asIs, inPhases] = [await replayed(client, own), await replayed(client, staged)]
  if (inPhases[0]?.startsWith('refused')) return [...inPhases, 'in phases:', ...staged].join('\n')
  const [missing, more] = [asIs.filter((l) => !inPhases.includes(l)), inPhases.filter((l) => !asIs.includes(l))]
  if (missing.length + more.length === 0 && own.length === staged.length) return undefined
  return [...missing.map((l) => `only in its own order: ${l}`), ...more.map((l) => `only in phases: ${l}`), 'in phases:', ...staged].join(
    '\n',
  )
}

function stagedOrder(analysis: Awaited<ReturnType<typeof analyse>>, settings: Settings, only: ReadonlySet<string>): string[] | undefined {
  try {
    return planPhases(analysis, settings, only).phases.flatMap((p) =>
      p.parts.flatMap((part) => part.operations.map((o) => o.operation.sql!)),
    )
  } catch (error) {
    if (error instanceof GodwitError && error.code === 'GW_STAGE_SETTINGS' && settings !== noSettings) return undefined
    throw error
  }
}

/** Fewer statements that are wrong in the same way. */
async function smallest(client: pg.Client, drawn: Drawn): Promise<Drawn> {
  for (const [m, { statements }] of drawn.migrations.entries())
    for (const s of statements.keys()) {
      const fewer = await sound(client, {
        ...drawn,
        migrations: drawn.migrations.with(m, { ...drawn.migrations[m]!, statements: statements.toSpliced(s, 1) }),
      })
      if (await objection(client, fewer, { piles: 0, statements: 0, moved: 0, refused: 0 })) return smallest(client, fewer)
    }
  return drawn
}

/** Everything that was found, at its smallest, with the seed that draws it again. */
export async function search(
  url: string,
  piles: number,
  seed: number,
): Promise<{ readonly found: readonly string[]; readonly tally: Tally }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const tally: Tally = { piles: 0, statements: 0, moved: 0, refused: 0 }
  const found: string[] = []
  try {
    for (let i = 0; i < piles && found.length < 3; i++) {
      const [drawn] = fc.sample(new Piles(), { seed: seed + i, numRuns: 1 })
      const pile = await sound(client, drawn!)
      tally.piles++
      if ((await objection(client, pile, tally)) === undefined) continue
      const small = await smallest(client, pile)
      const shown = small.migrations.flatMap(({ statements }, m) => statements.map((sql) => `m${m}: ${sql}`))
      found.push([`SEED=${seed + i}`, ...shown, await objection(client, small, { ...tally })].join('\n'))
    }
  } finally {
    await client.end()
  }
  return { found, tally }
}
