// Branches that are made a second time, that belong to somebody else, or that are only told.
import { expect, test } from 'vitest'
import { made, mixed, more } from './branching.ts'
import { before, revision } from './piles.ts'
import { type Repository, repository } from './repository.ts'

test('without --apply nothing is written, and the same commits are told', async () => {
  const repo = repository(before, mixed, more)
  const [refs, objects] = [() => repo.git('for-each-ref'), () => repo.git('count-objects', '-v')]
  const was = [refs(), objects()]
  const told = await made(repo, false)
  expect([refs(), objects()]).toEqual(was)
  const { branches } = await made(repo, true)
  expect(branches.map((b) => b.tip)).toEqual(told.branches.map((b) => b.tip))
})

test('made twice it is the same; when the pile has moved its own branches move with it', async () => {
  const repo = repository(before, mixed)
  await made(repo, true)
  expect((await made(repo, true)).branches.map((b) => b.state)).toEqual(['the same', 'the same'])
  repo.commit('one more', more)
  const { branches } = await made(repo, true)
  expect(branches.map((b) => [b.state, b.commits.length])).toEqual([
    ['made anew', 2],
    ['made anew', 1],
  ])
  expect(repo.git('rev-parse', 'stage/2-backfill')).toBe(branches[1]!.tip)
  repo.commit('no backfill any more', { ...more, 'versions/b2.py': revision('b2', 'pass', { parent: 'a1' })['versions/b2.py'] })
  expect((await made(repo, true)).left).toEqual(['stage/2-backfill'])
})

test('what somebody else has committed is not made anew, and nothing else is either', async () => {
  const repo = repository(before, mixed)
  await made(repo, true)
  repo.git('checkout', '-q', 'stage/2-backfill')
  const theirs = repo.commit('a review', { 'notes.md': 'look here\n' })
  repo.git('checkout', '-q', 'pile')
  repo.commit('one more', more)
  const was = repo.git('for-each-ref')
  await expect(made(repo, true)).rejects.toMatchObject({
    code: 'GW_STAGE_BRANCH',
    message: 'stage/2-backfill: somebody has committed on it since it was made.',
  })
  expect([repo.git('for-each-ref'), repo.git('rev-parse', 'stage/2-backfill')]).toEqual([was, theirs])
})

test.each([
  [
    'a branch that was not made by it',
    (r: Repository) => r.git('branch', 'stage/1-expand', 'main'),
    'it is there, and was not made by godwit',
  ],
  [
    'a migration that is not committed',
    (r: Repository) => r.git('rm', '-q', '--cached', 'versions/b2.py'),
    'versions/b2.py is not committed',
  ],
])('%s is refused', async (_, spoil, why) => {
  const repo = repository(before, mixed)
  spoil(repo)
  await expect(made(repo, true)).rejects.toMatchObject({ code: 'GW_STAGE_BRANCH', message: expect.stringContaining(why) })
})

test('a branch that is checked out somewhere is not moved under whoever works there', async () => {
  const repo = repository(before, mixed)
  await made(repo, true)
  repo.git('worktree', 'add', '-q', `${repo.at}/elsewhere`, 'stage/1-expand')
  repo.git('update-index', '--refresh')
  repo.commit('one more', { ...more, '.gitignore': 'elsewhere\n' })
  await expect(made(repo, true)).rejects.toMatchObject({ message: expect.stringContaining('it is checked out') })
})

test('names of branches', async () => {
  const repo = repository(before, mixed)
  expect((await made(repo, false, 'shipping/{phase}')).branches.map((b) => b.name)).toEqual(['shipping/expand', 'shipping/backfill'])
  await expect(made(repo, false, 'one name')).rejects.toMatchObject({ code: 'GW_STAGE_SETTINGS' })
  await expect(made(repo, false, '{n}..{phase}')).rejects.toMatchObject({ code: 'GW_STAGE_BRANCH' })
})

test('files of the application ship with the phase that they need, in a commit of their own', async () => {
  const repo = repository({ ...before, 'app/old.py': 'print(1)\n', 'app/both.py': 'x = 1\n' }, mixed, more)
  repo.commit('the application', { 'app/t_page.py': 'session.query(T).filter(t.x)\nSELECT x FROM t\n', 'app/old.py': undefined })
  const { branches } = await made(repo, true)
  const commit = branches[0]!.commits.at(-1)!
  expect([commit.migration, commit.subject, commit.files]).toEqual([
    undefined,
    'stage 1/2: what ships with it of the application',
    ['app/old.py', 'app/t_page.py'],
  ])
  expect(repo.git('show', 'stage/1-expand:app/t_page.py')).toContain('SELECT x FROM t')
  expect(repo.git('ls-tree', '-r', '--name-only', 'stage/1-expand').split('\n')).not.toContain('app/old.py')
  // what the base has changed since would be lost
  repo.commit('here', { 'app/both.py': 'x = 2\n' })
  repo.git('checkout', '-q', 'main')
  repo.commit('there', { 'app/both.py': 'x = 3\n' })
  repo.git('checkout', '-q', 'pile')
  await expect(made(repo, true)).rejects.toMatchObject({
    code: 'GW_STAGE_BRANCH',
    message: 'app/both.py: it was changed here and on the base.',
  })
})
