// Piles carried out by the tools that they were written for. What is not installed here is stood in for by a program with the same command line.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startPostgres } from '../../src/databases/embedded/index.ts'
import { postgresEngine } from '../../src/prove/engines/postgres/engine.ts'
import { django } from '../../src/prove/runners/django.ts'
import { flyway } from '../../src/prove/runners/flyway.ts'
import { prisma } from '../../src/prove/runners/prisma.ts'
import { rails } from '../../src/prove/runners/rails.ts'
import { dbmate } from '../../src/prove/runners/sql.ts'
import type { Tool } from '../../src/prove/runners/tool.ts'
import type { Files } from '../stage/piles.ts'
import { proven, type Wanted } from './proving.ts'

/** As whoever has it installed has it: a program of that name on PATH. */
function standIn(name: string): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'gw-program-'))
  const program = path.join(folder, name)
  const script = fileURLToPath(new URL('./stand-in.ts', import.meta.url))
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${name} "$@"\n`)
  chmodSync(program, 0o755)
  const { PATH } = process.env
  process.env['PATH'] = `${folder}${path.delimiter}${PATH}`
  onTestFinished(() => {
    Object.assign(process.env, { PATH })
    rmSync(folder, { recursive: true })
  })
}

/** Java knows no sockets. */
async function atPort(): Promise<Wanted> {
  const server = await startPostgres({ tcp: true })
  onTestFinished(() => server.stop())
  return { engine: () => postgresEngine(server.url) }
}

const by = (tool: Tool, files: Files, wanted: Wanted = {}) =>
  proven(files, { ...wanted, runner: (order) => tool.installed(tmpdir())!.runner(order, tmpdir(), 'postgres') })

const first = 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note text);'
const up = `ALTER TABLE orders ADD COLUMN cents numeric;
UPDATE orders SET cents = total * 100;
ALTER TABLE orders DROP COLUMN note;`
const down = `ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders DROP COLUMN cents;`
const both = (a: string, b: string) => `-- migrate:up\n${a}\n\n-- migrate:down\n${b}\n`

const piles: Readonly<Record<string, Files>> = {
  flyway: {
    'versions/V1__first.sql': first,
    'versions/V2__mixed.sql': up,
    'versions/U2__mixed.sql': down,
    'versions/V3__table.sql': 'CREATE TABLE t (x int);',
    'versions/U3__table.sql': 'DROP TABLE t;',
  },
  prisma: {
    'versions/migration_lock.toml': 'provider = "postgresql"',
    'versions/1_first/migration.sql': first,
    'versions/2_mixed/migration.sql': up,
    'versions/2_mixed/down.sql': down,
    'versions/3_table/migration.sql': 'CREATE TABLE t (x int);',
    'versions/3_table/down.sql': 'DROP TABLE t;',
  },
  dbmate: {
    'versions/1_first.sql': both(first, 'DROP TABLE orders;'),
    'versions/2_mixed.sql': both(up, down),
    'versions/3_table.sql': both('CREATE TABLE t (x int);', 'DROP TABLE t;'),
  },
}
const later: Readonly<Record<string, readonly string[]>> = {
  flyway: ['2', '3'],
  prisma: ['2_mixed', '3_table'],
  dbmate: ['2_mixed', '3_table'],
}

for (const tool of [flyway, prisma, dbmate]) {
  test(`${tool.name}: up to a migration, one back, and up again`, async () => {
    standIn(tool.name)
    const where = tool.atPort ? await atPort() : {}
    const c = await by(tool, piles[tool.name]!, { ...where, only: later[tool.name]! })
    expect([c.claims[0], c.runner]).toEqual([
      expect.objectContaining({ result: 'proved' }),
      expect.stringMatching(new RegExp(`^${tool.name} \\d`, 'i')),
    ])
    expect(c.statements).toEqual({ original: 4, staged: 4 })
    expect(c.phases.map((p) => [p.phase, p.back.result])).toEqual([
      ['expand', 'proved'],
      ['backfill', 'not proved'],
      ['contract', 'not proved'],
    ])
  })

  test(`${tool.name}: what is there already is told to it, and what fails is told by it`, async () => {
    standIn(tool.name)
    const files = { ...piles[tool.name]! }
    const where = tool.atPort ? await atPort() : {}
    const c = await by(tool, files, { ...where, only: later[tool.name]!, schema: first })
    expect(c.proved).toBe(true)
    const [mixed] = Object.keys(files).filter((f) => /2.*mixed/.test(f) && !/\/U2|down\.sql/.test(f))
    const broken = await by(
      tool,
      { ...files, [mixed!]: files[mixed!]!.replace('DROP COLUMN note', 'DROP COLUMN nothing') },
      { ...where, only: later[tool.name]! },
    )
    expect([broken.proved, broken.claims[0]!.why, broken.notes.join()]).toEqual([
      false,
      ['the original order does not come to its end'],
      expect.stringContaining('column "nothing" of relation "orders" does not exist'),
    ])
  })
}

const migration = (name: string, after: string, operations: string): Files => ({
  [`shop/migrations/${name}.py`]: `from django.db import migrations, models


def cents(apps, schema_editor):
    for order in apps.get_model("shop", "Order").objects.all():
        order.cents = (order.total or 0) * 100
        order.save()


class Migration(migrations.Migration):
    dependencies = [${after}]
    operations = [
${operations}
    ]
`,
})

const ofDjango: Files = {
  'shop/migrations/__init__.py': '',
  ...migration(
    '0001_first',
    '',
    `        migrations.CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True)), ("total", models.IntegerField(null=True)), ("note", models.TextField(null=True))]),`,
  ),
  ...migration(
    '0002_mixed',
    '("shop", "0001_first")',
    `        migrations.AddField("Order", "cents", models.BigIntegerField(null=True)),
        migrations.RemoveField("Order", "note"),`,
  ),
  ...migration('0003_fill', '("shop", "0002_mixed")', `        migrations.RunPython(cents, migrations.RunPython.noop),`),
}

const hasDjango = django.installed(tmpdir()) !== undefined

test.skipIf(!hasDjango)('Django: its own migrate, and the code of its migrations with it', async () => {
  const c = await by(django, ofDjango, { only: ['0002_mixed', '0003_fill'], at: 'shop/migrations' })
  expect([c.claims[0], c.runner]).toEqual([expect.objectContaining({ result: 'proved' }), expect.stringMatching(/^Django \d/)])
  expect(c.statements.original).toBeGreaterThan(2)
  expect(c.phases.map((p) => [p.phase, p.back.result])).toEqual([
    ['expand', 'proved'],
    ['backfill', expect.any(String)],
    ['contract', 'not proved'],
  ])
})

const ruby = (name: string, title: string, body: string): Files => ({
  [`db/migrate/${name}_${title.replaceAll(/(?<!^)([A-Z])/g, '_$1').toLowerCase()}.rb`]: `class ${title} < ActiveRecord::Migration[6.1]\n${body}\nend\n`,
})

const ofRails: Files = {
  ...ruby('1', 'First', '  def change\n    create_table :orders do |t|\n      t.decimal :total\n      t.text :note\n    end\n  end'),
  ...ruby(
    '2',
    'MixedWork',
    `  def up
    add_column :orders, :cents, :decimal
    # of what is there
    execute "UPDATE orders SET cents = total * 100"
    remove_column :orders, :note
  end

  def down
    add_column :orders, :note, :text
    remove_column :orders, :cents
  end`,
  ),
  ...ruby('3', 'AddTable', '  def change\n    create_table :things\n  end'),
}

const hasRails = rails.installed(tmpdir()) !== undefined

test.skipIf(!hasRails)('Rails: a pile that was cut is run by ActiveRecord, up, down one and up again', async () => {
  const c = await by(rails, ofRails, { only: ['2', '3'], at: 'db/migrate' })
  expect([c.claims[0], c.runner]).toEqual([expect.objectContaining({ result: 'proved' }), expect.stringMatching(/^ActiveRecord \d/)])
  expect(c.statements).toEqual({ original: 4, staged: 4 })
  expect(c.phases.map((p) => [p.phase, p.migrations.length, p.back.result])).toEqual([
    ['expand', 2, 'proved'],
    ['backfill', 1, 'not proved'],
    ['contract', 1, 'not proved'],
  ])
  const known = await by(rails, ofRails, {
    only: ['2', '3'],
    at: 'db/migrate',
    schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, note text);',
  })
  expect(known.proved).toBe(true)
})
