// Godwit's own migrations by the command: loaded, judged, put in order, held against the base.
import { expect, test } from 'vitest'
import { godwit } from '../cli/godwit.ts'
import { repository } from './repository.ts'

const of = (name: string, steps: string, after = ''): string => `import { ddl, migration } from 'godwit'
${after}
export default migration('${name}', ${steps})
`

const made = of('made', `{ expand: [ddl('t', { forward: 'create table t (id int primary key)', back: 'drop table t' })] }`)
const widened = of(
  'widened',
  `{ after: [made], expand: [ddl('x', { forward: 'alter table t add column x text', back: 'alter table t drop column x' })], contract: [ddl('gone', { forward: 'drop table old', back: { irreversible: 'rows are lost' } })] }`,
  `import made from './made.ts'`,
)

async function asked(at: string, ...words: readonly string[]) {
  const { code, stdout } = await godwit(['stage', ...words, '--json'], { cwd: at })
  return { code, answer: JSON.parse(stdout) }
}

test('what is new against the base, in which phase, and what was edited since', async () => {
  const { at } = repository({ 'migrations/made.ts': made }, { 'migrations/widened.ts': widened })
  const { code, answer } = await asked(at, 'plan', 'migrations', '--base', 'main')
  expect([code, answer.format, answer.compared]).toEqual([0, 'godwit', { base: 'main', added: ['widened'], edited: [], vanished: [] }])
  expect(answer.migrations).toEqual([
    expect.objectContaining({ id: 'widened', phase: 'contract', class: 'destructive-breaking', downgrade: 'empty', down_revision: 'made' }),
  ])
  expect(answer.migrations[0].parts).toHaveLength(1)
  const edited = repository({ 'migrations/made.ts': made }, { 'migrations/made.ts': made.replace('int primary', 'bigint primary') })
  expect((await asked(edited.at, 'analyze', 'migrations', '--base', 'main')).answer.compared).toMatchObject({ edited: ['made'] })
})

test('a branch for each phase, of files as they are', async () => {
  const { at } = repository(
    { 'migrations/made.ts': made },
    { 'migrations/more.ts': of('more', `{ expand: [ddl('u', { forward: 'create table u (id int)', back: 'drop table u' })] }`) },
  )
  const branches = await asked(at, 'branches', 'migrations', '--base', 'main')
  expect(branches.code).toBe(0)
  expect(JSON.stringify(branches.answer)).toContain('stage/1-expand')
})
