// examples/staging by its README: from the repository to the certificate, the branches, and what is next.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'

const example = fileURLToPath(new URL('../../examples/staging', import.meta.url))

/** The lines of the README, from the folder that the first of them makes. */
const commands = /```sh\n([\s\S]*?)```/
  .exec(readFileSync(path.join(example, 'README.md'), 'utf8'))![1]!
  .split('\n')
  .filter((line) => line.startsWith('godwit '))
  .map((line) =>
    line
      .replace(/\s+#.*$/, '')
      .split(' ')
      .slice(1),
  )

test('every command of the README, one after the other', async () => {
  const at = folder({})
  execFileSync(process.execPath, [path.join(example, 'history.ts'), path.join(at, 'r')], { stdio: 'pipe' })
  const cwd = path.join(at, 'r')
  const git = (...words: string[]) => execFileSync('git', words, { cwd, encoding: 'utf8' }).trim()
  const ended = new Map<string, Awaited<ReturnType<typeof godwit>>>()
  for (const words of commands) {
    const found = await godwit([...words, '--json'], { cwd })
    ended.set(words.slice(1).join(' '), found)
  }
  const of = (start: string) => [...ended].find(([words]) => words.startsWith(start))![1]
  const json = (start: string) => JSON.parse(of(start).stdout)
  expect([...ended.values()].map((e) => e.code)).toEqual([0, 4, 4, 0, 0, 0, 0])

  expect(json('analyze').compared.edited).toEqual(['1d2e3f4a5b6c'])
  const plan = json('plan versions --base main')
  expect(plan.phases.map((p: { name: string }) => p.name)).toEqual(['expand', 'reference-data', 'data-fixes', 'backfill', 'contract'])
  expect(plan.inversions).toHaveLength(3)
  expect(plan.migrations.find((m: { id: string }) => m.id === '63a9f0d2b4c8').reasons.join('\n')).toContain(
    'the comment says that it revises 7c1e5a0b9d21',
  )

  const { written } = json('plan versions --base main --write')
  expect(
    written.migrations.filter((m: { change: string }) => m.change === 'part').map((m: { of: string; phase: string }) => [m.of, m.phase]),
  ).toEqual([
    ['54d0c3a91e7f', 'expand'],
    ['54d0c3a91e7f', 'backfill'],
    ['54d0c3a91e7f', 'contract'],
  ])
  expect(written.stamps.at(-1)).toMatchObject({ at: 'f0a7d3c6e918', stamp: 'f0a7d3c6e918' })
  expect(written.notes).toEqual([expect.stringContaining('1d2e3f4a5b6c was edited here since it was merged')])

  const { certificate } = json('prove')
  expect(certificate).toMatchObject({ proved: true, statements: { original: 14, staged: 14 }, compared: { rows: 22 } })
  expect(certificate.phases.map((p: { back: { result: string }; smoke: { result: string } }) => [p.back.result, p.smoke.result])).toEqual([
    ['proved', 'proved'],
    ['proved', 'proved'],
    ['not proved', 'proved'],
    ['proved', 'proved'],
    ['not proved', 'refuted'],
  ])
  expect(JSON.parse(readFileSync(path.join(cwd, 'proof/certificate.json'), 'utf8'))).toEqual(certificate)
  // it is of these files and of no others
  expect((await godwit(['stage', 'prove', 'versions', '--base', 'main', '--check', 'proof/certificate.json'], { cwd })).code).toBe(0)

  expect(git('branch', '--list', 'stage/*', '--format=%(refname:short)').split('\n')).toHaveLength(5)
  expect(git('diff', '--name-only', 'stage/4-backfill', 'stage/5-contract').split('\n')).toEqual([
    'versions/0011_imports_are_done.py',
    expect.stringMatching(/^versions\/[0-9a-f]{12}_0004_historical_snapshot_contract\.py$/),
  ])
  expect(readFileSync(path.join(cwd, 'prs/1-expand.md'), 'utf8')).toMatch(/^# Stage 1\/5: make room \(expand\)\n/)
  expect(json('status').next).toEqual(['merge phase 1 of 5 (expand), stage/1-expand, into main'])

  git('commit', '-q', '--allow-empty', '-m', 'x')
  execFileSync('sh', ['-c', `echo '# a word' >> versions/0005_penalty_log.py`], { cwd })
  const other = await godwit(['stage', 'prove', 'versions', '--base', 'main', '--check', 'proof/certificate.json'], { cwd })
  expect([other.code, other.stdout]).toEqual([4, expect.stringContaining('versions/0005_penalty_log.py')])
})
