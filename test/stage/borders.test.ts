// Where one class ends and the next begins: migrations as people write them, and what they are.
import { describe, expect, test } from 'vitest'
import { after, analysed, before, type Files, revision, staged, verdict } from './piles.ts'

const column = `op.add_column('orders', sa.Column('x', sa.Integer(), server_default='0', nullable=False))\n`

test.each<[string, string, string[]]>([
  ['a default of its own column', `${column}op.alter_column('orders', 'x', server_default='1')`, ['safe-additive']],
  ['its own column that may be null after all', `${column}op.alter_column('orders', 'x', nullable=True)`, ['safe-additive']],
  [
    'the default of a column that was there',
    `${column}op.alter_column('orders', 'note', server_default='1')`,
    ['caution', 'safe-additive'],
  ],
])('%s', async (_, up, classes) => expect((await verdict(after(up))).classes).toEqual(classes))

describe('MySQL', () => {
  const tables = 'CREATE TABLE `queue` (`id` int(11) NOT NULL, `name` varchar(40) DEFAULT NULL, `body` text, `sort` varchar(900));'
  const scripts = (sql: string): Files => ({
    'versions/V1__init.sql': tables,
    'versions/V2__other.sql': 'CREATE TABLE `other` (`name` varchar(900), `id` bigint);',
    'versions/V3__next.sql': sql,
  })
  const prepared = (text: string) =>
    `SET @there := (SELECT COUNT(*) FROM information_schema.columns WHERE table_name = 'queue');\nSET @s := IF(@there > 0, ${text}, 'SELECT ''nothing''');\nPREPARE p FROM @s;\nEXECUTE p;`

  test.each<[string, string, string[]]>([
    ['an index', 'CREATE INDEX `i` ON `queue` (`name`);', ['safe-additive']],
    ['an index by ALTER', 'ALTER TABLE `queue` ADD INDEX `i` (`name`);', ['safe-additive']],
    ['a unique index', 'CREATE UNIQUE INDEX `i` ON `queue` (`name`);', ['caution']],
    ['an index of words', 'CREATE FULLTEXT INDEX `i` ON `queue` (`body`);', ['lock-heavy']],
    ['a column of the same type that may not be null', 'ALTER TABLE `queue` MODIFY COLUMN `id` INT NOT NULL DEFAULT 0;', ['caution']],
    ['a longer text within a byte', 'ALTER TABLE `queue` MODIFY `name` varchar(60);', ['caution']],
    ['a longer text', 'ALTER TABLE `queue` MODIFY `name` varchar(255);', ['lock-heavy', 'caution']],
    ['another type', 'ALTER TABLE `queue` MODIFY `id` bigint;', ['lock-heavy', 'caution']],
    ['the second of two', 'ALTER TABLE `queue` MODIFY `id` int NOT NULL, CHANGE `body` `body` json;', ['lock-heavy', 'caution']],
    ['an index that a text takes away', prepared("'ALTER TABLE `queue` DROP INDEX `i`'"), ['caution']],
    ['a column that a text takes away', prepared("'ALTER TABLE `queue` DROP COLUMN `body`'"), ['destructive-breaking']],
    [
      'a column that a text takes away, put together',
      prepared(`CONCAT('ALTER TABLE ', @t, ' DROP COLUMN ', @c)`),
      ['destructive-breaking'],
    ],
    ['a text that is only said', `INSERT INTO queue VALUES (1, 'DROP TABLE queue', '', '');`, ['data-migration']],
    ['a table that is dropped to be made', 'DROP TABLE IF EXISTS t;\nCREATE TABLE t (x int);', ['safe-additive']],
    ['a table that is dropped to be made anew', 'DROP TABLE IF EXISTS queue;\nCREATE TABLE queue (x int);', ['destructive-breaking']],
  ])('%s', async (_, sql, classes) => expect((await verdict(scripts(sql))).classes).toEqual(classes))

  test('what hangs on a condition is not certain', async () => {
    expect((await verdict(scripts(prepared("'ALTER TABLE `queue` DROP INDEX `i`'")))).certainty).toBe('medium')
  })
})

describe('what does not hang together', () => {
  const placeOf = async (files: Files, id: string) => {
    const { phase, round } = (await staged(files)).placed.find((p) => p.judged.migration.id === id)!
    return `${phase} ${round}`
  }
  const filled = revision('fill', `op.execute("UPDATE orders SET note = 'x' WHERE note IS NULL")`, { parent: 'a1' })
  const then = (up: string): Files => ({ ...before, ...filled, ...revision('next', up, { parent: 'fill' }) })

  test.each([
    ['a column that may be null again', `op.alter_column('orders', 'note', nullable=True)`, 'expand'],
    ['one that may not be', `op.alter_column('orders', 'note', nullable=False)`, 'backfill'],
    [
      'a key over a column that is new',
      `op.add_column('orders', sa.Column('u', sa.Integer()))\nop.create_foreign_key(None, 'orders', 'users', ['u'], ['id'])`,
      'expand',
    ],
    ['a key over one that is not', `op.create_foreign_key(None, 'orders', 'users', ['user_id'], ['id'])`, 'backfill'],
    [
      'a key of a table that is new',
      `op.create_table('t', sa.Column('o', sa.BigInteger()))\nop.create_foreign_key(None, 't', 'orders', ['o'], ['id'])`,
      'expand',
    ],
    ['a view that is filled by them', `op.execute("CREATE MATERIALIZED VIEW m AS SELECT note FROM orders")`, 'expand'],
    ['a table that is filled by them', `op.execute("CREATE TABLE m AS SELECT note FROM orders")`, 'expand', 2],
  ])('%s', async (_, up, phase, round = 1) => expect(await placeOf(then(up), 'next')).toBe(`${phase} ${round}`))

  test('a column of one table, and its namesake in another', async () => {
    const { pile, judged } = await analysed({
      ...before,
      ...revision('b2', `op.drop_column('orders', 'note')`, { parent: 'a1' }),
      ...revision('c3', `op.execute("CREATE VIEW v AS SELECT email FROM users JOIN orders ON user_id = users.id")`, { parent: 'b2' }),
    })
    expect(pile.migrations.length).toBe(3)
    const read = judged[2]!.operations.flatMap((o) => o.touched.map((t) => t.object)).filter((o) => o.startsWith('column:'))
    expect(read.toSorted()).toEqual(['column:orders.id', 'column:orders.user_id', 'column:users.email', 'column:users.id'])
  })
})

test('work in batches until none is left is told once', async () => {
  const up = `b = op.get_bind()\nwhile True:\n    done = b.execute(sa.text("UPDATE orders SET note = '' WHERE note IS NULL AND id < 500"))\n    if done.rowcount == 0:\n        break`
  const { operations, class: found } = await verdict(after(up))
  expect([found, operations.filter((o) => o.operation.sql?.includes('UPDATE')).map((o) => o.operation.repeated)]).toEqual([
    'data-migration',
    [true],
  ])
})

test('a long text that is gone through line by line is gone through to its end', async () => {
  const lines = Array.from({ length: 1500 }, (_, i) => `-- ${i}`)
  const up = `n = 0\nfound = None\nwith open(os.path.join(os.path.dirname(__file__), 'long.sql')) as f:\n    lines = f.read().split("\\n")\nwhile n < len(lines):\n    if lines[n].startswith('DELETE'):\n        found = lines[n]\n    n += 1\nop.execute(found)`
  const files = { ...after(up, { top: 'import os' }), 'versions/long.sql': [...lines, 'DELETE FROM orders WHERE id = 1'].join('\n') }
  expect((await verdict(files, 'b2')).classes).toEqual(['data-migration'])
})

test('what is done only by something that cannot be read is not taken for nothing', async () => {
  const elsewhere = await verdict(after(`run_views('all')`, { top: 'from shop.helpers import run_views' }))
  expect([elsewhere.class, elsewhere.certainty]).toEqual(['caution', 'low'])
  const beside = await verdict(after(`op.drop_column('orders', shop_name('note'))`, { top: 'from shop.helpers import shop_name' }))
  expect(beside.class).toBe('destructive-breaking')
  const kept = `s = sa.orm.Session(bind=op.get_bind())\nfor o in s.query(Order).all():\n    o.note = renamed(o.note)\ns.commit()`
  expect((await verdict(after(kept, { top: 'from shop.models import Order, renamed' }))).class).toBe('data-migration')
  const said = await verdict(after(`print('nothing to do')\nlogging.info('nothing')`, { top: 'import logging' }))
  expect([said.class, said.certainty]).toEqual(['safe-additive', 'high'])
})
