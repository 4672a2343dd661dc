// SEEDS §3.7, A4v, what really happened: the same schema with no milestone and no project's task in it. Nothing that moved is nothing that
// was proved, and the commands say so.
import { cpSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { folder, godwit, jsonOf } from '../cli/godwit.ts'
import { serverUrl } from '../support/postgres.ts'
import { Application } from './application.ts'

const example = fileURLToPath(new URL('../../examples/sections/', import.meta.url))

/** The example as a project of its own, on the file of an application and with a workshop on the server of the tests. */
function project(app: Application) {
  const config = readFileSync(path.join(example, 'godwit.config.ts'), 'utf8')
    .replace('godwit/config', new URL('../../src/config/index.ts', import.meta.url).href)
    .replace("  database: '", "  workshop: '${WORKSHOP_URL}',\n  database: '")
  const root = folder({ 'godwit.config.ts': config })
  for (const name of ['migration.ts', 'checks.ts', 'schema.ts', 'life.ts', 'rebuild.ts'])
    cpSync(path.join(example, name), path.join(root, name))
  const env = { DATABASE_URL: `file:${app.file}`, WORKSHOP_URL: serverUrl() }
  return (...args: string[]) => godwit([...args, '-C', root], { env })
}

const empty = (): Application =>
  Application.withFixture(
    ...[
      'milestones',
      'tasks',
      'project_milestone_tasks',
      'supplier_project_instances',
      'supplier_task_instances',
      'task_templates_old',
    ].map((table) => `delete from ${table}`),
    ...[`suppliers where id <> 's1'`, `projects where id <> 'p1'`, `task_types where id <> 'tt1'`].map((rows) => `delete from ${rows}`),
  )

test('the plan says that there is nothing to migrate; what was run over nothing is not verified (I14, I16)', async () => {
  using app = empty()
  const command = project(app)
  const before = app.dump()
  const plan = await command('plan')
  expect([plan.code, plan.all]).toEqual([0, expect.stringContaining('4 mappings (0 rows: nothing to migrate)')])

  // it does not come as far as the rows: there is nothing that a later look could be held against
  const run = await command('run', '--yes')
  expect([run.code, run.all]).toEqual([4, expect.stringContaining('nothing to migrate')])
  expect(run.all).not.toMatch(/Verified|✓ verif/)
  expect(app.dump()).toEqual(before)

  const verify = await command('verify', '--json')
  expect(verify.code).toBe(4)
  const { verdict, answers } = jsonOf(verify) as { verdict: string; answers: { title: string; verdict: string }[] }
  expect(verdict).toBe('not verified')
  expect(answers.length).toBeGreaterThan(10)
  expect(answers.filter((a) => a.verdict !== 'not verified')).toEqual([])
})
