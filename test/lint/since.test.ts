// What ran already, by git: it is known and not judged again, and it may not have changed.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { folder, godwit } from '../cli/godwit.ts'

const first = 'CREATE TABLE a (x int, note varchar(20));\n'

function repository(): { cwd: string; write(file: string, text: string): void } {
  const cwd = folder({ 'README.md': 'a shop' })
  const git = (...words: string[]) => {
    const ended = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], { cwd, encoding: 'utf8' })
    expect(ended.stderr).toBe('')
  }
  const write = (file: string, text: string) => writeFileSync(path.join(cwd, file), text)
  git('init', '-q', '-b', 'main')
  mkdirSync(path.join(cwd, 'migrations'))
  write('migrations/1.sql', first)
  write('migrations/2.sql', 'DROP TABLE b;\n')
  git('add', '.')
  git('commit', '-q', '-m', 'first')
  return { cwd, write }
}

test('what ran is known and not told again; what is new is judged by it', async () => {
  const { cwd, write } = repository()
  write('migrations/3.sql', 'ALTER TABLE a ALTER COLUMN note TYPE varchar(50);\n')
  const files = ['migrations/1.sql', 'migrations/2.sql', 'migrations/3.sql']
  const ended = await godwit(['lint', ...files, '--since', 'HEAD'], { cwd })
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 file, 1 statement: 0 dangerous')])
  expect((await godwit(['lint', ...files], { cwd })).code).toBe(4)
})

test('from a folder below, and by a whole path', async () => {
  const { cwd } = repository()
  const ended = await godwit(['lint', '2.sql', path.join(cwd, 'migrations/1.sql'), '--since', 'HEAD'], {
    cwd: path.join(cwd, 'migrations'),
  })
  expect(ended.stdout).toContain('0 files, 0 statements')
})

test('a file that ran and was changed is told, at the statement that is another', async () => {
  const { cwd, write } = repository()
  write('migrations/1.sql', `-- said better\n${first}CREATE TABLE c (x int);\n`)
  const ended = await godwit(['lint', 'migrations/1.sql', '--since', 'HEAD'], { cwd })
  expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('edited-after-apply  migrations/1.sql:3:1')])
  write('migrations/1.sql', `-- said better\n${first}`)
  expect((await godwit(['lint', 'migrations/1.sql', '--since', 'HEAD'], { cwd })).code).toBe(0)
})

test('one that is empty now, and one of MySQL', async () => {
  const { cwd, write } = repository()
  write('migrations/1.sql', '')
  write('migrations/2.sql', '# a comment\nDROP TABLE c;\n')
  const ended = await godwit(['lint', 'migrations/1.sql', 'migrations/2.sql', '--since', 'HEAD', '--dialect', 'mysql'], { cwd })
  expect(ended.stdout).toContain('edited-after-apply  migrations/1.sql:1:1')
  expect(ended.stdout).toContain('edited-after-apply  migrations/2.sql:2:1')
})

test('a revision that there is not is told', async () => {
  const { cwd } = repository()
  const ended = await godwit(['lint', 'migrations/1.sql', '--since', 'nowhere'], { cwd })
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('GW_LINT_SINCE')])
  expect((await godwit(['lint', 'README.md', '--since', 'HEAD'], { cwd: folder({ 'README.md': 'no repository' }) })).code).toBe(2)
})
