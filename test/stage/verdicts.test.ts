// The class of a migration, by what it does to what was there before.
import { describe, expect, test } from 'vitest'
import { after, analysed, before, revision, verdict } from './piles.ts'

const bind = 'bind = op.get_bind()\n'

test.each<[string, string, string[]]>([
  ['nothing', 'pass', ['safe-additive']],
  ['a column that may be null', `op.add_column('orders', sa.Column('x', sa.Integer(), nullable=True))`, ['safe-additive']],
  [
    'a required column with a constant',
    `op.add_column('orders', sa.Column('x', sa.Integer(), nullable=False, server_default='0'))`,
    ['safe-additive'],
  ],
  ['a required column without one', `op.add_column('orders', sa.Column('x', sa.Integer(), nullable=False))`, ['destructive-breaking']],
  [
    'a table with a key to another',
    `op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('u', sa.Integer(), sa.ForeignKey('users.id')))`,
    ['safe-additive'],
  ],
  ['an index on its own table', `op.create_table('t', sa.Column('x', sa.Integer()))\nop.create_index('i', 't', ['x'])`, ['safe-additive']],
  [
    'rows in its own table',
    `op.create_table('t', sa.Column('x', sa.Integer()))\nop.execute("INSERT INTO t VALUES (1)")`,
    ['safe-additive'],
  ],
  ['a value of an enum', `op.execute("ALTER TYPE order_state ADD VALUE 'sent'")`, ['safe-additive']],
  ['a comment', `op.execute("COMMENT ON TABLE orders IS 'x'")`, ['safe-additive']],
  ['an index on rows that are there', `op.create_index('i', 'orders', ['note'])`, ['lock-heavy']],
  ['an index built beside the writers', `op.create_index('i', 'orders', ['note'], postgresql_concurrently=True)`, ['safe-additive']],
  ['a foreign key', `op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'])`, ['lock-heavy', 'caution']],
  ['a unique constraint', `op.create_unique_constraint('u', 'orders', ['note'])`, ['lock-heavy', 'caution']],
  ['not null', `op.alter_column('orders', 'note', nullable=False)`, ['lock-heavy', 'caution']],
  ['null again', `op.alter_column('orders', 'total', nullable=True)`, ['caution']],
  ['a default', `op.alter_column('orders', 'note', server_default='x')`, ['caution']],
  ['a longer text', `op.alter_column('orders', 'note', type_=sa.String(500))`, ['caution']],
  ['a shorter text', `op.alter_column('orders', 'note', type_=sa.String(5))`, ['destructive-breaking', 'lock-heavy']],
  ['more places', `op.alter_column('orders', 'total', type_=sa.Numeric(13, 5))`, ['lock-heavy', 'caution']],
  ['a wider number', `op.alter_column('orders', 'user_id', type_=sa.BigInteger())`, ['lock-heavy', 'caution']],
  [
    'another kind of value',
    `op.alter_column('orders', 'note', type_=sa.Integer(), postgresql_using='note::integer')`,
    ['destructive-breaking', 'lock-heavy'],
  ],
  ['a column that goes', `op.drop_column('orders', 'note')`, ['destructive-breaking']],
  ['a table that goes', `op.drop_table('orders')`, ['destructive-breaking']],
  ['its own table that goes again', `op.create_table('t', sa.Column('x', sa.Integer()))\nop.drop_table('t')`, ['safe-additive']],
  ['a name that changes', `op.alter_column('orders', 'note', new_column_name='remark')`, ['destructive-breaking']],
  ['a constraint that goes', `op.drop_constraint('x', 'orders')`, ['caution']],
  ['an index that goes', `op.drop_index('x')`, ['caution']],
  ['all rows', `op.execute("TRUNCATE orders")`, ['destructive-breaking']],
  ['all rows, by DELETE', `op.execute("DELETE FROM orders")`, ['destructive-breaking', 'data-migration']],
  ['some rows', `op.execute("DELETE FROM orders WHERE id = 3")`, ['data-migration']],
  ['rows that are added', `op.execute("INSERT INTO users (email) VALUES ('a')")`, ['data-migration']],
  ['rows by code', `${bind}s = sa.orm.Session(bind=bind)\ns.query(sa.table('orders')).filter(1).update({'note': 'x'})`, ['data-migration']],
  ['rows within a block', `op.execute("DO $$ BEGIN UPDATE orders SET note = 'x' WHERE id = 1; END $$")`, ['data-migration']],
  [
    'rows within a function that is called',
    `op.execute("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM orders WHERE id = 1'; SELECT f();")`,
    ['data-migration'],
  ],
  [
    'rows within a function that is not',
    `op.execute("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM orders WHERE id = 1'")`,
    ['safe-additive'],
  ],
  ['a trigger on what is there', `op.execute("CREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION f()")`, ['caution']],
  ['a view', `op.execute("CREATE OR REPLACE VIEW v AS SELECT * FROM orders")`, ['safe-additive']],
  [
    'IF EXISTS of what is not there',
    `op.execute("DROP VIEW IF EXISTS v CASCADE")\nop.execute("CREATE VIEW v AS SELECT 1")`,
    ['safe-additive'],
  ],
  [
    'a column in two steps',
    `op.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET x = 1")\nop.alter_column('orders', 'x', nullable=False)`,
    ['data-migration', 'lock-heavy', 'caution', 'safe-additive'],
  ],
  [
    'SQL that no parser reads, on its own table',
    `op.create_table('t', sa.Column('x', sa.Integer()))\nop.execute('CREATE INDEX i ON t (((')`,
    ['safe-additive'],
  ],
  ['SQL that no parser reads', `op.execute("DELETE FROM orders WHERE (((")`, ['data-migration']],
])('%s', async (_, up, classes) => expect((await verdict(after(up))).classes).toEqual(classes))

test('a view that is made anew is what others see otherwise', async () => {
  const files = {
    ...before,
    ...revision('b2', `op.execute("CREATE VIEW v AS SELECT id FROM orders")`, { parent: 'a1' }),
    ...revision('c3', `op.execute("DROP VIEW IF EXISTS v CASCADE")\nop.execute("CREATE VIEW v AS SELECT id, note FROM orders")`, {
      parent: 'b2',
    }),
    ...revision('d4', `op.execute("DROP VIEW v")`, { parent: 'c3' }),
  }
  expect([(await verdict(files, 'c3')).classes, (await verdict(files, 'd4')).class]).toEqual([['caution'], 'destructive-breaking'])
})

test('a view that CASCADE takes away, and nobody makes again, is lost', async () => {
  const files = {
    ...before,
    ...revision('b2', `op.execute("CREATE VIEW v AS SELECT id FROM orders; CREATE VIEW w AS SELECT id FROM v")`, { parent: 'a1' }),
    ...revision('c3', `op.execute("DROP VIEW v CASCADE; CREATE VIEW v AS SELECT note FROM orders")`, { parent: 'b2' }),
  }
  expect((await verdict(files, 'c3')).class).toBe('destructive-breaking')
})

test.each([
  ['pass', 'no-op'],
  [`op.execute("COMMENT ON TABLE orders IS 'x'")`, 'metadata only'],
  [`op.execute("INSERT INTO users (email) VALUES ('a')")`, 'reference data'],
  [`op.execute("UPDATE orders SET note = 'x' WHERE id = 3")`, 'data fix'],
  [`op.execute("UPDATE orders SET note = u.email FROM users u WHERE u.id = user_id")`, 'backfill'],
  [`op.execute("INSERT INTO users (email) SELECT note FROM orders")`, 'backfill'],
  [`op.drop_column('orders', 'note')`, 'contract'],
  [`op.add_column('orders', sa.Column('x', sa.Integer()))\nop.drop_column('orders', 'note')`, 'mixed'],
  [`op.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET x = 1")`, 'mixed'],
  [`op.execute("CREATE VIEW v AS SELECT 1")`, 'view/analytics'],
  [`op.add_column('orders', sa.Column('x', sa.Integer()))`, 'schema'],
])('%s is called %s', async (up, label) => expect((await verdict(after(up))).label).toBe(label))

describe('the way back', () => {
  test.each([
    ['of what was added', `op.add_column('orders', sa.Column('x', sa.Integer()))`, `op.drop_column('orders', 'x')`, 'real'],
    ['that is empty', `op.add_column('orders', sa.Column('x', sa.Integer()))`, 'pass', 'empty'],
    [
      'of values that were dropped',
      `op.drop_column('orders', 'note')`,
      `op.add_column('orders', sa.Column('note', sa.String(100)))`,
      'lossy',
    ],
    [
      'of rows, that changes none',
      `op.execute("UPDATE orders SET note = 'x' WHERE id = 1")\nop.add_column('orders', sa.Column('x', sa.Integer()))`,
      `op.drop_column('orders', 'x')`,
      'lossy',
    ],
    ['of rows', `op.execute("INSERT INTO users (email) VALUES ('a')")`, `op.execute("DELETE FROM users WHERE email = 'a'")`, 'real'],
  ])('%s', async (_, up, down, downgrade) => expect((await verdict(after(up, { down }))).downgrade).toBe(downgrade))
})

test.each([
  [`op.execute("UPDATE orders SET note = 'x' WHERE user_id = 17")`, 'ids are written out'],
  [`op.execute("INSERT INTO users (id, email) VALUES (7, 'a')")`, 'users.id is given a number, and its sequence is not told'],
  [`op.execute("UPDATE orders SET note = 'x' WHERE note LIKE 'FSE ID:%'")`, 'chosen by a text: where none has it nothing is done'],
  [`op.get_bind().execute(sa.text("UPDATE orders SET note = 'x'"))`, 'it needs a live connection'],
  [`op.add_column('orders', sa.Column('x', sa.Integer(), nullable=False))`, 'a required column without a default'],
  [`try:\n    op.execute("SELECT 1")\nexcept Exception as e:\n    print(e)`, 'an error is swallowed'],
  [`s = sa.orm.Session(bind=op.get_bind())\ns.commit()`, 'it commits by itself'],
])('%s is noteworthy', async (up, why) =>
  expect((await verdict(after(up))).reasons).toEqual(expect.arrayContaining([expect.stringContaining(why)])),
)

test('a number that its sequence is told of is not', async () => {
  const { reasons } = await verdict(after(`op.execute("INSERT INTO users (id, email) VALUES (7, 'a'); SELECT setval('users_id_seq', 7)")`))
  expect(reasons.filter((r) => r.includes('sequence is not told'))).toEqual([])
})

test('what is made and taken away later, and what does the same twice', async () => {
  const { judged } = await analysed({
    ...before,
    ...revision('b2', `op.add_column('orders', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
    ...revision('c3', `op.drop_column('orders', 'x')`, { parent: 'b2' }),
    ...revision('d4', `op.drop_column('orders', 'x')`, { parent: 'c3' }),
  })
  expect(judged[1]!.doomed).toEqual(['column:orders.x'])
  expect(judged[3]!.reasons).toEqual(expect.arrayContaining(['it does what c3 does already']))
})
