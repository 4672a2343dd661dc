// The life of a step, on each database that it supports: there, there again (nothing), broken off at each of its works and resumed,
// back, back from where it was broken off, and there once more. What it leaves is held as text: of the database, and of the world outside of it.
import { expect, onTestFinished, test } from 'vitest'
import { connect, plan, type RunOptions, run, undo, type View } from '../../src/api.ts'
import { type Migration, migration } from '../../src/index.ts'
import type { Steps } from '../../src/migration/migration.ts'
import type { Hands } from '../../src/steps/hands.ts'
import type { Step } from '../../src/steps/step.ts'
import { quickClock } from '../crash/process.ts'
import { dumpOf } from '../crash/state.ts'
import { engines } from '../targets/engines.ts'
import type { Kind, Opened } from '../targets/place.ts'
import { serverUrl } from './postgres.ts'

/** What is outside of the database: files, services. */
export interface World {
  /** All of it that the step may change, as text. */
  state?(): string | Promise<string>
  readonly root?: string
  readonly variable?: (name: string) => string | undefined
  end?(): void | Promise<void>
}

export interface Life<W extends World> {
  readonly setup: (kind: Kind) => string
  /** Anew for each test. */
  readonly world?: (kind: Kind) => W | Promise<W>
  /** In one phase, or in several. */
  readonly steps: (world: W, kind: Kind) => readonly Step[] | Steps
  /** Names of engines that it does not support, with the reason. */
  readonly not?: Readonly<Record<string, string>>
  readonly phase?: 'expand' | 'cutover' | 'contract'
  /** What must hold once it is there. */
  readonly once?: (world: W, place: LivePlace) => Promise<void>
  readonly clock?: RunOptions['clock']
  /** It only looks: each question is a work as well. */
  readonly looks?: true
  /** The steps at whose works it is broken off; left out, all. */
  readonly of?: (step: Step) => boolean
  /** Where one run only waits: what happens until the next one, which comes through. */
  readonly between?: (place: LivePlace) => void | Promise<void>
  /** Where there are so many works that three minutes are not enough. */
  readonly timeoutMs?: number
  /** At so many places it is broken off, other ones each time; EVERY_STATEMENT=1 takes all. Left out, 16. */
  readonly breaks?: number
}

export interface LivePlace {
  readonly kind: Kind
  readonly url: string
  sql(text: string): Promise<readonly (readonly (string | null)[])[]>
  /** The database without what is Godwit's own, and the world. */
  state(): Promise<readonly string[]>
  run(m: Migration, options?: RunOptions): Promise<View>
  undo(m: Migration, options?: RunOptions): ReturnType<typeof undo>
}

export function life<W extends World>(title: string, its: Life<W>): void {
  for (const [name, open] of engines) {
    const why = its.not?.[name]
    if (why !== undefined) {
      test.skip(`${name}: ${title} (${why})`, () => {})
      continue
    }
    const made = () => placeFor(its, open)
    test(`${name}: ${title}: there, again, back, there`, async () => {
      const { place, world, m, arrive } = await made()
      const before = await place.state()
      await arrive(m)
      const there = await place.state()
      await its.once?.(world, place)
      await place.run(m)
      expect(await place.state()).toEqual(there)
      await place.undo(m)
      expect(await place.state()).toEqual(before)
      await arrive(m)
      expect(await place.state()).toEqual(there)
    }, 180_000)

    test(
      `${name}: ${title}: broken off at each work, resumed, or taken back`,
      async () => {
        const { place, world, m, arrive } = await made()
        const before = await place.state()
        const acts: string[] = []
        await arrive(lifeOf(its, world, place.kind, (act, when) => void (when === 'before' && acts.push(act))))
        const there = await place.state()
        await place.undo(m)
        for (const at of someOf(breaksIn(acts), its.breaks ?? 16)) {
          const point = `${at.when} ${acts[at.n]}, act ${at.n + 1} of ${acts.length}`
          const broken = () => arrive(lifeOf(its, world, place.kind, breaking(at)))
          await expect(broken(), point).rejects.toThrow('broken off')
          await arrive(m)
          expect(await place.state(), `resumed after it was broken off ${point}`).toEqual(there)
          await place.undo(m)
          expect(await place.state(), `back again, after ${point}`).toEqual(before)
          await expect(broken(), point).rejects.toThrow('broken off')
          await place.undo(m)
          expect(await place.state(), `back from where it was broken off ${point}`).toEqual(before)
        }
        expect(acts.length).toBeGreaterThan(0)
      },
      its.timeoutMs ?? 180_000,
    )
  }
}

interface Break {
  readonly n: number
  readonly when: 'before' | 'after'
}

/** After one act is before the next: only the last has an after of its own, where nothing is noted yet. */
const breaksIn = (acts: readonly string[]): Break[] => [
  ...acts.map((_, n) => ({ n, when: 'before' as const })),
  { n: acts.length - 1, when: 'after' },
]

/** Evenly, and always the last. */
function someOf(all: readonly Break[], most: number): readonly Break[] {
  if (all.length <= most || process.env['EVERY_STATEMENT']) return all
  const stride = (all.length - 1) / (most - 1)
  const begin = Math.random() * stride
  return [...Array.from({ length: most - 1 }, (_, i) => all[Math.floor(begin + i * stride)]!), all.at(-1)!]
}

type Watch = (act: string, when: Break['when']) => void

function breaking(at: Break): Watch {
  let n = 0
  return (_, when) => {
    if (when === at.when && n === at.n) throw new Error('broken off')
    if (when === 'after') n++
  }
}

async function placeFor<W extends World>(its: Life<W>, open: () => Promise<Opened>) {
  const opened = await open()
  const { kind, url, app } = opened
  await app.sql(its.setup(kind))
  const world = (await its.world?.(kind)) ?? ({} as W)
  const db = await connect(url, { workshop: serverUrl() })
  onTestFinished(async () => {
    await db.close()
    await world.end?.()
    await app.end()
    await opened.drop()
  })
  const around: RunOptions = {
    clock: its.clock ?? quickClock,
    ...(world.root === undefined ? {} : { root: world.root }),
    ...(world.variable ? { variable: world.variable } : {}),
  }
  const place: LivePlace = {
    kind,
    url,
    sql: (text) => app.sql(text),
    state: async () => [...(await databaseState(opened)), (await world.state?.()) ?? ''],
    run: async (m, options = {}) => run(await plan(m, db), db, { ...around, ...options }),
    undo: async (m, options = {}) => undo(await plan(m, db, { recorded: true }), db, { ...around, ...options }),
  }
  const arrive = async (m: Migration): Promise<void> => {
    await place.run(m)
    if (!its.between) return
    await its.between(place)
    await place.run(m)
  }
  return { place, world, m: lifeOf(its, world, kind), arrive }
}

function lifeOf<W extends World>(its: Life<W>, world: W, kind: Kind, watch?: Watch): Migration {
  const steps = its.steps(world, kind)
  const byPhase = (Array.isArray(steps) ? { [its.phase ?? 'cutover']: steps } : steps) as Steps
  const lent = (list: readonly Step[]) => list.map((s) => (watch && (its.of?.(s) ?? true) ? watched(s, watch, its.looks === true) : s))
  return migration('life', Object.fromEntries(Object.entries(byPhase).map(([phase, list]) => [phase, lent(list)])))
}

/** Everything that goes out by its hands is a work: told before and after. */
function watched(step: Step, watch: Watch, looks: boolean): Step {
  const { doing } = step
  if (!doing) return step
  const at = async <T>(act: string, body: () => Promise<T>): Promise<T> => {
    watch(act, 'before')
    const result = await body()
    watch(act, 'after')
    return result
  }
  const lent = (hands: Hands): Hands => ({
    ...hands,
    target: {
      ...hands.target,
      change: (sql) => at('change', () => hands.target.change(sql)),
      timed: (sql) => at('timed', () => hands.target.timed(sql)),
      ...(looks ? { ask: (sql: string) => at('ask', () => hands.target.ask(sql)) } : {}),
    },
    schema: {
      ...hands.schema,
      reshape: (sql) => at('reshape', () => hands.schema.reshape(sql)),
      validate: (sql) => at('validate', () => hands.schema.validate(sql)),
      gently: (sql) => at('gently', () => hands.schema.gently(sql)),
      alone: (sql) => at('alone', () => hands.schema.alone(sql)),
      sweep: (what) => at('sweep', () => hands.schema.sweep(what)),
    },
    memory: { ...hands.memory, write: (what) => at('memory', () => hands.memory.write(what)) },
    files: { ...hands.files, replace: (path, text) => at('file', () => hands.files.replace(path, text)) },
    command: (what) => at('command', () => hands.command(what)),
    request: (what) => at('request', () => hands.request(what)),
  })
  return { ...step, doing: { ...doing, do: (hands) => doing.do(lent(hands)) } }
}

/** Everything but Godwit's own. */
async function databaseState({ kind, url, app }: Opened): Promise<readonly string[]> {
  if (kind.name === 'Postgres') return dumpOf(url)
  const names =
    kind.name === 'SQLite'
      ? `select name, replace(replace(replace(sql, '"', ''), char(10), ' '), '\`', '') from sqlite_schema where name not like 'godwit\\_%' escape '\\' and name not like 'sqlite\\_%' escape '\\' and sql is not null order by name`
      : `select table_name, concat_ws(' ', table_type, table_comment) from information_schema.tables where table_schema = database() and table_name not like 'godwit\\\\_%' order by 1`
  const lines: string[] = []
  for (const [name, made] of await app.sql(names)) {
    const shown = kind.name === 'SQLite' ? made! : (await app.sql(`show create table \`${name}\``))[0]![1]!
    lines.push(`${name} ${shown}`)
    if (kind.name !== 'SQLite' || /^create table/i.test(made!)) {
      const rows = await app.sql(`select * from ${kind.name === 'SQLite' ? `"${name}"` : `\`${name}\``}`)
      lines.push(...rows.map((r) => `  ${JSON.stringify(r)}`).toSorted())
    }
  }
  if (kind.name === 'MariaDB')
    for (const [name, table, timing, event, body] of await app.sql(
      'select trigger_name, event_object_table, action_timing, event_manipulation, action_statement from information_schema.triggers where trigger_schema = database() order by 1',
    ))
      lines.push(`trigger ${name} ${timing} ${event} on ${table} ${body}`)
  return lines
}
