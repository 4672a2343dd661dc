// Killed before, in and after a delivery: the target is as it was or as it is to be, and the next process goes on.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'
import { objections } from '../guarantees/engine.ts'
import { serverUrl } from '../support/postgres.ts'
import { people, setup, tables } from './people.ts'
import { openSqlitePlace, place } from './place.ts'

const child = (...args: readonly string[]): Promise<NodeJS.Signals | null> =>
  new Promise((done) => {
    const started = spawn(process.execPath, [path.join(import.meta.dirname, 'child.ts'), ...args], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    started.once('close', (_, signal) => done(signal))
  })

/** What the delivery is about to say when it is killed. */
const moments = [
  ['before it begins', 'begin immediate', 'nothing'],
  ['with rows in it', 'insert into "contact"', 'nothing'],
  ['with part of the ledger in it', 'insert or replace into "godwit_row', 'nothing'],
  ['at its commit', 'commit', 'nothing'],
  ['after its commit', 'after commit', 'all'],
] as const

test.each(moments)('a run killed %s', async (_, moment, left) => {
  await using p = await place(openSqlitePlace, setup)
  const m = people(p.kind)
  const before = await p.rows(...tables)
  expect(await child(p.url, serverUrl(), p.kind.name, 'run', moment)).toBe('SIGKILL')
  if (left === 'nothing') expect(await p.rows(...tables)).toEqual(before)
  else expect((await p.rows('person')).length).toBeGreaterThan(30)
  const view = await p.run(m)
  expect(view.state).toBe('finished')
  expect(objections(await p.verify(m))).toEqual([])
  expect((await p.undo(m)).digest.rows).toBe(3)
  expect(await p.rows(...tables)).toEqual(before)
})

test.each([moments[1], moments[4]])('an undo killed %s', async (_, moment, left) => {
  await using p = await place(openSqlitePlace, setup)
  const m = people(p.kind)
  const before = await p.rows(...tables)
  await p.run(m)
  const full = await p.rows(...tables)
  const gone = moment.replace('insert into', 'delete from')
  expect(await child(p.url, serverUrl(), p.kind.name, 'undo', gone)).toBe('SIGKILL')
  expect(await p.rows(...tables)).toEqual(left === 'nothing' ? full : before)
  await p.again()
  if (left === 'nothing') await p.undo(m)
  expect(await p.rows(...tables)).toEqual(before)
})
