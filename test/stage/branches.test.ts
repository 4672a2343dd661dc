// A branch for each phase: what is in it, and what nobody touches.
import { expect, test } from 'vitest'
import { made, mixed, more } from './branching.ts'
import { before } from './piles.ts'
import { type Repository, repository } from './repository.ts'

const everything = ({ git }: Repository) => [
  git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/'),
  git('rev-parse', '--abbrev-ref', 'HEAD'),
  git('status', '--porcelain', '--untracked-files=all'),
  git('stash', 'list'),
]

test('a branch a phase, on the one before it, a commit a migration, and no file but those of the phase', async () => {
  const repo = repository(before, mixed, more)
  const was = everything(repo)
  const { branches } = await made(repo, true)
  expect(branches.map((b) => [b.name, b.onto, b.state, b.commits.map((c) => c.subject)])).toEqual([
    ['stage/1-expand', 'main', 'new', ['stage 1/2: b2 does something, the expand part', 'stage 1/2: c3 does something']],
    ['stage/2-backfill', 'stage/1-expand', 'new', ['stage 2/2: b2 does something, the backfill part']],
  ])
  const [expand, backfill] = branches
  expect(repo.git('diff', '--name-only', 'main', 'stage/1-expand').split('\n')).toEqual(expand!.phase.files)
  expect(repo.git('diff', '--name-only', 'stage/1-expand', 'stage/2-backfill').split('\n')).toEqual(backfill!.phase.files)
  expect(repo.git('ls-tree', '-r', '--name-only', 'stage/2-backfill').split('\n')).not.toContain('versions/b2.py')
  expect(repo.git('log', '-1', '--format=%an %aI %(trailers:key=Godwit-Migration,valueonly)', 'stage/2-backfill')).toBe(
    `${repo.git('log', '-1', '--format=%an %aI', 'pile', '--', 'versions/b2.py')} ${backfill!.commits[0]!.migration}`,
  )
  // the work tree, the index, the branch that is checked out and every other one are what they were
  expect(everything(repo).slice(1)).toEqual(was.slice(1))
  expect(
    everything(repo)[0]!
      .split('\n')
      .filter((l) => !l.includes('stage/')),
  ).toEqual(was[0]!.split('\n'))
})
