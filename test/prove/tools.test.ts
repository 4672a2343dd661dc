// Which tool carries a pile out, and what of them can be told without running one.
import { expect, test } from 'vitest'
import { django } from '../../src/prove/runners/django.ts'
import { flyway } from '../../src/prove/runners/flyway.ts'
import { tools } from '../../src/prove/runners/index.ts'
import { dbmate, psql } from '../../src/prove/runners/sql.ts'
import { proven } from './proving.ts'

test('what has no place in the line is not carried out by Flyway, and what has no marks not by dbmate', () => {
  expect(flyway.unfit!({ files: new Map([['v/R__view.sql', '']]), steps: [] })).toContain('repeatable')
  expect(dbmate.unfit!({ files: new Map([['v/1.sql', 'SELECT 1']]), steps: [] })).toContain('no marks')
})

const hasPsql = psql.installed('.') !== undefined

test.skipIf(!hasPsql)('psql: file by file, with what only it knows', async () => {
  const files = {
    'versions/1_first.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note text);',
    'versions/2_mixed.up.sql': `\\set factor 100\nALTER TABLE orders ADD COLUMN cents numeric;\nUPDATE orders SET cents = total * 100;`,
    'versions/2_mixed.down.sql': 'ALTER TABLE orders DROP COLUMN cents;',
    'versions/3_table.up.sql': 'CREATE TABLE t (x int);',
    'versions/3_table.down.sql': 'DROP TABLE t;',
  }
  const c = await proven(files, { only: ['2_mixed', '3_table'], runner: (order) => psql.installed('.')!.runner(order, '.', 'postgres') })
  expect([c.proved, c.runner]).toEqual([true, expect.stringMatching(/^psql \d/)])
  expect(c.phases[0]!.back.result).toBe('proved')
})

test('Django is not asked where apps are missing that its migrations come after', () => {
  const order = (text: string) => ({ files: new Map([['shop/migrations/0001_first.py', text]]), steps: [] })
  expect(django.unfit!(order(`class Migration:\n  dependencies = [("people", "0003_x"), ("auth", "0001_initial")]`))).toContain('people')
  expect(django.unfit!(order(`class Migration:\n  dependencies = [("auth", "0001_initial")]`))).toBeUndefined()
})

test('each has a name of its own that the command knows', async () => {
  const { prove } = await import('../../src/cli/commands/stage/prove.ts')
  const { Command } = await import('commander')
  const command = new Command()
  prove(command, (() => () => undefined) as never)
  const runner = command.commands[0]!.options.find((o) => o.long === '--runner')!
  expect(runner.argChoices!.toSorted()).toEqual(['auto', 'reading', ...tools.map((t) => t.name)].toSorted())
})
