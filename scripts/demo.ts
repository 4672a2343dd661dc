// `npm run demo`: a migration from plan to undo on a private Postgres, with a real kill in the middle. It drives the command line as people do.
// `npm run demo -- life`: the story of one over weeks.
import { count, duration } from '../src/text.ts'
import { DemoDatabase } from './demo/database.ts'
import { Godwit } from './demo/godwit.ts'
import { life } from './demo/life.ts'
import * as tell from './demo/tell.ts'

const began = performance.now()
const copies = 20

async function main(): Promise<void> {
  tell.title('Godwit: one wide table becomes five, beside an application that is in use.')
  tell.say('A private PostgreSQL starts now and is gone afterwards. Nothing else on this machine is touched.')
  await using db = await DemoDatabase.start(copies)
  const godwit = new Godwit(db.url)
  leaveCleanly(godwit, db)
  const facts = await db.facts()
  tell.say(
    `${count(facts.requests)} requests of employees to trade stand in pad.personal_account_dealing, 42 columns wide. The new application`,
  )
  tell.say(`has ${count(facts.native)} requests of its own already. examples/pad/migration.ts says what becomes of the old ones.`)
  const before = await db.digest()

  tell.chapter('1', 'What would happen? Nothing is changed.')
  await godwit.show(['plan'])

  tell.chapter('2', 'Run it, and kill it in the middle.')
  const killed = await godwit.killWhen(['run', '--chunk', '1500'], () => db.half())
  const left = await db.standing()
  tell.blow(`kill -9 ${killed}: no handler ran, nothing was cleaned up.`)
  tell.say(
    `In the ledger: read ${count(left.read)} = migrated ${count(left.migrated)} + quarantined ${count(left.quarantined)} + filtered ${count(left.filtered)}.`,
  )
  tell.say(
    `In the target: ${count(left.requests)} requests. ${left.requests === left.migrated ? 'The same: nothing is half done.' : 'They differ!'}`,
  )

  tell.chapter('3', 'The same command goes on from there, and proves the result.')
  await godwit.show(['run', '--chunk', '1500'])

  tell.chapter('4', 'What became of the rows that did not go?')
  await godwit.show(['quarantine'], 14)
  await godwit.show(['quarantine', 'show', '2008'])
  tell.say('Somebody knows what 1.234,56 was, and mends the row in the old table:')
  await db.change("update pad.personal_account_dealing set value = '1234.56' where id = 2008")
  await godwit.show(['quarantine', 'retry', '2008'])

  tell.chapter('5', 'Where did a row go, where did one come from?')
  await godwit.show(['trace', 'personal_account_dealing:515'])
  await godwit.show(['trace', `pad_approval:${await db.anApprovalOf(515)}`])

  tell.chapter('6', 'Is it right? Every column of every row, asked again by other SQL than the one that wrote it.')
  await godwit.show(['verify'])

  tell.chapter('7', 'Take it back.')
  await godwit.show(['undo', '--yes'])
  tell.say('The old row gets its old value back, and the whole database is digested once more: schema, every row, every sequence.')
  await db.change("update pad.personal_account_dealing set value = '1.234,56' where id = 2008")
  const after = await db.digest()
  if (after !== before) throw new Error(`The database is not what it was: ${before} before, ${after} after.`)
  tell.say(`before ${before.slice(0, 16)}… = after ${after.slice(0, 16)}…`)

  tell.end(
    `It moved ${count(facts.requests)} rows, survived a kill -9, told what became of every one of them, proved it, and took it back.`,
    `${duration((performance.now() - began) / 1000)}. To see it in the small: docs/guide/first-migration.md. To see the mapping: examples/pad/migration.ts`,
  )
}

/** Ctrl-C and SIGTERM: the command that runs and the server go first. Were we killed, the server would end by itself. */
function leaveCleanly(godwit: Godwit, db: DemoDatabase): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, async () => {
      godwit.stop()
      tell.restore()
      await db[Symbol.asyncDispose]().catch(() => undefined)
      process.exit(130)
    })
  }
}

try {
  await (process.argv[2] === 'life' ? life() : main())
} catch (error) {
  tell.restore()
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
