// Piles written anew: cut into files of their own format, and put into one line.
import { expect, test } from 'vitest'
import { analyse } from '../../src/stage/analysis.ts'
import { readPile } from '../../src/stage/pile.ts'
import { readers } from '../../src/stage/readers/index.ts'
import { noSettings, readSettings } from '../../src/stage/settings.ts'
import { type Staging, stagingOf } from '../../src/stage/staging.ts'
import { stampsOf } from '../../src/stage/stamps.ts'
import { writers } from '../../src/stage/writers/index.ts'
import { before, type Files, folderOf, revision } from './piles.ts'

async function staging(files: Files, { at = 'versions', only, settings }: { at?: string; only?: string[]; settings?: string } = {}) {
  const folder = folderOf(files, at)
  const wishes = settings === undefined ? noSettings : readSettings(settings, 'stage.yaml')
  return stagingOf(await analyse(readPile(folder, undefined)), wishes, only && new Set(only), folder)
}

/** The staged pile as files, read again by the same reader. */
function again(files: Files, { migrations }: Staging, at = 'versions') {
  const gone = new Set(migrations.flatMap((m) => m.gone))
  const kept = Object.entries(files).filter(([f]) => !gone.has(f))
  const written = migrations.flatMap((m) => m.files.map((f) => [f.file, f.text] as const))
  return readPile(folderOf({ ...Object.fromEntries(kept), ...Object.fromEntries(written) }, at), undefined)
}

const mixed = `op.add_column('orders', sa.Column('x', sa.Integer()))
# filled from the total
op.execute("UPDATE orders SET x = total")
op.drop_column('orders', 'note')`
const mixedBack = `op.add_column('orders', sa.Column('note', sa.String(100)))
op.drop_column('orders', 'x')`

test('a mixed revision becomes one for each phase, with the text that it had, and one line', async () => {
  const files = {
    ...before,
    ...revision('b2', mixed, { parent: 'a1', down: mixedBack }),
    ...revision('c3', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'b2', down: `op.drop_table('t')` }),
  }
  const found = await staging(files)
  const pile = again(files, found)
  expect(pile.faults).toEqual([])
  expect(found.migrations.map((m) => [m.judged.migration.id, m.phase, m.change])).toEqual([
    ['a1', 'expand', 'none'],
    ['b2', 'expand', 'part'],
    ['c3', 'expand', 'parent'],
    ['b2', 'backfill', 'part'],
    ['b2', 'contract', 'part'],
  ])
  expect(pile.migrations.map((m) => m.id)).toEqual(found.migrations.map((m) => m.id))
  expect(pile.migrations.map((m) => m.parents)).toEqual([[], ...found.migrations.slice(0, -1).map((m) => [m.id])])
  const [, expand, , backfill, contract] = found.migrations
  expect(expand!.files[0]!.text).toContain(
    `def upgrade() -> None:\n    op.add_column('orders', sa.Column('x', sa.Integer()))\n\n\ndef downgrade():\n    op.drop_column('orders', 'x')\n`,
  )
  expect(backfill!.files[0]!.text).toContain(
    `    # filled from the total\n    op.execute("UPDATE orders SET x = total")\n\n\ndef downgrade():\n    pass\n`,
  )
  expect(contract!.files[0]!.text).toContain(
    `    op.drop_column('orders', 'note')\n\n\ndef downgrade():\n    op.add_column('orders', sa.Column('note', sa.String(100)))\n`,
  )
  expect(contract!.files[0]!.text).toContain(`Revision ID: ${contract!.id}\nRevises: ${backfill!.id}\n`)
})

test('its ids are the same every time, and hexadecimal', async () => {
  const files = { ...before, ...revision('b2', mixed, { parent: 'a1', down: mixedBack }) }
  const [one, two] = [await staging(files), await staging(files)]
  expect(one.migrations.map((m) => m.id)).toEqual(two.migrations.map((m) => m.id))
  for (const m of one.migrations.slice(1)) expect(m.id).toMatch(/^[0-9a-f]{12}$/)
  expect(new Set(one.migrations.map((m) => m.id)).size).toBe(4)
})

test('the line begins at what is there: two heads are brought together', async () => {
  const files = {
    ...before,
    ...revision('left', 'pass', { parent: 'a1' }),
    ...revision('right', 'pass', { parent: 'a1' }),
    ...revision('new', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'left' }),
  }
  const { migrations } = await staging(files, { only: ['new'] })
  expect(migrations.map((m) => [m.id, m.parent])).toEqual([['new', 'left, right']])
  expect(migrations[0]!.files[0]!.text).toContain(`down_revision: str = ('left', 'right')`)
})

test('a part that is merged by now is there, and is not made again', async () => {
  const files = { ...before, ...revision('b2', mixed, { parent: 'a1', down: mixedBack }) }
  const [, expand] = (await staging(files)).migrations
  const merged = { ...files, [expand!.files[0]!.file]: expand!.files[0]!.text }
  const { migrations } = await staging(merged, { only: ['b2'] })
  expect(migrations.map((m) => m.phase)).toEqual(['backfill', 'contract'])
  expect(migrations[0]!.parent).toBe(expand!.id)
})

test('a merge of two branches is one in the line', async () => {
  const files = {
    ...before,
    ...revision('left', `op.create_table('l', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
    ...revision('right', `op.create_table('r', sa.Column('x', sa.Integer()))`, { parent: 'a1', needs: 'left' }),
    ...revision('both', 'pass', { parent: ['left', 'right'] }),
  }
  const found = await staging(files)
  const pile = again(files, found)
  expect([pile.faults, pile.migrations.map((m) => [m.id, m.parents, m.needs])]).toEqual([
    [],
    [
      ['a1', [], []],
      ['left', ['a1'], []],
      ['right', ['left'], []],
      ['both', ['right'], []],
    ],
  ])
})

test.each([
  [
    'one statement for two phases',
    `for s in ["ALTER TABLE orders ADD COLUMN x int", "UPDATE orders SET x = total"]:\n    op.execute(s)`,
    'pass',
    'line 16 does work of several phases',
  ],
  [
    'two statements on one line',
    `op.add_column('orders', sa.Column('x', sa.Integer())); op.execute("UPDATE orders SET x = total")`,
    'pass',
    'line 16 does work of several phases',
  ],
  ['a helper', `rows()\nop.add_column('orders', sa.Column('x', sa.Integer()))`, 'pass', 'is called from elsewhere'],
  [
    'a way back that fits two parts',
    mixed,
    `op.execute("ALTER TABLE orders DROP COLUMN x, ADD COLUMN note text")`,
    'which part its way back takes back in line 23 is not clear',
  ],
  ['a way back that fits none', mixed, `op.drop_table('elsewhere')`, 'which part its way back takes back'],
])('%s is not cut: it stays whole, and why is said', async (_, up, down, why) => {
  const top = 'def rows():\n    op.execute("UPDATE orders SET total = 0 WHERE id = 3")\n'
  const files = { ...before, ...revision('b2', up, { parent: 'a1', down, ...(up.startsWith('rows') ? { top } : {}) }) }
  const { whole, migrations } = await staging(files)
  expect(whole).toEqual([{ id: 'b2', why: expect.stringContaining(why) }])
  expect(migrations.map((m) => [m.id, m.change])).toEqual([
    ['a1', 'none'],
    ['b2', 'none'],
  ])
})

test('names that are given in a body go with whoever says them, batches are cut inside', async () => {
  const up = `table = 'orders'
kind = sa.Integer()
with op.batch_alter_table(table) as batch:
    batch.add_column(sa.Column('x', kind))
    batch.drop_column('note')
op.execute(f"UPDATE {table} SET x = 1 WHERE x IS NULL")`
  const found = await staging({ ...before, ...revision('b2', up, { parent: 'a1' }) })
  const [, expand, backfill, contract] = found.migrations.map((m) => m.files[0]!.text)
  expect(expand).toContain(
    `    table = 'orders'\n    kind = sa.Integer()\n    with op.batch_alter_table(table) as batch:\n        batch.add_column(sa.Column('x', kind))\n\n`,
  )
  expect(backfill).toContain(`    table = 'orders'\n    op.execute(f"UPDATE {table} SET x = 1 WHERE x IS NULL")\n`)
  expect(backfill).not.toContain('kind')
  expect(contract).toContain(`    table = 'orders'\n    with op.batch_alter_table(table) as batch:\n        batch.drop_column('note')\n`)
})

test('wishes hold inside a phase too', async () => {
  const files = {
    ...before,
    ...revision('b2', `op.create_table('t', sa.Column('x', sa.Integer()))`, { parent: 'a1' }),
    ...revision('c3', `op.create_table('u', sa.Column('x', sa.Integer()))`, { parent: 'b2' }),
  }
  const { migrations } = await staging(files, { settings: 'before: [[c3, b2]]' })
  expect(migrations.map((m) => [m.id, m.parent])).toEqual([
    ['a1', undefined],
    ['c3', 'a1'],
    ['b2', 'c3'],
  ])
  await expect(staging(files, { settings: 'before: [[c3, b2], [b2, c3]]' })).rejects.toMatchObject({ code: 'GW_STAGE_SETTINGS' })
})

test('databases that have run the originals: which stamp says the same, and where none does', async () => {
  const files = {
    ...before,
    ...revision('gone', `op.drop_column('orders', 'note')`, { parent: 'a1' }),
    ...revision('room', `op.add_column('orders', sa.Column('x', sa.Integer()))`, { parent: 'gone' }),
  }
  const stamps = stampsOf(await staging(files, { only: ['gone', 'room'] }))
  expect(stamps).toEqual([
    { at: 'gone', stamp: undefined, skipped: ['room'], again: [] },
    { at: 'room', stamp: 'gone', skipped: [], again: ['gone'] },
  ])
  expect(stampsOf(await staging(files, { only: ['room'] }))).toEqual([])
})

const pair = (id: string, up: string, down = ''): Files => ({ [`versions/${id}.up.sql`]: up, [`versions/${id}.down.sql`]: down })
const orders = 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL, note text);\n'
const mixedSql = `-- room
ALTER TABLE orders ADD COLUMN x int;

/* filled */
UPDATE orders SET x = total; -- all of them
ALTER TABLE orders DROP COLUMN note`

test('SQL: pairs of files, cut with what is said of each statement, numbered on behind the last', async () => {
  const files = {
    ...pair('001_orders', orders, 'DROP TABLE orders;'),
    ...pair('002_mixed', mixedSql, 'ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN x;\n'),
    ...pair('003_more', 'CREATE TABLE t (x int);\n', 'DROP TABLE t;\n'),
  }
  const found = await staging(files)
  expect(Object.fromEntries(found.migrations.flatMap((m) => m.files.map((f) => [f.file, f.text])))).toEqual({
    ...pair('001_orders', orders, 'DROP TABLE orders;'),
    ...pair('004_mixed_expand', '-- room\nALTER TABLE orders ADD COLUMN x int;\n', 'ALTER TABLE orders DROP COLUMN x;\n'),
    ...pair('005_more', 'CREATE TABLE t (x int);\n', 'DROP TABLE t;\n'),
    ...pair('006_mixed_backfill', '\n/* filled */\nUPDATE orders SET x = total; -- all of them\n', ''),
    ...pair('007_mixed_contract', 'ALTER TABLE orders DROP COLUMN note\n', 'ALTER TABLE orders ADD COLUMN note text;\n'),
  })
  expect(again(files, found).migrations.map((m) => m.id)).toEqual(found.migrations.map((m) => m.id))
  expect(stampsOf(found).find((s) => s.at === '003_more')).toMatchObject({ again: found.migrations.slice(1).map((m) => m.id) })
})

test('SQL with both ways in one file, and one that ends transactions itself', async () => {
  const up = '-- +goose Up\nALTER TABLE orders ADD COLUMN x int;\nUPDATE orders SET x = total;\n'
  const files = {
    'versions/1_orders.sql': `-- +goose Up\n${orders}`,
    'versions/2_mixed.sql': `${up}-- +goose Down\nALTER TABLE orders DROP COLUMN x;\n`,
    'versions/3_own.sql': 'BEGIN;\nALTER TABLE orders ADD COLUMN y int;\nUPDATE orders SET y = total;\nCOMMIT;\n',
  }
  const found = await staging(files)
  expect(found.whole).toEqual([{ id: '3_own', why: 'it begins and ends transactions itself' }])
  const pile = again(files, found)
  expect(pile.migrations.map((m) => [m.id, m.up.map((o) => o.sql), m.down.map((o) => o.sql)])).toEqual([
    ['1_orders', [expect.stringContaining('CREATE TABLE')], []],
    ['4_mixed_expand', ['ALTER TABLE orders ADD COLUMN x int'], ['ALTER TABLE orders DROP COLUMN x']],
    ['5_mixed_backfill', ['UPDATE orders SET x = total'], []],
    ['6_own', expect.any(Array), []],
  ])
})

test('Flyway: whole versions behind the last, undo files with them, what is repeated keeps its name', async () => {
  const files = {
    'db/V1__orders.sql': orders,
    'db/V1.5__mixed.sql': mixedSql,
    'db/U1.5__mixed.sql': 'ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN x;\n',
    'db/V2__more.sql': 'CREATE TABLE t (x int);\n',
    'db/R__view.sql': 'CREATE OR REPLACE VIEW v AS SELECT id FROM orders;\n',
  }
  const found = await staging(files, { at: 'db' })
  expect(found.migrations.map((m) => [m.id, m.files.map((f) => f.file)])).toEqual([
    ['1', ['db/V1__orders.sql']],
    ['3', ['db/V3__mixed_expand.sql', 'db/U3__mixed_expand.sql']],
    ['4', ['db/V4__more.sql']],
    ['R__view', ['db/R__view.sql']],
    ['5', ['db/V5__mixed_backfill.sql', 'db/U5__mixed_backfill.sql']],
    ['6', ['db/V6__mixed_contract.sql', 'db/U6__mixed_contract.sql']],
  ])
  expect(again(files, found, 'db').faults).toEqual([])
})

test('Prisma: folders by the second', async () => {
  const files = {
    'm/20250101235959_orders/migration.sql': orders,
    'm/20250102235959_mixed/migration.sql': mixedSql,
    'm/migration_lock.toml': 'provider = "postgresql"\n',
  }
  const found = await staging(files, { at: 'm' })
  expect(found.migrations.map((m) => m.files.map((f) => f.file))).toEqual([
    ['m/20250101235959_orders/migration.sql'],
    ['m/20250103000000_mixed_expand/migration.sql'],
    ['m/20250103000001_mixed_backfill/migration.sql'],
    ['m/20250103000002_mixed_contract/migration.sql'],
  ])
  expect(again(files, found, 'm').migrations.map((m) => m.id)).toEqual(found.migrations.map((m) => m.id))
})

const django = (name: string, operations: string, on: string, top = ''): Files => ({
  [`shop/migrations/${name}.py`]: `from django.db import migrations, models

${top}
class Migration(migrations.Migration):
    dependencies = [${on}]

    operations = [
${operations}
    ]
`,
})

test('Django: between its operations, with dependencies in one line', async () => {
  const files = {
    ...django(
      '0001_initial',
      `        migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True)), ("total", models.IntegerField()), ("note", models.TextField(null=True))]),`,
      '',
    ),
    ...django(
      '0002_mixed',
      `        migrations.AddField("order", "x", models.IntegerField(null=True)),
        # filled
        migrations.RunSQL("UPDATE shop_order SET x = total", migrations.RunSQL.noop),
        migrations.RemoveField("order", "note")`,
      `("shop", "0001_initial"), ("auth", "0001_initial")`,
    ),
    ...django(
      '0003_more',
      `        migrations.CreateModel("More", [("id", models.AutoField(primary_key=True))]),`,
      `("shop", "0002_mixed")`,
    ),
  }
  const found = await staging(files, { at: 'shop' })
  expect(found.whole).toEqual([])
  const pile = again(files, found, 'shop')
  expect([pile.faults, pile.migrations.map((m) => [m.id, m.parents, m.up.map((o) => o.kind)])]).toEqual([
    [],
    [
      ['0001_initial', [], ['CreateModel']],
      ['0002_mixed_expand', ['0001_initial'], ['AddField']],
      ['0003_more', ['0002_mixed_expand'], ['CreateModel']],
      ['0002_mixed_backfill', ['0003_more'], ['RunSQL']],
      ['0002_mixed_contract', ['0002_mixed_backfill'], ['RemoveField']],
    ],
  ])
  expect(found.migrations[1]!.files[0]!.text).toContain(`dependencies = [("shop", "0001_initial"), ("auth", "0001_initial")]`)
  expect(found.migrations[2]!.files[0]!.text).toContain('dependencies = [\n        ("shop", "0002_mixed_expand"),\n    ]')
  expect(found.migrations[3]!.files[0]!.text).toContain('        # filled\n        migrations.RunSQL(')
})

test('Django: what only the state learns would be lost between two files', async () => {
  const files = {
    ...django(
      '0001_initial',
      `        migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True)), ("note", models.TextField(null=True))]),`,
      '',
    ),
    ...django(
      '0002_mixed',
      `        migrations.AddField("order", "x", models.IntegerField(null=True)),
        migrations.AlterModelOptions("order", {"ordering": ["x"]}),
        migrations.RemoveField("order", "note"),`,
      `("shop", "0001_initial")`,
    ),
  }
  expect((await staging(files, { at: 'shop' })).whole).toEqual([
    { id: '0002_mixed', why: expect.stringContaining('known to the state only') },
  ])
})

test('every pile that can be read can be written anew', () => {
  expect(writers.map((w) => w.format).toSorted()).toEqual(readers.map((r) => r.format).toSorted())
})
