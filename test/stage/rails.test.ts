// Piles of Rails, cut and put in order.
import { expect, test } from 'vitest'
import { analyse } from '../../src/stage/analysis.ts'
import { readPile } from '../../src/stage/pile.ts'
import { noSettings } from '../../src/stage/settings.ts'
import { type Staging, stagingOf } from '../../src/stage/staging.ts'
import { folderOf } from './piles.ts'

const first = `class First < ActiveRecord::Migration[7.1]
  def change
    create_table :orders do |t|
      t.text :note
    end
  end
end
`
const file = 'db/migrate/20240102000000_mixed_work.rb'

async function staged(body: string): Promise<Staging> {
  const mixed = `# what it is for\nclass MixedWork < ActiveRecord::Migration[7.1]\n  disable_ddl_transaction!\n\n${body}\nend\n`
  const folder = folderOf({ 'db/migrate/20240101000000_first.rb': first, [file]: mixed }, 'db/migrate')
  return stagingOf(await analyse(readPile(folder, undefined)), noSettings, new Set(['20240102000000']), folder)
}

test('whole statements go with the comments above them, and the class is called as its file is', async () => {
  const { migrations } = await staged(`  def change
    add_column :orders, :cents, :decimal
    # nobody reads it
    remove_column :orders, :note, :text
  end`)
  expect(migrations.map((m) => [m.id, m.phase, m.files[0]!.file, m.gone])).toEqual([
    ['20240102000001', 'expand', 'db/migrate/20240102000001_mixed_work_expand.rb', [file]],
    ['20240102000002', 'contract', 'db/migrate/20240102000002_mixed_work_contract.rb', [file]],
  ])
  expect(migrations[1]!.files[0]!.text).toBe(`# what it is for
class MixedWorkContract < ActiveRecord::Migration[7.1]
  disable_ddl_transaction!

  def change
    # nobody reads it
    remove_column :orders, :note, :text
  end
end
`)
})

test('both ways are cut', async () => {
  const { migrations } = await staged(`  def up
    add_column :orders, :cents, :decimal
    remove_column :orders, :note
  end

  def down
    add_column :orders, :note, :text
    remove_column :orders, :cents
  end`)
  expect(migrations.map((m) => m.files[0]!.text.match(/^ {4}.*$/gm))).toEqual([
    ['    add_column :orders, :cents, :decimal', '    remove_column :orders, :cents'],
    ['    remove_column :orders, :note', '    add_column :orders, :note, :text'],
  ])
})

test.each([
  [
    'a helper',
    '  def change\n    widen\n    remove_column :orders, :note, :text\n  end\n\n  def widen\n    add_column :orders, :cents, :decimal\n  end',
  ],
  ['two on one line', '  def change\n    add_column :orders, :cents, :decimal; remove_column :orders, :note, :text\n  end'],
  [
    'one statement',
    '  def change\n    change_table :orders do |t|\n      t.decimal :cents\n      t.remove :note, type: :text\n    end\n  end',
  ],
  [
    'a value that is found out',
    '  def change\n    name = :cents\n    add_column :orders, name, :decimal\n    remove_column :orders, :note, :text\n  end',
  ],
])('%s stays whole, and why is said', async (_, body) => {
  const { migrations, whole } = await staged(body)
  expect(migrations.map((m) => [m.id, m.phase, m.change])).toEqual([['20240102000000', 'contract', 'none']])
  expect(whole).toEqual([{ id: '20240102000000', why: expect.stringMatching(/line \d+/) }])
})
