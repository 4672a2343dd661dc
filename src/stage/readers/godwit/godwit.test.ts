// Godwit's own migrations: what their steps come to, and what is known of one that was not loaded.
import { expect, test } from 'vitest'
import { folderOf } from '../../../../test/stage/piles.ts'
import { ddl, fill, into, type Migration, mapping, migration, none, online, retire, table, text, uuid } from '../../../index.ts'
import { type Analysis, analyse } from '../../analysis.ts'
import { planPhases } from '../../phases.ts'
import { neverCut, readPile } from '../../pile.ts'
import { noSettings } from '../../settings.ts'

const users = table('users', { id: uuid().key(), name: text(), mail: text() })
const people = table('people', { id: uuid().key(), name: text() })

const textOf = ({ name }: Migration): string => `import { migration } from 'godwit'\nexport default migration('${name}', {})\n`

function analysed(...all: readonly Migration[]): Promise<Analysis> {
  const files = Object.fromEntries(all.map((m) => [`versions/${m.name}.ts`, textOf(m)]))
  const folder = { ...folderOf(files), loaded: (file: string) => all.filter((m) => file === `versions/${m.name}.ts`) }
  return analyse(readPile(folder, undefined))
}

const made = migration('made', {
  expand: [
    ddl('people', { forward: 'create table people (id uuid primary key, name text)', back: 'drop table people' }),
    online.index('users', ['mail']),
  ],
})

test('steps that say SQL are read as that, with their phases and a way back', async () => {
  const { pile, judged } = await analysed(made)
  expect([pile.format, judged[0]!.class, judged[0]!.downgrade, judged[0]!.certainty]).toEqual(['godwit', 'safe-additive', 'real', 'high'])
  expect(judged[0]!.migration.up.map((o) => [o.kind, o.sql])).toEqual([
    ['expand: ddl', 'create table people (id uuid primary key, name text)'],
    ['expand: online index', 'create index concurrently "users_mail_idx" on "public"."users" ("mail")'],
  ])
  expect(judged[0]!.reasons).toEqual(['Godwit carries it out in phases of its own, and stops between them: expand'])
})

test.each([
  ['a column that must have a value', online.notNull('users', 'mail'), 'caution', 'real'],
  ['a column that goes', online.dropColumn('users', 'mail'), 'destructive-breaking', 'empty'],
  ['a table out of sight', retire(['users']), 'destructive-breaking', 'real'],
  [
    'SQL with no way back',
    ddl('gone', { forward: 'drop table users', back: { irreversible: 'rows are lost' } }),
    'destructive-breaking',
    'empty',
  ],
  ['a check', none('nobody without a name', { rows: 'select * from users where name is null', of: users }), 'safe-additive', 'real'],
] as const)('%s', async (_, step, gravest, downgrade) => {
  const { judged } = await analysed(migration('one', { contract: [step] }))
  expect([judged[0]!.class, judged[0]!.downgrade]).toEqual([gravest, downgrade])
})

test('a mapping writes rows from the tables that it reads, and takes them back', async () => {
  const { judged } = await analysed(
    migration(
      'move',
      mapping(users, (r) => into(people, { id: r.id, name: r.name })),
    ),
  )
  expect(judged[0]).toMatchObject({ class: 'data-migration', downgrade: 'real' })
  expect(judged[0]!.migration.up).toEqual([
    expect.objectContaining({
      kind: 'backfill: mapping',
      sql: 'insert into "public"."people" ("id", "name") select "id", "name" from "public"."users"',
    }),
  ])
  const { judged: filled } = await analysed(
    migration(
      'fill',
      mapping(users, () => fill(users, { name: 'x' })),
    ),
  )
  expect(filled[0]).toMatchObject({ class: 'data-migration', downgrade: 'real' })
})

test('a column that gets another type: beside the old one, filled, and then under its name', async () => {
  const { judged } = await analysed(migration('retype', online.retype('users', 'name', { to: 'varchar(10)' })))
  expect(judged[0]!.classes).toEqual(expect.arrayContaining(['destructive-breaking', 'data-migration']))
  expect(judged[0]!.migration.up.at(-1)!.sql).toBe('alter table "public"."users" rename column "godwit_name_new" to "name"')
})

test('nothing is cut, what comes after what is kept, and what depends on what is seen', async () => {
  const move = migration(
    'move',
    mapping(users, (r) => into(people, { id: r.id, name: r.name })),
    { after: [made], contract: [retire(['users'])] },
  )
  const analysis = await analysed(move, made)
  expect(analysis.judged.map((j) => [j.migration.id, j.migration.parents])).toEqual([
    ['made', []],
    ['move', ['made']],
  ])
  const plan = planPhases(analysis, noSettings, undefined, neverCut(analysis.pile))
  expect(plan.placed.map((p) => [p.judged.migration.id, p.phase, p.parts.length])).toEqual([
    ['made', 'expand', 1],
    ['move', 'contract', 1],
  ])
  expect(plan.graph.objects).toEqual([expect.objectContaining({ from: 'move', to: 'made' })])
})

test('one that was not loaded is there by its name, and nothing is said of what it does', async () => {
  const { judged } = await analyse(readPile(folderOf({ 'versions/a.ts': textOf(made) }), undefined))
  expect(judged[0]).toMatchObject({ certainty: 'low', migration: { id: 'made', unread: [{ grave: true }] } })
})
