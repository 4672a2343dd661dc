// One case: a deed is broken off at one statement, carried on, and held against the same deed left in peace.
import { GodwitError } from '../../src/api.ts'
import { type FreshDatabase, freshDatabase, query, serverUrl } from '../support/postgres.ts'
import type { SmallPlan } from './plans.ts'
import { again, type Deed, type Ended, type Manner, once, toTheEnd } from './process.ts'
import { broken, type Dump, difference, dumpOf, leftovers, stateOf, targetOf } from './state.ts'
import { cuts, deaths, type Fault, type Mode } from './statements.ts'

/** What was done before, and what is then broken off. */
export const stories = ['run', 'second run', 'undo', 'undo after a second run', 'retry'] as const
export type Story = (typeof stories)[number]
const deedOf = (story: Story): Deed => (story.includes('undo') ? 'undo' : story === 'retry' ? 'retry' : 'run')

/** A database in which the story has come to where it will be broken off, to be copied; and how it should end. */
export interface Scene extends AsyncDisposable {
  readonly small: SmallPlan
  readonly story: Story
  readonly manner: Manner
  readonly statements: readonly string[]
  readonly should: Dump
  copy(): Promise<FreshDatabase>
}

export async function setScene(small: SmallPlan, story: Story, manner: Manner = {}): Promise<Scene> {
  const base = await freshDatabase()
  await query(base.url, small.setup)
  const untouched = await dumpOf(base.url)
  await tell(small, story, base.url)
  const copy = story === 'run' ? () => renewed(base, small) : () => copyOf(base)
  await using sample = await copy()
  const { sent } = await must(deedOf(story), small, sample.url, manner)
  const should = deedOf(story) === 'undo' ? targetOf(untouched) : await stateOf(sample.url)
  return { small, story, manner, statements: sent, should, copy, [Symbol.asyncDispose]: base.drop }
}

async function tell(small: SmallPlan, story: Story, url: string): Promise<void> {
  if (story === 'run') return
  await must('run', small, url, {})
  if (story === 'retry') await query(url, small.mend)
  if (story.includes('second run')) await query(url, small.change)
  if (story === 'undo after a second run') await must('run', small, url, {})
}

async function must(deed: Deed, small: SmallPlan, url: string, manner: Manner): Promise<Ended> {
  const ended = await once(deed, small, url, manner)
  if (ended.how !== 'done') throw ended.error
  return ended
}

/** The same database from the beginning again: much cheaper than another one. */
async function renewed(base: FreshDatabase, small: SmallPlan): Promise<FreshDatabase> {
  await query(
    base.url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await query(
    base.url,
    `drop schema if exists src cascade; drop schema if exists tgt cascade; drop schema if exists godwit cascade; ${small.setup}`,
  )
  return { ...base, [Symbol.asyncDispose]: async () => {} }
}

let copies = 0
async function copyOf(base: FreshDatabase): Promise<FreshDatabase> {
  const name = `${base.name}_${++copies}`
  await query(serverUrl(), `create database "${name}" template "${base.name}" strategy file_copy`)
  const url = new URL(base.url)
  url.pathname = `/${name}`
  const drop = async () => void (await query(serverUrl(), `drop database if exists "${name}" with (force)`))
  return { name, url: url.href, config: { connectionString: url.href }, drop, [Symbol.asyncDispose]: drop }
}

export const modes: readonly Mode[] = [...deaths, ...cuts]

/** What is wrong after it was broken off and carried on; nothing, if it came to the same. */
export async function played(scene: Scene, fault: Fault, then?: Fault): Promise<string[]> {
  const { small, story, manner } = scene
  const deed = deedOf(story)
  const wrong: string[] = []
  await using db = await scene.copy()
  let ended = await once(deed, small, db.url, manner, fault)
  const at = ended.sent[fault.at - 1] ?? ''
  wrong.push(...(await broken(db.url)))
  if (then) {
    ended = await again(deed, small, db.url, manner, then)
    wrong.push(...(await broken(db.url)))
  }
  if (ended.how !== 'done') ended = await toTheEnd(deed, small, db.url, manner)
  if (ended.how !== 'done') wrong.push(`did not end: ${(ended.error as Error).message}`)
  const is = deed === 'undo' ? targetOf(await dumpOf(db.url)) : await stateOf(db.url)
  const differs = await difference(scene.should, is)
  if (differs) wrong.push(differs)
  wrong.push(...(await broken(db.url)), ...(await leftovers(db.url)))
  const name = `${small.name}, ${story}, ${JSON.stringify(manner)}: ${fault.mode} ${fault.at}${then ? `, then ${then.mode} ${then.at}` : ''}  ${at.replace(/\s+/g, ' ').slice(0, 90)}`
  return wrong.map((w) => `${name}\n    ${w}`)
}

/** Who fails says so in words of its own, not in the driver's. */
export function unsaid({ how, error }: Ended): string[] {
  return how === 'failed' && !(error instanceof GodwitError) ? [`ended with ${(error as Error)?.name}: ${(error as Error)?.message}`] : []
}
