// The life of changes of a partitioned table, partitions of partitions among them.
import { expect } from 'vitest'
import { online } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { type LivePlace, life } from '../support/life.ts'

const setup = `
  create table shop (id int primary key);
  create table sale (id int not null, at date not null, shop_id int, note text) partition by range (at);
  create table sale_2024 partition of sale for values from ('2024-01-01') to ('2025-01-01');
  create table sale_2025 partition of sale for values from ('2025-01-01') to ('2026-01-01') partition by list (shop_id);
  create table "sale_2025 first" partition of sale_2025 for values in (1, 2, 3);
  create table sale_2025_rest partition of sale_2025 default;
  insert into shop select i from generate_series(1, 9) i;
  insert into sale select i, date '2024-01-01' + i % 700, 1 + i % 9, 'n' || i from generate_series(1, 2000) i`

const elsewhere = { SQLite: 'its schema is not changed beside others', MariaDB: 'its schema is not changed beside others' }

/** A partition that comes later has its part as well. */
const another = `create table sale_2026 partition of sale for values from ('2026-01-01') to ('2027-01-01')`
const whole = (name: string) =>
  `select count(*)::text, bool_and(indisvalid)::text from pg_index where indexrelid in (select relid from pg_partition_tree('${name}'))`

const cases: Readonly<Record<string, readonly [step: () => Step, once?: (p: LivePlace) => Promise<void>]>> = {
  'an index': [
    () => online.index('sale', ['shop_id', '(lower(note))'], { name: 'sale_by_shop' }),
    async (p) => {
      expect(await p.sql(whole('sale_by_shop'))).toEqual([['5', 'true']])
      await p.sql(another)
      expect(await p.sql(whole('sale_by_shop'))).toEqual([['6', 'true']])
      await p.sql('drop table sale_2026')
    },
  ],
  'a unique constraint': [
    () => online.unique('sale', ['id', 'at', 'shop_id'], { name: 'once' }),
    async (p) => {
      expect(await p.sql(whole('once'))).toEqual([['5', 'true']])
      await expect(p.sql('insert into sale select * from sale where id = 1')).rejects.toThrow(/duplicate key/)
    },
  ],
  'a foreign key': [
    () => online.foreignKey('sale', ['shop_id'], 'shop', ['id'], { onDelete: 'cascade' }),
    async (p) => {
      expect(
        await p.sql(
          `select count(*)::text, bool_and(convalidated)::text from pg_constraint where contype = 'f' and confrelid = 'shop'::regclass`,
        ),
      ).toEqual([['5', 'true']])
      await expect(p.sql(`insert into sale values (1, '2024-02-02', 77)`)).rejects.toThrow(/foreign key/)
    },
  ],
  'a column that must have a value': [() => online.notNull('sale', 'shop_id')],
  'a check': [() => online.check('sale', 'sane', 'id > 0')],
  'a column with a value for each row': [
    () => online.addColumn('sale', 'token', { type: 'text', each: `md5('x')`, notNull: true }),
    async (p) => expect(await p.sql(`select count(*)::text from sale where token = md5('x')`)).toEqual([['2000']]),
  ],
}

for (const [title, [step, once]] of Object.entries(cases))
  life(`partitioned: ${title}`, {
    setup: () => setup,
    not: elsewhere,
    phase: 'expand',
    steps: () => [step()],
    ...(once ? { once: (_, p) => once(p) } : {}),
  })
