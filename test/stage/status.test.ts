// Where the phases are: merged, deployed, and what is next.
import { expect, test } from 'vitest'
import { migratedIn } from '../../src/databases/postgres/migrated.ts'
import { analyse } from '../../src/stage/analysis.ts'
import { shippedPhases } from '../../src/stage/branches/phases.ts'
import { readPile } from '../../src/stage/pile.ts'
import { noSettings } from '../../src/stage/settings.ts'
import { stagingOf } from '../../src/stage/staging.ts'
import { deployedOf } from '../../src/stage/status/deployed.ts'
import { mergedIn } from '../../src/stage/status/merged.ts'
import { nextOf } from '../../src/stage/status/next.ts'
import { freshDatabase, query } from '../support/postgres.ts'
import { made, mixed, more } from './branching.ts'
import { before, type Files, folderOf, revision } from './piles.ts'
import { repository } from './repository.ts'

async function staging(files: Files, only: string[], at = 'versions') {
  const folder = folderOf(files, at)
  const found = stagingOf(await analyse(readPile(folder, undefined)), noSettings, new Set(only), folder)
  return { found, phases: shippedPhases(found, 'stage/{n}-{phase}') }
}

test('a squash is merged as a merge is; what was changed on the way is other; then comes what is next', async () => {
  const repo = repository(before, mixed, more)
  const { branches } = await made(repo, true)
  const phases = branches.map((b) => b.phase)
  const base = repo.git('rev-parse', 'main')
  const state = () => mergedIn('main', phases, repo.at).phases.map((p) => p.state)
  expect([state(), nextOf(phases, [mergedIn('main', phases, repo.at)], [])]).toEqual([
    ['no', 'no'],
    ['merge phase 1 of 2 (expand), stage/1-expand, into main'],
  ])
  repo.git('checkout', '-q', 'main')
  repo.git('merge', '-q', '--squash', 'stage/1-expand')
  repo.git('commit', '-q', '-m', 'squashed')
  expect(state()).toEqual(['merged', 'no'])
  const file = branches[1]!.phase.files[0]!
  repo.commit('by hand', { [file]: 'something else\n' })
  expect([state(), nextOf(phases, [mergedIn('main', phases, repo.at)], [])]).toEqual([
    ['merged', 'other'],
    [expect.stringContaining('and not as it was staged')],
  ])
  expect(mergedIn(base, phases, repo.at).phases.map((p) => p.state)).toEqual(['no', 'no'])
})

test('Alembic stands somewhere: what is before it is there, and an id of both lines is not guessed about', async () => {
  const { found, phases } = await staging({ ...before, ...mixed, ...more }, ['b2', 'c3'])
  const [expand, , backfill] = found.migrations
  const at = (...ids: string[]) => deployedOf(found, phases, ids)
  expect(at('a1').phases.map((p) => p.state)).toEqual(['no', 'no'])
  expect(at(expand!.id).phases.map((p) => p.state)).toEqual(['partly', 'no'])
  expect(at(backfill!.id).phases.map((p) => p.state)).toEqual(['deployed', 'deployed'])
  expect(at('b2')).toMatchObject({
    phases: [{ state: 'not known' }, { state: 'not known' }],
    notes: [expect.stringContaining('of the original line')],
  })
  expect(at('c3').notes).toEqual([expect.stringContaining('by which of them it came there is not told')])
  expect(at('nowhere').notes).toEqual(['it stands at nowhere, which is in no file'])
  expect(nextOf(phases, [], [{ database: 'qa', deployed: at(expand!.id) }])).toEqual(['deploy phase 1 of 2 (expand) on qa'])
  expect(nextOf(phases, [], [{ database: 'qa', deployed: at(backfill!.id) }])).toEqual(['nothing: all phases are where they are to be'])
})

test('tools that write down names: those that are there, and originals that were run as written', async () => {
  const files = {
    'versions/1_orders.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);\n',
    'versions/2_mixed.sql': 'ALTER TABLE orders ADD COLUMN x int;\nUPDATE orders SET x = total;\n',
  }
  const { found, phases } = await staging(files, ['2_mixed'])
  expect(found.migrations.map((m) => m.id)).toEqual(['3_mixed_expand', '4_mixed_backfill'])
  expect(deployedOf(found, phases, ['1', '3'])).toEqual({
    phases: [
      { n: 1, state: 'deployed' },
      { n: 2, state: 'no' },
    ],
    notes: [],
  })
  expect(deployedOf(found, phases, ['1', '2']).notes).toEqual([expect.stringContaining('it has run 2_mixed as written')])
})

test('what tools have written down, asked of a database', async () => {
  await using db = await freshDatabase()
  await query(
    db.url,
    `CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('b2');
     CREATE TABLE flyway_schema_history (version text, description text, success boolean);
     INSERT INTO flyway_schema_history VALUES ('1', 'a', true), ('2', 'b', false), (NULL, 'my view', true);
     CREATE TABLE _prisma_migrations (migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
     INSERT INTO _prisma_migrations VALUES ('one', now(), NULL), ('two', NULL, NULL), ('three', now(), now());
     CREATE SCHEMA app; CREATE TABLE app.django_migrations (app text, name text); INSERT INTO app.django_migrations VALUES ('shop', '0001_initial')`,
  )
  const { database, known } = await migratedIn(db.url)
  expect(database).toContain(db.name)
  expect(known.map((k) => [k.table, k.ids])).toEqual([
    ['public.alembic_version', ['b2']],
    ['public.flyway_schema_history', ['1', 'R__my_view']],
    ['public._prisma_migrations', ['one']],
    ['app.django_migrations', ['shop.0001_initial']],
  ])
})

test('an id that both lines have, with the same before it in both, is no question', async () => {
  const plain = {
    ...before,
    ...revision('b2', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
    ...revision('c3', `op.drop_column('orders', 'note')`, { parent: 'b2' }),
  }
  const { found, phases } = await staging(plain, ['b2', 'c3'])
  expect(deployedOf(found, phases, ['b2'])).toEqual({
    phases: [
      { n: 1, state: 'deployed' },
      { n: 2, state: 'no' },
    ],
    notes: [],
  })
})
