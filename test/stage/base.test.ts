// The pile on what the base has: edited files are taken as they are there, and what is only there comes before.
import { expect, test } from 'vitest'
import { analyse } from '../../src/stage/analysis.ts'
import { comparedWith } from '../../src/stage/base.ts'
import { folderAt } from '../../src/stage/folder.ts'
import { readPile } from '../../src/stage/pile.ts'
import { noSettings } from '../../src/stage/settings.ts'
import { stagingOf } from '../../src/stage/staging.ts'
import { before, revision } from './piles.ts'
import { repository } from './repository.ts'

test('what was edited since it was merged is staged upon as it was merged, and behind what main has got since', async () => {
  const repo = repository(before, { ...revision('b2', `op.add_column('orders', sa.Column('x', sa.Integer()))`, { parent: 'a1' }) })
  repo.commit('an edit', { 'versions/a1.py': `${before['versions/a1.py']}\n# edited\n` })
  repo.git('checkout', '-q', 'main')
  repo.commit('meanwhile', revision('m1', `op.create_table('m', sa.Column('x', sa.Integer()))`, { parent: 'a1' }))
  repo.git('checkout', '-q', 'pile')
  const folder = folderAt('versions', repo.at)
  const pile = readPile(folder, undefined)
  const compared = comparedWith('main', pile, folder, folder.root)
  expect([[...compared.added], compared.edited, compared.vanished]).toEqual([['b2'], ['a1'], ['m1']])
  const { together } = compared
  expect(together.text('versions/a1.py')).toBe(before['versions/a1.py'])
  const found = stagingOf(await analyse(readPile(together, undefined)), noSettings, compared.added, together)
  expect([found.before.map((m) => m.id), found.migrations.map((m) => [m.id, m.parent, m.change])]).toEqual([
    ['a1', 'm1'],
    [['b2', 'm1', 'parent']],
  ])
})
