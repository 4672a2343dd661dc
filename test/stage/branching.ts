// A pile of two migrations in a repository, and the branches of its phases.
import { analyse } from '../../src/stage/analysis.ts'
import { comparedWith } from '../../src/stage/base.ts'
import { branchesOf, committed } from '../../src/stage/branches/branches.ts'
import { shippedPhases } from '../../src/stage/branches/phases.ts'
import { applicationSince } from '../../src/stage/files/changed.ts'
import { applicationFiles } from '../../src/stage/files/files.ts'
import { folderAt } from '../../src/stage/folder.ts'
import { readPile } from '../../src/stage/pile.ts'
import { noSettings } from '../../src/stage/settings.ts'
import { stagingOf } from '../../src/stage/staging.ts'
import { revision } from './piles.ts'
import type { Repository } from './repository.ts'

export const mixed = revision('b2', `op.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET x = total")`, {
  parent: 'a1',
  down: `op.drop_column('orders', 'x')`,
})
export const more = revision('c3', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'b2', down: `op.drop_table('t')` })

export async function made({ at }: Repository, apply: boolean, name = 'stage/{n}-{phase}') {
  const folder = folderAt('versions', at)
  const pile = readPile(folder, undefined)
  const compared = comparedWith('main', pile, folder, folder.root)
  const staging = stagingOf(await analyse(pile), noSettings, compared.added, folder)
  const { files } = applicationFiles(staging.plan, applicationSince(compared, folder, folder.root), noSettings)
  const phases = shippedPhases(staging, name, committed(files, folder, 'main'))
  return branchesOf({ base: 'main', phases, folder, apply })
}
