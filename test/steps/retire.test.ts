// What is retired is out of sight, with all that it has; an undo brings it back as it was, and a purge drops it, not before its time.
import { describe, expect, test } from 'vitest'
import { migration, retire, retireColumns } from '../../src/index.ts'
import type { Step } from '../../src/steps/step.ts'
import { life } from '../support/life.ts'
import { engines } from '../targets/engines.ts'
import { type Kind, place } from '../targets/place.ts'

const setup = ({ word, drawn }: Kind) => `
  create table kept (id ${drawn}, name ${word});
  create table old_parent (id ${drawn}, name ${word} not null, note ${word});
  create table old_child (id bigint primary key, parent_id bigint not null, foreign key (parent_id) references old_parent (id));
  create index old_parent_name on old_parent (name);
  insert into old_parent (id, name) values (1, 'one'), (2, 'two');
  insert into old_child values (10, 1), (11, 2)`

life('tables that belong together', {
  setup,
  phase: 'contract',
  steps: (_, { schema }) => [retire([`${schema}.old_parent`, `${schema}.old_child`])],
  once: async (_, p) => {
    await expect(p.sql('select * from old_parent')).rejects.toThrow()
    await expect(p.sql('select * from old_child')).rejects.toThrow()
  },
})

life('a column', {
  setup,
  phase: 'contract',
  steps: (_, { schema }) => [retireColumns(`${schema}.old_parent`, ['note'])],
  once: async (_, p) => {
    await expect(p.sql('select old_parent.note from old_parent')).rejects.toThrow()
    await p.sql(`select id, name from old_parent`)
  },
})

const only = (step: (kind: Kind) => Step) => (kind: Kind) => migration('retiring', { contract: [step(kind)] })

const needed: readonly (readonly [title: string, made: (kind: Kind) => string, step: (kind: Kind) => Step, who: RegExp])[] = [
  [
    'a table that a foreign key points at',
    () => '',
    ({ schema }) => retire([`${schema}.old_parent`]),
    /foreign key.*old_child.* points at it/,
  ],
  [
    'a table that a view reads',
    () => 'create view seen as select name from old_parent',
    ({ schema }) => retire([`${schema}.old_parent`, `${schema}.old_child`]),
    /view \S*seen (reads|names) it/,
  ],
  [
    'a column that a view reads',
    () => 'create view seen as select note from old_parent',
    ({ schema }) => retireColumns(`${schema}.old_parent`, ['note']),
    /view \S*seen (reads|names) it/,
  ],
  ['a key', () => '', ({ schema }) => retireColumns(`${schema}.old_child`, ['id']), /primary key/],
  ['what is not there', () => '', ({ schema }) => retire([`${schema}.nowhere`]), /it is not there/],
]

describe('who needs it', () => {
  test.each(engines.flatMap(([name, open]) => needed.map((n) => [`${name}: ${n[0]}`, open, n] as const)))(
    '%s',
    async (_, open, [, made, step, who]) => {
      await using p = await place(open, (kind) => `${setup(kind)}; ${made(kind)}`.replace(/; $/, ''))
      const before = await p.rows('old_parent', 'old_child')
      await expect(p.run(only(step)(p.kind))).rejects.toMatchObject({
        code: 'GW_RETIRE_REFUSED',
        exit: 4,
        message: expect.stringMatching(who),
      })
      expect(await p.rows('old_parent', 'old_child')).toEqual(before)
    },
  )
})
