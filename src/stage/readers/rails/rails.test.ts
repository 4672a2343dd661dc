// Migrations of Rails, read without running any Ruby.
import { expect, test } from 'vitest'
import { analysed, type Files, staged, verdict } from '../../../../test/stage/piles.ts'

const file = (number: string, body: string, { version = '7.1', head = '' } = {}): Files => ({
  [`versions/${number}_x.rb`]: `class X < ActiveRecord::Migration${version && `[${version}]`}\n${head}\n${body}\nend\n`,
})
const change = (number: string, lines: string, more = {}): Files => file(number, `def change\n${lines}\nend`, more)

const tables = change(
  '20240101000000',
  `create_table :users do |t|\n  t.string :email, null: false\nend\ncreate_table :orders do |t|\n  t.references :user, foreign_key: true\n  t.decimal :total, precision: 10, scale: 2\n  t.string :note, limit: 100\nend`,
)
const after = (lines: string, more = {}): Files => ({ ...tables, ...change('20240102000000', lines, more) })
const sqlOf = async (files: Files) => (await verdict(files)).migration.up.map((o) => o.sql)

test.each([
  ['add_column :orders, :x, :integer, null: false, default: 0', ['ALTER TABLE "orders" ADD COLUMN "x" integer DEFAULT 0 NOT NULL']],
  ['add_column :orders, :at, :datetime, default: -> { "now()" }', ['ALTER TABLE "orders" ADD COLUMN "at" timestamp(6) DEFAULT now()']],
  ['change_column :orders, :note, :string, limit: 20', ['ALTER TABLE "orders" ALTER COLUMN "note" TYPE varchar(20)']],
  ['change_column_default :orders, :note, from: nil, to: "x"', [`ALTER TABLE "orders" ALTER COLUMN "note" SET DEFAULT 'x'`]],
  [
    'change_column_null :orders, :note, false, "-"',
    [`UPDATE "orders" SET "note" = '-' WHERE "note" IS NULL`, 'ALTER TABLE "orders" ALTER COLUMN "note" SET NOT NULL'],
  ],
  ['rename_column :orders, :note, :remark', ['ALTER TABLE "orders" RENAME COLUMN "note" TO "remark"']],
  ['remove_column :orders, :note, :string', ['ALTER TABLE "orders" DROP COLUMN "note"']],
  [
    'add_index :orders, [:user_id, :note], unique: true, algorithm: :concurrently, where: "note <> \'\'"',
    [`CREATE UNIQUE INDEX CONCURRENTLY "index_orders_on_user_id_and_note" ON "orders" ("user_id", "note") WHERE note <> ''`],
  ],
  [
    'add_reference :users, :boss, foreign_key: { to_table: :users, validate: false }, index: false',
    [
      'ALTER TABLE "users" ADD COLUMN "boss_id" bigint',
      'ALTER TABLE "users" ADD CONSTRAINT "fk_users_boss_id" FOREIGN KEY ("boss_id") REFERENCES "users" ("id") NOT VALID',
    ],
  ],
  ['validate_foreign_key :orders, :users', ['ALTER TABLE "orders" VALIDATE CONSTRAINT "fk_orders_user_id"']],
  ['create_enum :mood, %w[good bad]', [`CREATE TYPE "mood" AS ENUM ('good', 'bad')`]],
  [
    '%w[a b].each { |n| add_column :orders, "#{n}_at", :date }',
    ['ALTER TABLE "orders" ADD COLUMN "a_at" date', 'ALTER TABLE "orders" ADD COLUMN "b_at" date'],
  ],
  [
    'change_table :orders, bulk: true do |t|\n  t.remove :note\n  t.boolean :paid\nend',
    ['ALTER TABLE "orders" DROP COLUMN "note"', 'ALTER TABLE "orders" ADD COLUMN "paid" boolean'],
  ],
  [
    'create_table :rooms, id: false do |t|\n  t.integer :n\n  t.unique_constraint [:n], name: "one"\n  t.exclusion_constraint "n WITH =", using: :gist, name: "apart"\nend',
    [
      'CREATE TABLE "rooms" ("n" integer)',
      'ALTER TABLE "rooms" ADD CONSTRAINT "one" UNIQUE ("n")',
      'ALTER TABLE "rooms" ADD CONSTRAINT "apart" EXCLUDE USING gist (n WITH =)',
    ],
  ],
  [
    'change_table :orders do |t|\n  t.unique_constraint [:note], name: "one"\n  t.remove_exclusion_constraint name: "apart"\nend',
    ['ALTER TABLE "orders" ADD CONSTRAINT "one" UNIQUE ("note")', 'ALTER TABLE "orders" DROP CONSTRAINT "apart"'],
  ],
  ['safety_assured { execute <<~SQL }\n  DELETE FROM orders\n  WHERE id = 1\nSQL', ['DELETE FROM orders\nWHERE id = 1\n']],
  ['reversible do |dir|\n  dir.up { execute "SELECT 1" }\n  dir.down { execute "SELECT 2" }\nend', ['SELECT 1']],
  ['helper(:orders)\nend\ndef helper(table)\n  drop_table table', ['DROP TABLE "orders"']],
  [
    'OrderLine.where(state: nil, kind: %w[a b]).update_all(state: "x")',
    [`UPDATE "order_lines" SET "state" = 'x' WHERE "state" IS NULL AND "kind" IN ('a', 'b')`],
  ],
  ['Order.where("total > ?", 3).delete_all', ['DELETE FROM "orders" WHERE (total > godwit_any_name)']],
  ['User.create!(email: "a")', [`INSERT INTO "users" ("email") VALUES ('a')`]],
  ['Order.find_each { |o| o.update!(note: o.total) }', ['UPDATE "orders" SET "note" = godwit_any_name']],
])('%s', async (lines, sql) => expect(await sqlOf(after(lines))).toEqual(sql)) // prettier-ignore

test('keys and moments are of the version of Rails', async () => {
  const lines = `create_table :a do |t|\n  t.references :b\n  t.timestamps\nend`
  expect(await sqlOf(change('1', lines, { version: '5.0' }))).toEqual([
    'CREATE TABLE "a" ("id" serial PRIMARY KEY, "b_id" integer, "created_at" timestamp NOT NULL, "updated_at" timestamp NOT NULL)',
    'CREATE INDEX "index_a_on_b_id" ON "a" ("b_id")',
  ])
  expect(await sqlOf(change('1', lines, { version: '' }))).toEqual([
    'CREATE TABLE "a" ("id" serial PRIMARY KEY, "b_id" integer, "created_at" timestamp, "updated_at" timestamp)',
  ])
})

test.each([
  ['add_column :orders, :x, :integer', 'safe-additive', 'high'],
  ['add_index :orders, :note', 'lock-heavy', 'high'],
  ['remove_column :orders, :note', 'destructive-breaking', 'high'],
  ['Order.find_each { |o| o.update!(note: "x") }', 'data-migration', 'high'],
  ['Order.find_each { |o| mend(o) }', 'data-migration', 'medium'],
  ['Orders::Mend.call', 'caution', 'low'],
  ['strange_helper :orders', 'caution', 'low'],
  ['add_column :orders, :x, :integer unless column_exists?(:orders, :x)', 'safe-additive', 'medium'],
  ['execute sql_of_somebody', 'caution', 'low'],
])('%s is %s, and that is %s', async (lines, wanted, sure) => {
  const { class: found, certainty } = await verdict(after(lines))
  expect([found, certainty]).toEqual([wanted, sure])
})

test('the way back: what Rails does by itself, what is written, and what there is not', async () => {
  const downgrade = async (files: Files) => (await verdict(files)).downgrade
  expect(await downgrade(after('add_column :orders, :x, :integer'))).toBe('real')
  expect(await downgrade(after('execute "CREATE VIEW v AS SELECT 1"'))).toBe('empty')
  const both = (down: string) => ({
    ...tables,
    ...file('20240102000000', `def up\nadd_column :orders, :x, :integer\nend\ndef down\n${down}\nend`),
  })
  expect(await downgrade(both('remove_column :orders, :x'))).toBe('real')
  expect(await downgrade(both('raise ActiveRecord::IrreversibleMigration'))).toBe('empty')
})

test('they come in the order of their numbers, and two of one number are told', async () => {
  const { pile } = await analysed({ ...change('10', ''), ...change('9', ''), 'versions/sub/9_y.rb': change('9', '')['versions/9_x.rb']! })
  expect([pile.format, pile.migrations.map((m) => m.id), pile.faults]).toEqual([
    'rails',
    ['9', '9', '10'],
    ['9 is the id of more than one file'],
  ])
})

test('a model of its own says where its rows are, and phases follow', async () => {
  const head = `class Bill < ActiveRecord::Base\n  self.table_name = 'orders'\nend`
  const plan = await staged(after(`add_column :orders, :x, :integer\nBill.update_all("x = total")\nremove_column :orders, :note`, { head }))
  expect(plan.placed[1]!.parts.map((p) => p.phase)).toEqual(['expand', 'backfill', 'contract'])
})

test('what is no Ruby is said to be none', async () => {
  const { migration, certainty } = await verdict({
    ...tables,
    'versions/20240103000000_x.rb': 'class X < ActiveRecord::Migration[7.1]\n def (\n',
  })
  expect([migration.unread[0]?.why, certainty]).toEqual(['it is not Ruby as its parser knows it', 'low'])
})
