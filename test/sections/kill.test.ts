// kill -9 before, in and after the delivery (I8): the file is as it was or as it is to be, and the next run comes to what one that nobody
// disturbed comes to.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverUrl } from '../support/postgres.ts'
import { Application, differences } from './application.ts'
import { migrate } from './engine.ts'

let fresh: Application
let whole: string[]
beforeAll(async () => {
  fresh = Application.smaller()
  using app = fresh.copy()
  await migrate(app.url)
  whole = app.dump()
})
afterAll(() => fresh[Symbol.dispose]())

const killed = (url: string, moment: string): Promise<NodeJS.Signals | null> =>
  new Promise((done) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./child.ts', import.meta.url)), url, serverUrl(), moment], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.once('close', (_, signal) => done(signal))
  })

/** What the file is about to be told when it happens. */
test.each([
  ['before it', 'begin immediate', 'nothing'],
  ['in it, when instances have been filled', 'insert into "project_task_templates"', 'nothing'],
  ['after it', 'after its commit', 'all'],
])('%s', async (_, moment, left) => {
  using app = fresh.copy()
  expect(await killed(app.url, moment)).toBe('SIGKILL')
  expect(differences(left === 'nothing' ? fresh.dump() : whole, app.dump())).toEqual([])
  await migrate(app.url)
  expect(differences(whole, app.dump())).toEqual([])
})
