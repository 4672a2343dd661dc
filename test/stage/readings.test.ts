// What real piles do, and once was read as something else.
import { expect, test } from 'vitest'
import { before, type Files, revision, staged, verdict } from './piles.ts'

const asked = (up: string, top = ''): Files => ({ ...before, ...revision('b2', up, { parent: 'a1', top }) })

test('a table that goes without being asked for was there, though no migration has made it', async () => {
  expect((await verdict(asked(`op.drop_table('logs')`))).classes).toEqual(['destructive-breaking'])
  expect((await verdict(asked(`op.execute("DROP TABLE IF EXISTS logs")`))).class).toBe('safe-additive')
})

test('a schema is made, and goes', async () => {
  const top = 'from sqlalchemy.schema import CreateSchema, DropSchema'
  expect(await verdict(asked(`op.execute(CreateSchema('editing'))`, top))).toMatchObject({ class: 'safe-additive', certainty: 'high' })
  expect(await verdict(asked(`op.execute(DropSchema('editing', cascade=True))`, top))).toMatchObject({ class: 'destructive-breaking' })
  expect(await verdict(asked(`op.execute(CreateSchema(name_of()))`, top))).toMatchObject({ certainty: 'low' })
})

test('rows of the table that op.create_table gives back are its own', async () => {
  const up = `t = op.create_table('t', sa.Column('x', sa.Integer()))\nfor x in [1, 2]:\n    op.execute(t.insert().values(x=x))`
  expect(await verdict(asked(up))).toMatchObject({ classes: ['safe-additive'], certainty: 'high' })
})

test('a key over a column that was not there refuses nothing that was taken before', async () => {
  const up = `op.add_column('orders', sa.Column('x', sa.Integer()))\nop.create_foreign_key('f', 'orders', 'users', ['x'], ['id'])`
  expect((await verdict(asked(up))).classes).toEqual(['lock-heavy', 'safe-additive'])
  const filled = up.replace('sa.Integer()', `sa.Integer(), server_default='1'`)
  expect((await verdict(asked(filled))).classes).toEqual(['lock-heavy', 'caution', 'safe-additive'])
})

test('a value of an enum is something that was not there', async () => {
  const up = `op.execute("ALTER TYPE order_state ADD VALUE 'sent'")\nop.execute("UPDATE orders SET total = 0 WHERE id = 3")`
  expect((await verdict(asked(up))).classes).toEqual(['data-migration', 'safe-additive'])
})

test.each([
  ['put right in place', `UPDATE orders SET note = replace(note, 'a', 'b')`, 'data-fixes'],
  ['emptied', 'UPDATE orders SET note = NULL', 'data-fixes'],
  ['corrected by hand', `UPDATE orders SET note = 'x' WHERE note = 'y'`, 'data-fixes'],
  ['filled from a column beside it', 'UPDATE orders SET note = total', 'backfill'],
  ['filled from others', 'UPDATE orders SET note = (SELECT email FROM users WHERE id = user_id)', 'backfill'],
  ['filled where nothing was', `UPDATE orders SET note = '' WHERE note IS NULL`, 'backfill'],
  ['written out', `INSERT INTO users (email) VALUES ('a')`, 'reference-data'],
  [
    'written out, with a key that is looked up',
    `INSERT INTO orders (user_id) VALUES ((SELECT id FROM users WHERE email = 'a'))`,
    'reference-data',
  ],
  [
    'written out, for the one row that is looked up',
    `INSERT INTO orders (user_id, note) SELECT id, 'x' FROM users WHERE id = 7`,
    'reference-data',
  ],
  [
    'written out, for rows of two tables by their keys',
    `INSERT INTO orders (user_id, total) SELECT u.id, o.total FROM users u JOIN orders o ON o.id IN (1, 2) WHERE u.id = 7`,
    'reference-data',
  ],
  ['brought over for all of a kind', `INSERT INTO orders (user_id, note) SELECT id, 'x' FROM users WHERE email = 'a'`, 'backfill'],
  ['brought over for one of two', `INSERT INTO orders (user_id) SELECT u.id FROM users u, orders o WHERE o.id = 3`, 'backfill'],
  ['brought over', 'INSERT INTO orders (user_id) SELECT id FROM users', 'backfill'],
])('rows that are %s', async (_, sql, phase) => {
  expect((await staged(asked(`op.execute("""${sql}""")`))).placed.at(-1)!.phase).toBe(phase)
})

const django = (operations: string): Files => ({
  'versions/shop/migrations/0001_initial.py': `from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.CreateModel(name='Order', fields=[('id', models.AutoField(primary_key=True))])]
`,
  'versions/shop/migrations/0002_next.py': `from django.db import migrations, models
import pgtrigger.compiler
import pgtrigger.migrations
class Migration(migrations.Migration):
    dependencies = [('shop', '0001_initial')]
    operations = [${operations}]
`,
})

test('triggers that a library of Django puts together are triggers', async () => {
  const made = `pgtrigger.migrations.AddTrigger(model_name='order', trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='RETURN NULL;', operation='INSERT')))`
  expect(await verdict(django(made))).toMatchObject({ class: 'caution', certainty: 'medium' })
  const gone = `pgtrigger.migrations.RemoveTrigger(model_name='order', name='insert_insert')`
  expect(await verdict(django(gone))).toMatchObject({ certainty: 'high' })
})

test('SQL of Django that nobody knows is told with its place', async () => {
  const { unread } = (await verdict(django('migrations.RunSQL(made_up())'))).migration
  expect(unread).toMatchObject([{ file: 'versions/shop/migrations/0002_next.py', line: 6 }])
})

const swap = (labels: string) =>
  `op.execute("ALTER TYPE order_state RENAME TO order_state_old; CREATE TYPE order_state AS ENUM (${labels}); ALTER TABLE orders ALTER COLUMN state TYPE order_state USING state::text::order_state; DROP TYPE order_state_old")`

test('an enum that is made anew with all of its labels loses nothing', async () => {
  const files = (labels: string) => asked(swap(labels))
  expect((await verdict(files(`'open', 'sent', 'done'`))).classes).toEqual(['lock-heavy', 'caution'])
  expect((await verdict(files(`'open'`))).class).toBe('destructive-breaking')
})

test('what only asks whether something is there may be cut; what asks for rows may not', async () => {
  const cut = async (question: string) => {
    const up = `there = op.get_bind().execute(sa.text("${question}")).scalar()\nif not there:\n    op.execute("CREATE ROLE reader")\nop.add_column('orders', sa.Column('x', sa.Integer()))\nop.drop_column('orders', 'note')`
    return (await staged(asked(up))).placed.at(-1)!.parts.map((p) => p.phase)
  }
  expect(await cut(`SELECT 1 FROM pg_roles WHERE rolname = 'reader'`)).toEqual(['expand', 'contract'])
  expect(await cut('SELECT max(id) FROM orders')).toEqual(['contract'])
  expect(await cut('SELECT 1 FROM pg_roles, orders')).toEqual(['contract'])
})

test('a key that no sequence counts may be given any number', async () => {
  const told = async (key: string) =>
    (await verdict(asked(`op.execute("CREATE TABLE v (n ${key}, x int)")\nop.execute("INSERT INTO v (n, x) VALUES (1, 2)")`))).reasons
  expect(await told('serial PRIMARY KEY')).toContain('v.n is given a number, and its sequence is not told')
  expect(await told('int PRIMARY KEY')).not.toContain('v.n is given a number, and its sequence is not told')
})

test('code that is not known need not do what other code does', async () => {
  const two: Files = {
    ...django('migrations.RunPython(unknown)'),
    'versions/shop/migrations/0003_more.py': `from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [('shop', '0002_next')]
    operations = [migrations.RunPython(another)]
`,
  }
  expect((await verdict(two)).reasons.filter((r) => r.includes('does already'))).toEqual([])
})
