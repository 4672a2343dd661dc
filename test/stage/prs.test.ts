// Titles and descriptions of the phases.
import { expect, test } from 'vitest'
import { analyse } from '../../src/stage/analysis.ts'
import { shippedPhases } from '../../src/stage/branches/phases.ts'
import { readPile } from '../../src/stage/pile.ts'
import { applicationLines } from '../../src/stage/prs/application.ts'
import { pullRequests } from '../../src/stage/prs/prs.ts'
import { usualTemplate } from '../../src/stage/prs/template.ts'
import { noSettings } from '../../src/stage/settings.ts'
import { stagingOf } from '../../src/stage/staging.ts'
import { before, folderOf, revision } from './piles.ts'

const files = {
  ...before,
  ...revision(
    'b2',
    `op.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET x = total")\nop.drop_column('orders', 'note')`,
    {
      parent: 'a1',
    },
  ),
  ...revision('c3', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'b2', down: `op.drop_table('t')` }),
}

async function texts(template: string) {
  const folder = folderOf(files)
  const staging = stagingOf(await analyse(readPile(folder, undefined)), noSettings, new Set(['b2', 'c3']), folder)
  return pullRequests(staging, shippedPhases(staging, 'stage/{n}-{phase}'), template)
}

test('each says what it is, what changes, why it is a risk, how to go back and who is told', async () => {
  const [expand, backfill, contract] = await texts(usualTemplate)
  expect([expand!.title, contract!.title]).toEqual(['Stage 1/3: make room (expand)', 'Stage 3/3: the old shape goes (contract)'])
  for (const pr of [expand!, backfill!, contract!]) {
    expect(pr.body).not.toMatch(/\{\{|undefined/)
    for (const head of [
      'What this is',
      'What changes',
      'Why it is a risk',
      'Testing',
      'Backup and rollback',
      'Done when',
      'Who is told',
      'What comes next',
    ])
      expect(pr.body).toContain(`## ${head}\n`)
  }
  expect(expand!.body).toContain('the expand part of `b2`')
  expect(expand!.body).toContain('`c3` c3 does something: after `')
  expect(expand!.body).toMatch(/\| `[0-9a-f]{12}` \| safe-additive \| part of mixed \|/)
  expect(expand!.body).not.toContain('destructive-breaking')
  expect(contract!.body).toMatch(/\| `[0-9a-f]{12}` \| destructive-breaking \| part of mixed \| high \| empty \|/)
  expect(contract!.body).toContain('After backfill (stage/2-backfill).')
  expect(backfill!.body).toContain('Phase 3, contract: the old shape goes (stage/3-contract).')
})

test('what becomes of databases that have run the originals is said once, with the first', async () => {
  const [expand, backfill] = await texts(usualTemplate)
  expect(expand!.body).toContain('## Databases that have run the originals (`alembic stamp`)')
  expect(expand!.body).toMatch(
    /standing at `c3`: it has what the staged line has up to `[0-9a-f]{12}`; tell it so\. Untold, it would do again/,
  )
  expect(expand!.body).toContain('standing at `b2`: no staged migration says what it has')
  expect(backfill!.body).not.toContain('alembic stamp')
})

test('a template of your own, and one with a slip in it', async () => {
  expect((await texts('{{phase}} on {{branch}}\n\n{{risk}}')).map((p) => [p.title, p.body])).toEqual([
    ['expand on stage/1-expand', 'medium\n'],
    ['backfill on stage/2-backfill', 'high\n'],
    ['contract on stage/3-contract', 'high\n'],
  ])
  await expect(texts('{{pahse}}')).rejects.toMatchObject({
    code: 'GW_STAGE_TEMPLATE',
    message: expect.stringContaining('did you mean {{phase}}?'),
  })
})

test('many files of the application are told by their folders, and a text stays within its limits', () => {
  const file = (i: number) => ({ file: `app/api/part${i % 3}/x${i}.ts`, change: 'new', kind: 'api', place: 0, reasons: [] }) as const
  expect(applicationLines([file(1)])).toEqual(['`app/api/part1/x1.ts`, new (api)'])
  const many = Array.from({ length: 3000 }, (_, i) => file(i))
  expect(applicationLines(many)).toEqual([0, 1, 2].map((n) => `\`app/api/part${n}/\`: 1,000 files (api)`))
  const apart = Array.from({ length: 3000 }, (_, i) => ({ ...file(i), file: `f${i}/x.ts` }))
  expect(applicationLines(apart).at(-1)).toBe('2,960 folders more')
})
