// Alembic's revisions as they are really written, with every trap that was met.
import { expect, test } from 'vitest'
import { after, analysed, before, revision, verdict } from '../../../../test/stage/piles.ts'

const sqlOf = async (up: string, more = {}, files = {}): Promise<(string | undefined)[]> =>
  (await verdict({ ...after(up, more), ...files }, 'b2')).migration.up.map((o) => o.sql?.replace(/\s+/g, ' ').trim())

test.each<[string, string, string[]]>([
  [
    'add_column',
    `op.add_column('orders', sa.Column('paid', sa.Boolean(), server_default=sa.text('false'), nullable=False))`,
    ['ALTER TABLE "orders" ADD COLUMN "paid" boolean DEFAULT false NOT NULL'],
  ],
  ['drop_column', `op.drop_column('orders', 'note')`, ['ALTER TABLE "orders" DROP COLUMN "note"']],
  [
    'alter_column',
    `op.alter_column('orders', 'note', type_=sa.Text(), nullable=False, new_column_name='remark')`,
    [
      'ALTER TABLE "orders" ALTER COLUMN "note" TYPE text',
      'ALTER TABLE "orders" ALTER COLUMN "note" SET NOT NULL',
      'ALTER TABLE "orders" RENAME COLUMN "note" TO "remark"',
    ],
  ],
  ['a schema', `op.drop_table('t', schema='audit')`, ['DROP TABLE "audit"."t"']],
  [
    'an index',
    `op.create_index(op.f('ix_o'), 'orders', ['user_id', sa.text('lower(note)')], unique=True, postgresql_concurrently=True)`,
    ['CREATE UNIQUE INDEX CONCURRENTLY "ix_o" ON "orders" ("user_id", (lower(note)))'],
  ],
  [
    'an index that falls',
    `op.create_index('i', 'orders', ['note', sa.text('total DESC NULLS LAST')])`,
    ['CREATE INDEX "i" ON "orders" ("note", (total) DESC NULLS LAST)'],
  ],
  [
    'a function of a plugin',
    `from alembic_utils.pg_function import PGFunction\nop.create_entity(PGFunction(schema='public', signature='f()', definition="RETURNS int LANGUAGE sql AS 'SELECT 1'"))`,
    [`CREATE FUNCTION "public".f() RETURNS int LANGUAGE sql AS 'SELECT 1'`],
  ],
  [
    'a trigger of a plugin that goes',
    `from alembic_utils.pg_trigger import PGTrigger\nop.drop_entity(PGTrigger(schema='public', signature='t', on_entity='orders', definition='x'))`,
    ['DROP TRIGGER t ON orders'],
  ],
  [
    'a foreign key',
    `op.create_foreign_key(None, 'orders', 'users', ['user_id'], ['id'])`,
    ['ALTER TABLE "orders" ADD FOREIGN KEY ("user_id") REFERENCES "users" ("id")'],
  ],
  [
    'a batch',
    `with op.batch_alter_table('orders', schema=None) as batch_op:\n    batch_op.drop_column('note')\n    batch_op.create_index('i', ['total'])\n    batch_op.drop_constraint('c', type_='unique')`,
    ['ALTER TABLE "orders" DROP COLUMN "note"', 'CREATE INDEX "i" ON "orders" ("total")', 'ALTER TABLE "orders" DROP CONSTRAINT "c"'],
  ],
  ['SQL', `op.execute("DELETE FROM orders")`, ['DELETE FROM orders']],
  [
    'SQL through a connection',
    `bind = op.get_bind()\nbind.execute(sa.text("UPDATE orders SET total = :t"), {"t": 1})`,
    ['UPDATE orders SET total = $1'],
  ],
  [
    'SQL through a session',
    `from sqlalchemy.orm import Session\nsession = Session(bind=op.get_bind())\nsession.execute(sa.text("SELECT 1")).scalar()`,
    ['SELECT 1'],
  ],
  ['colons that are no parameters', `op.execute("SELECT ':a', x::text FROM t WHERE y = :y")`, [`SELECT ':a', x::text FROM t WHERE y = $1`]],
  ['a formatted text', `t = 'orders'\nop.execute(f"DELETE FROM {t} WHERE note = '{{}}'")`, [`DELETE FROM orders WHERE note = '{}'`]],
  ['texts put together', `op.execute("DELETE " "FROM " + 'orders' + " WHERE id = %d" % 3)`, ['DELETE FROM orders WHERE id = 3']],
  ['format()', `op.execute("DELETE FROM {} WHERE id = {n}".format('orders', n=3))`, ['DELETE FROM orders WHERE id = 3']],
  [
    'a loop over a list',
    `for t, c in [('orders', 'note'), ('users', 'email')]:\n    op.drop_column(t, c)`,
    ['ALTER TABLE "orders" DROP COLUMN "note"', 'ALTER TABLE "users" DROP COLUMN "email"'],
  ],
  ['a loop over a dict', `for t, c in {'orders': 'note'}.items():\n    op.drop_column(t, c)`, ['ALTER TABLE "orders" DROP COLUMN "note"']],
  [
    'enumerate, zip and range',
    `for i, (t, n) in enumerate(zip(['a', 'b'], range(2)), 1):\n    op.execute(f"SELECT '{t}', {i + n}")`,
    [`SELECT 'a', 1`, `SELECT 'b', 3`],
  ],
  [
    'a comprehension',
    `values = ", ".join(f"('{n}')" for n in ('a', 'b'))\nop.execute("INSERT INTO users (email) VALUES " + values)`,
    [`INSERT INTO users (email) VALUES ('a'), ('b')`],
  ],
  ['a condition that is known', `if 'a' in ['a']:\n    op.execute('SELECT 1')\nelse:\n    op.execute('SELECT 2')`, ['SELECT 1']],
  [
    'a key of one whole number, and an index with the name that SQLAlchemy gives it',
    `op.create_table('t', sa.Column('id', sa.BigInteger(), nullable=False), sa.Column('x', sa.Integer(), index=True), sa.PrimaryKeyConstraint('id'))`,
    ['CREATE TABLE "t" ("id" bigserial NOT NULL, "x" integer, PRIMARY KEY ("id"))', 'CREATE INDEX "ix_t_x" ON "t" ("x")'],
  ],
  [
    'keys that are numbered by nobody',
    `op.create_table('t', sa.Column('a', sa.Integer(), primary_key=True), sa.Column('b', sa.Integer(), primary_key=True))\nop.create_table('u', sa.Column('a', sa.Integer(), sa.ForeignKey('t.a'), primary_key=True))`,
    [
      'CREATE TABLE "t" ("a" integer, "b" integer, PRIMARY KEY ("a", "b"))',
      'CREATE TABLE "u" ("a" integer PRIMARY KEY REFERENCES "t" ("a"))',
    ],
  ],
  [
    'rows in bulk',
    `t = sa.table('users', sa.column('email'))\nop.bulk_insert(t, [{'email': 'x'}])`,
    [`INSERT INTO "users" ("email") VALUES ('x')`],
  ],
  [
    'an update without SQL',
    `t = sa.table('orders')\nop.execute(t.update().where(t.c.id == 3).values(note='x'))`,
    ['UPDATE "orders" SET "note" = godwit_any_name WHERE godwit_any_name > godwit_any_name + 0'],
  ],
  ['a delete without SQL', `op.get_bind().execute(sa.delete(sa.table('orders')))`, ['DELETE FROM "orders"']],
  [
    'an enum of its own',
    `e = postgresql.ENUM('a', 'b', name='kind')\ne.create(op.get_bind(), checkfirst=True)\nop.add_column('orders', sa.Column('kind', e))`,
    [`CREATE TYPE "kind" AS ENUM ('a', 'b')`, 'ALTER TABLE "orders" ADD COLUMN "kind" "kind"'],
  ],
  ['what is written in comments and strings', `x = "op.drop_table('orders')"  # op.drop_table('users')\npass`, []],
])('%s', async (_, up, sql) => expect(await sqlOf(up)).toEqual(sql))

test('a helper, with what it is given', async () => {
  const top = `def fill(table, *columns, value='x'):\n    for c in columns:\n        op.execute(f"UPDATE {table} SET {c} = '{value}'")`
  expect(await sqlOf(`fill('orders', 'note', 'b', value='y')`, { top })).toEqual([
    `UPDATE orders SET note = 'y'`,
    `UPDATE orders SET b = 'y'`,
  ])
})

test('a helper of the project is read where it stands', async () => {
  const files = {
    'app/db/help.py': `from alembic import op\nTABLE = 'orders'\ndef clear():\n    op.execute("DELETE FROM " + TABLE)\n`,
    'app/db/__init__.py': '',
    'app/__init__.py': '',
  }
  expect(await sqlOf(`from app.db.help import clear\nclear()`, {}, files)).toEqual(['DELETE FROM orders'])
})

test.each([
  [`with open(os.path.join(os.path.dirname(__file__), 'sql', 'a.sql')) as f:\n    op.execute(f.read())`],
  [`op.execute((Path(__file__).resolve().parent / 'sql' / 'a.sql').read_text())`],
  [`for part in open('versions/sql/a.sql').read().split(';'):\n    if part.strip():\n        op.execute(part)`],
])('a file of SQL is read: %s', async (up) => {
  expect(await sqlOf(up, { top: 'import os\nfrom pathlib import Path' }, { 'versions/sql/a.sql': 'DELETE FROM orders' })).toEqual([
    'DELETE FROM orders',
  ])
})

test('what hangs on the database is done only sometimes, and both ways are told', async () => {
  const up = `columns = [c['name'] for c in sa.inspect(op.get_bind()).get_columns('orders')]\nif 'x' not in columns:\n    op.add_column('orders', sa.Column('x', sa.Integer()))\nelse:\n    op.drop_column('orders', 'note')`
  const { migration, certainty, class: c } = await verdict(after(up))
  expect([migration.up.map((o) => o.conditional), certainty, c]).toEqual([[true, true], 'medium', 'destructive-breaking'])
})

test('a return that hangs on the database makes what follows a maybe', async () => {
  const { migration } = await verdict(after(`if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    return\nop.drop_table('orders')`))
  expect(migration.up.map((o) => o.conditional ?? false)).toEqual([false, true])
})

test('rows that are gone through are worked on as often as there are some', async () => {
  const { migration, label } = await verdict(
    after(
      `bind = op.get_bind()\nfor row in bind.execute(sa.text("SELECT id FROM orders")):\n    bind.execute(sa.text("UPDATE orders SET note = 'x' WHERE id = :i"), {"i": row.id})`,
    ),
  )
  expect([migration.up.map((o) => o.repeated ?? false), label]).toEqual([[false, true], 'backfill'])
})

test.each([
  ['a text that nobody knows', `op.execute(make_sql())`, 'SQL that is only known when it runs'],
  [
    'a module that is not read',
    `from elsewhere.tool import work\nwork(op.get_bind())`,
    'elsewhere.tool.work is given the connection, and is not read',
  ],
  [
    'models that make tables',
    `from elsewhere.models import Base\nBase.metadata.create_all(op.get_bind())`,
    'elsewhere.models.Base.metadata.create_all is given the connection',
  ],
  ['an object of a plugin that nobody knows', `from elsewhere import thing\nop.create_entity(thing)`, 'what op.create_entity is given'],
  ['an operation that nobody knows', `op.create_rls('x')`, 'op.create_rls is not known'],
])('%s is told with its place, and is not guessed away', async (_, up, why) => {
  const { migration, certainty } = await verdict(after(up))
  expect([migration.unread.map((u) => u.why), certainty]).toEqual([expect.arrayContaining([expect.stringContaining(why)]), 'low'])
  expect(migration.unread[0]).toMatchObject({ file: 'versions/b2.py', line: expect.any(Number) })
})

test('the name of a table that is not known lowers the certainty', async () => {
  const { certainty, class: c } = await verdict(after(`import os\nop.execute(f"DELETE FROM {os.environ['T']}")`))
  expect([certainty, c]).toEqual(['medium', 'destructive-breaking'])
})

test('the chain is what the code says, whatever the comment says', async () => {
  const { judged, pile } = await analysed({
    ...before,
    ...revision('c3d4e5f6g7h8', 'pass', { parent: 'a1', revises: 'gone' }),
    ...revision('d4', 'pass', { parent: 'a1' }),
    ...revision('e5', 'pass', { parent: ['c3d4e5f6g7h8', 'd4'], needs: 'a1' }),
  })
  expect(judged.map((j) => [j.migration.id, j.migration.parents])).toEqual([
    ['a1', []],
    ['c3d4e5f6g7h8', ['a1']],
    ['d4', ['a1']],
    ['e5', ['c3d4e5f6g7h8', 'd4']],
  ])
  expect(judged[1]!.migration.notes).toEqual([
    'the comment says that it revises gone; the code says a1',
    expect.stringContaining('not hexadecimal'),
  ])
  expect([pile.faults, judged[3]!.label, judged[3]!.migration.needs]).toEqual([[], 'no-op', ['a1']])
})

test('what is wrong with the chain', async () => {
  const faults = async (files: object) => (await analysed({ ...before, ...files })).pile.faults
  expect(await faults({ ...revision('b2', 'pass', { parent: 'a1' }), ...revision('c3', 'pass', { parent: 'a1' }) })).toEqual([
    'there are 2 heads: b2, c3',
  ])
  expect(await faults(revision('b2', 'pass', { parent: 'zz' }))).toEqual(expect.arrayContaining(['b2 comes after zz, which is in no file']))
  expect(await faults({ ...revision('b2', 'pass', { parent: 'c3' }), ...revision('c3', 'pass', { parent: 'b2' }) })).toEqual(
    expect.arrayContaining(['b2, c3 come after one another in a circle']),
  )
  expect(await faults({ 'versions/again.py': before['versions/a1.py'] })).toEqual(
    expect.arrayContaining(['a1 is the id of more than one file']),
  )
})

test('Python that is none, and calls that call themselves, come to an end', async () => {
  const { migration } = await verdict(after(`def f(n):\n    return f(n + 1)\nf(0)\nwhile True:\n    x = 1\nop.drop_table('orders'`))
  expect(migration.id).toBe('b2')
})
