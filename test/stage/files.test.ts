// Files of the application beside a pile: with which phase each may ship, and what fails where.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { kindOf } from '../../src/stage/files/kinds.ts'
import { formsOf, formsOfTable } from '../../src/stage/files/names.ts'
import { folder, godwit } from '../cli/godwit.ts'
import { before, revision } from './piles.ts'

test('a name as an application may write it', () => {
  expect(formsOf('order_line')).toEqual(['order_line', 'OrderLine', 'orderLine', 'ORDER_LINE'])
  expect(formsOfTable('order_lines')).toEqual(expect.arrayContaining(['OrderLines', 'OrderLine', 'orderLine', 'order_line']))
  expect(formsOfTable('addresses')).toContain('Address')
  expect(formsOfTable('status')).not.toContain('Statu')
})

test.each([
  ['backend/app/models/order.py', 'model'],
  ['backend/app/web/api/orders/views.py', 'api'],
  ['frontend/src/views/Orders.jsx', 'ui'],
  ['db/sql/views/orders.sql', 'model'],
  ['backend/app/tests/models/test_order.py', 'test'],
  ['etl/python/move.py', 'etl'],
  ['Makefile', 'other'],
])('%s is %s', (file, kind) => expect(kindOf(file, new Map())).toBe(kind))

test('patterns of stage.yaml are asked first', () => expect(kindOf('src/tests/x.py', new Map([['api', ['src/**']]]))).toBe('api'))

const application = {
  'app/models.py': `class Order:\n    note = column()\n`,
  'app/services/report.py': `def report(orders):\n    return [o.note for o in orders]\n`,
  'app/other.py': `def other():\n    return 'keynote, note'\n`,
}

function repository(): string {
  const cwd = folder({ ...before, ...application })
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@x.test', ...words], { cwd, stdio: 'pipe' })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'x')
  git('switch', '-q', '-c', 'work')
  const added = {
    ...revision('b2', `op.add_column('orders', sa.Column('remark', sa.Text()))\nop.execute("UPDATE orders SET remark = note")`, {
      parent: 'a1',
    }),
    ...revision('c3', `op.drop_column('orders', 'note')`, { parent: 'b2' }),
    ...revision(
      'd4',
      `op.execute("INSERT INTO users (email) SELECT remark FROM orders")\nop.create_table('labels', sa.Column('x', sa.Integer()))\nop.execute("INSERT INTO labels SELECT id FROM orders")`,
      { parent: 'c3' },
    ),
    'app/models.py': `class Order:\n    remark = column()\n`,
    'app/pages/Order.jsx': `export const Order = ({ order }) => order.remark\n`,
    'etl/run.py': `pass\n`,
    'README.txt': `words\n`,
  }
  for (const [file, text] of Object.entries(added)) {
    mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
    writeFileSync(path.join(cwd, file), text)
  }
  git('add', 'app/models.py', 'versions')
  git('commit', '-q', '-m', 'y')
  return cwd
}

test('each ships with the last phase that it needs, and what names a column that goes is told', async () => {
  const cwd = repository()
  const plan = async (...more: string[]) =>
    JSON.parse((await godwit(['stage', 'plan', 'versions', '--base', 'main', '--json', ...more], { cwd })).stdout).application
  const found = await plan()
  expect(found.files.map((f: Record<string, unknown>) => [f['file'], f['change'], f['kind'], f['phase']])).toEqual([
    ['README.txt', 'new', 'other', 'expand'],
    ['app/models.py', 'changed', 'model', 'expand'],
    ['app/pages/Order.jsx', 'new', 'ui', 'backfill'],
    ['etl/run.py', 'new', 'etl', 'backfill'],
  ])
  expect(found.files[1].reasons).toEqual([
    'it uses column orders.remark, which comes with expand',
    'it lets go of column orders.note, which goes with contract',
  ])
  expect(found.broken).toEqual([
    {
      file: 'app/services/report.py',
      line: 2,
      phase: 'contract',
      as: 'base',
      why: 'it uses column orders.note, which goes, and the branch leaves it as it is',
    },
  ])
  writeFileSync(path.join(cwd, 'stage.yaml'), 'files: { ignore: ["*.txt"], ship: { "app/models.py": contract, "app/pages/**": expand } }')
  const asked = await plan()
  expect(asked.files.map((f: Record<string, unknown>) => [f['file'], f['phase']])).toEqual([
    ['app/models.py', 'contract'],
    ['app/pages/Order.jsx', 'expand'],
    ['etl/run.py', 'backfill'],
  ])
  expect(asked.broken.map((b: Record<string, unknown>) => [b['file'], b['phase']])).toContainEqual(['app/pages/Order.jsx', 'expand'])
  const markdown = await godwit(['stage', 'plan', 'versions', '--base', 'main', '--report', 'markdown'], { cwd })
  expect(markdown.stdout).toContain('- `app/services/report.py:2` in contract: it uses column orders.note')
  const text = await godwit(['stage', 'plan', 'versions', '--base', 'main'], { cwd })
  expect(text.stdout).toContain('app/services/report.py:2 fails in contract')
})
