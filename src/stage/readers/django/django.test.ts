// Django's migrations: operations as SQL, by what the migrations before them have left of the models.
import { expect, test } from 'vitest'
import { analysed, type Files } from '../../../../test/stage/piles.ts'

const migration = (
  app: string,
  name: string,
  operations: string,
  dependencies: readonly (readonly [string, string])[] = [],
  top = '',
): Files => ({
  [`versions/${app}/migrations/${name}.py`]: `from django.db import migrations, models
import django.db.models.deletion
${top}

class Migration(migrations.Migration):
    dependencies = [${dependencies.map(([a, n]) => `('${a}', '${n}')`).join(', ')}]
    operations = [
        ${operations}
    ]
`,
})

const first = migration(
  'shop',
  '0001_initial',
  `migrations.CreateModel(name='Buyer', fields=[('id', models.AutoField(primary_key=True)), ('email', models.EmailField(max_length=254))]),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ('note', models.CharField(max_length=100, null=True)),
                ('total', models.DecimalField(max_digits=10, decimal_places=2)),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='shop.Buyer')),
            ],
            options={'db_table': 'orders'},
        ),`,
)

const second = async (operations: string, top = '') => {
  const { judged } = await analysed({ ...first, ...migration('shop', '0002_next', operations, [['shop', '0001_initial']], top) })
  return judged[1]!
}

const sqlOf = async (operations: string, top = '') => (await second(operations, top)).migration.up.map((o) => o.sql)

test.each<[string, string, string[], string]>([
  [
    'a field that may be null',
    `migrations.AddField(model_name='order', name='x', field=models.IntegerField(null=True))`,
    ['ALTER TABLE "orders" ADD COLUMN "x" integer'],
    'safe-additive',
  ],
  [
    'a field with a default',
    `migrations.AddField('order', 'x', models.BooleanField(default=False))`,
    ['ALTER TABLE "orders" ADD COLUMN "x" boolean DEFAULT false NOT NULL'],
    'safe-additive',
  ],
  [
    'a required field',
    `migrations.AddField('order', 'x', models.IntegerField())`,
    ['ALTER TABLE "orders" ADD COLUMN "x" integer NOT NULL'],
    'destructive-breaking',
  ],
  [
    'a field with an index',
    `migrations.AddField('order', 'x', models.IntegerField(null=True, db_index=True))`,
    ['ALTER TABLE "orders" ADD COLUMN "x" integer', 'CREATE INDEX ON "orders" ("x")'],
    'lock-heavy',
  ],
  [
    'many to many',
    `migrations.AddField('order', 'tags', models.ManyToManyField(to='shop.Buyer'))`,
    [
      'CREATE TABLE "orders_tags" (id bigint PRIMARY KEY, from_id integer NOT NULL REFERENCES "orders", to_id integer NOT NULL REFERENCES "shop_buyer")',
    ],
    'safe-additive',
  ],
  [
    'a field that goes',
    `migrations.RemoveField('order', 'buyer')`,
    ['ALTER TABLE "orders" DROP COLUMN "buyer_id"'],
    'destructive-breaking',
  ],
  [
    'a field that only reads otherwise',
    `migrations.AlterField('order', 'note', models.CharField(max_length=100, null=True, help_text='x', choices=[('a', 'A')]))`,
    [],
    'safe-additive',
  ],
  [
    'a longer text',
    `migrations.AlterField('order', 'note', models.CharField(max_length=200, null=True))`,
    ['ALTER TABLE "orders" ALTER COLUMN "note" TYPE varchar(200) USING "note"::varchar(200)'],
    'caution',
  ],
  [
    'not null',
    `migrations.AlterField('order', 'note', models.CharField(max_length=100, default='x'))`,
    [`UPDATE "orders" SET "note" = 'x' WHERE "note" IS NULL`, 'ALTER TABLE "orders" ALTER COLUMN "note" SET NOT NULL'],
    'data-migration',
  ],
  [
    'unique',
    `migrations.AlterField('order', 'note', models.CharField(max_length=100, null=True, unique=True))`,
    ['ALTER TABLE "orders" ADD UNIQUE ("note")'],
    'lock-heavy',
  ],
  [
    'another name',
    `migrations.RenameField('order', 'note', 'remark')`,
    ['ALTER TABLE "orders" RENAME COLUMN "note" TO "remark"'],
    'destructive-breaking',
  ],
  [
    'a model with another name',
    `migrations.RenameModel('Buyer', 'Client')`,
    ['ALTER TABLE "shop_buyer" RENAME TO "shop_client"'],
    'destructive-breaking',
  ],
  ['a model with another name, whose table keeps its own', `migrations.RenameModel('Order', 'Sale')`, [], 'safe-additive'],
  ['a model that goes', `migrations.DeleteModel('Order')`, ['DROP TABLE "orders"'], 'destructive-breaking'],
  ['options', `migrations.AlterModelOptions(name='order', options={'ordering': ['id']})`, [], 'safe-additive'],
  [
    'several that are unique together',
    `migrations.AlterUniqueTogether(name='order', unique_together={('note', 'buyer')})`,
    ['ALTER TABLE "orders" ADD UNIQUE ("note", "buyer_id")'],
    'lock-heavy',
  ],
  [
    'an index',
    `migrations.AddIndex('order', models.Index(fields=['-note'], name='i'))`,
    ['CREATE INDEX "i" ON "orders" ("note")'],
    'lock-heavy',
  ],
  ['state only', `migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel('Order')])`, [], 'safe-additive'],
  [
    'the database only',
    `migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL('DROP TABLE orders')])`,
    ['DROP TABLE orders'],
    'destructive-breaking',
  ],
  [
    'SQL',
    `migrations.RunSQL("DELETE FROM orders WHERE id = 1; SELECT 1", migrations.RunSQL.noop)`,
    ['DELETE FROM orders WHERE id = 1', 'SELECT 1'],
    'data-migration',
  ],
  ['nothing', `migrations.RunPython(migrations.RunPython.noop)`, [], 'safe-additive'],
])('%s', async (_, operations, sql, verdict) => {
  const { migration: m, class: c } = await second(operations)
  expect([m.up.map((o) => o.sql), c]).toEqual([sql, verdict])
})

test.each([
  [
    `Order = apps.get_model('shop', 'Order')\n    Order.objects.filter(note='a').update(note='b')`,
    [`UPDATE "orders" SET "note" = 'x' WHERE godwit_any_name > godwit_any_name + 0`],
  ],
  [`apps.get_model('shop.Buyer').objects.create(email='a')`, ['INSERT INTO "shop_buyer" DEFAULT VALUES']],
  [`apps.get_model('shop', 'Order').objects.all().delete()`, ['DELETE FROM "orders"']],
  [
    `with schema_editor.connection.cursor() as cursor:\n        cursor.execute("DELETE FROM orders WHERE id = %s", [1])`,
    ['DELETE FROM orders WHERE id = $1'],
  ],
  [`for o in apps.get_model('shop', 'Order').objects.all():\n        o.note = 'x'\n        o.save()`, [undefined]],
])('rows by code: %s', async (body, sql) => {
  const top = `def work(apps, schema_editor):\n    ${body}\n`
  expect(await sqlOf('migrations.RunPython(work)', top)).toEqual(sql)
  expect(await second('migrations.RunPython(work)', top)).toMatchObject({
    class: expect.stringMatching(/data-migration|destructive/),
    downgrade: 'empty',
  })
})

test('code that is not read changes rows, and the certainty says so', async () => {
  expect(await second('migrations.RunPython(work)', 'from elsewhere import work')).toMatchObject({
    class: 'data-migration',
    certainty: 'medium',
  })
  expect(await second('elsewhere.Magic()', 'import elsewhere')).toMatchObject({
    certainty: 'low',
    migration: { unread: [{ why: 'Magic is not known' }] },
  })
})

test('several apps, merges, and one that stands for others', async () => {
  const { judged, pile } = await analysed({
    ...first,
    ...migration('shop', '0002_a', '', [
      ['shop', '0001_initial'],
      ['mail', '0001_initial'],
    ]),
    ...migration('shop', '0002_b', '', [
      ['shop', '0001_initial'],
      ['auth', '0001_initial'],
    ]),
    ...migration('shop', '0003_merge', '', [
      ['shop', '0002_a'],
      ['shop', '0002_b'],
    ]),
    ...migration('mail', '0001_initial', ''),
    'versions/mail/migrations/0001_squashed.py': `from django.db import migrations\nclass Migration(migrations.Migration):\n    replaces = [('mail', '0001_initial')]\n    operations = []\n`,
  })
  expect(judged.map((j) => [j.migration.id, j.migration.parents, j.migration.needs])).toEqual([
    ['mail.0001_initial', [], []],
    ['shop.0001_initial', [], []],
    ['shop.0002_a', ['shop.0001_initial'], ['mail.0001_initial']],
    ['shop.0002_b', ['shop.0001_initial'], []],
    ['shop.0003_merge', ['shop.0002_a', 'shop.0002_b'], []],
  ])
  expect(pile).toMatchObject({ format: 'django', faults: [] })
})
