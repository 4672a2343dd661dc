// The oracle's own bookkeeping, on a world small enough to be worked out by hand.
import { expect, test } from 'vitest'
import * as g from '../../src/index.ts'
import { evalNode } from './evaluate.ts'
import { type Fate, mapAll } from './map.ts'
import { type Cell, cellOf, textOf } from './value.ts'
import type { ColumnRule, Row, Table, World } from './world.ts'

const rows = (types: Record<string, string>, ...lines: (string | null)[][]): Row[] =>
  lines.map((line) => new Map(Object.entries(types).map(([name, type], i): [string, Cell] => [name, cellOf(type, line[i] ?? null)])))
const rules = (types: Record<string, string>, change: Record<string, Partial<ColumnRule>> = {}): Map<string, ColumnRule> =>
  new Map(
    Object.entries(types).map(([name, type]) => [name, { type: { name: type } as ColumnRule['type'], nullable: true, ...change[name] }]),
  )
const tableOf = (id: string, types: Record<string, string>, more: Partial<Table>, change?: Record<string, Partial<ColumnRule>>): Table => ({
  id,
  columns: rules(types, change),
  key: ['id'],
  rows: [],
  uniques: [['id']],
  checks: [],
  foreignKeys: [],
  ...more,
})

const people = { id: 'int4', name: 'text', age: 'text', boss: 'int4' }
const source = g.table('a.people', { id: g.int().key(), name: g.text().null(), age: g.text().null(), boss: g.int().null() })
const person = g.table('b.person', { id: g.int().key().default(), name: g.text(), age: g.int().null() })
const line = g.table('b.line', { id: g.int().key().default(), of: g.int(), boss: g.int() })

const mapping = g.mapping(
  source,
  (r) => {
    const who = g.into(person, { name: r.name.required(), age: r.age.asInt().orWarn(null) as never })
    return { who, line: g.into(line, { of: who.key(), boss: who.keyOf(r.boss.required()) }, { when: r.boss.notNull() }) }
  },
  { name: 'm', only: { old: (r) => r.id.lessThan(100) } },
)

function worldOf(...lines: (string | null)[][]): World {
  const made = { id: { nullable: false, default: 'chosen' as const } }
  const tables = [
    tableOf('a.people', people, { rows: rows(people, ...lines) }),
    tableOf(
      'b.person',
      { id: 'int4', name: 'text', age: 'int4' },
      { uniques: [['id'], ['name']], rows: rows({ id: 'int4', name: 'text', age: 'int4' }, ['1', 'Taken', null]) },
      { ...made, name: { nullable: false } },
    ),
    tableOf('b.line', { id: 'int4', of: 'int4', boss: 'int4' }, {}, made),
  ]
  return { casing: 'ascii', tables: new Map(tables.map((t) => [t.id, t])) }
}

const shown = (fate: Fate) =>
  typeof fate === 'string' ? fate : 'filtered' in fate ? `filtered: ${fate.filtered}` : [...fate.quarantined].join(' ')
const fates = (world: World) => Object.fromEntries([...mapAll(world, [mapping]).fates.get('m')!].map(([key, fate]) => [key, shown(fate)]))

test('each row has one fate, and those that hang on it share it', () => {
  const world = worldOf(
    ['1', 'Ann', '40', null],
    ['2', 'Bob', 'x', '1'],
    ['3', null, '1', null],
    ['4', 'Cy', '2', '3'],
    ['5', 'Di', '3', '4'],
    ['6', 'Ed', '4', '77'],
    ['200', 'Old', '1', null],
  )
  expect(fates(world)).toEqual({
    1: 'migrated',
    2: 'migrated',
    3: 'NULL_NOT_ALLOWED',
    4: 'PARENT_QUARANTINED',
    5: 'PARENT_QUARANTINED',
    6: 'PARENT_MISSING',
    200: 'filtered: old',
  })
})

test('who shares a value goes nowhere, nor does one whose value is taken', () => {
  expect(
    fates(worldOf(['1', 'Ann', null, null], ['2', 'Ann', null, null], ['3', 'Taken', null, null], ['4', 'Cy', null, null])),
  ).toMatchObject({ 1: 'UNIQUE_CONFLICT', 2: 'UNIQUE_CONFLICT', 4: 'migrated' })
})

test('rows that point at each other in a ring all go', () => {
  expect(fates(worldOf(['1', 'Ann', null, '2'], ['2', 'Bob', null, '1'], ['3', 'Cy', null, '3']))).toEqual({
    1: 'migrated',
    2: 'migrated',
    3: 'migrated',
  })
})

test('the rows that are made name each other, and warnings are told', () => {
  const { rows: made, warnings } = mapAll(worldOf(['1', 'Ann', '40', null], ['2', 'Bob', 'x', '1']), [mapping])
  const texts = made.map((r) => Object.fromEntries([...r.row].map(([c, v]) => [c, v && textOf(v)])))
  const [ann, bob] = ['m/who/["number 1"]', 'm/who/["number 2"]']
  expect(texts).toEqual([
    { id: ann, name: 'Ann', age: '40' },
    { id: bob, name: 'Bob', age: null },
    { id: 'm/line/["number 2"]', of: bob, boss: ann },
  ])
  expect(warnings.map((w) => w.key)).toEqual(['2'])
})

test('an arm that is not taken refuses nothing, and one that is refuses with its code', () => {
  const world = worldOf(['1', 'A', 'x', null], ['2', 'B', 'x', null])
  const table = world.tables.get('a.people')!
  const read = (expr: g.Expr<unknown>) => table.rows.map((row) => evalNode(expr.node, row, world, table))
  const name = new g.Expr<string | null>(mapping.outputs[0]!.values.name!.args[0]!)
  const age = new g.Expr<string | null>(mapping.outputs[0]!.values.age!.args[0]!)
  expect(read(g.when(name.is('A'), age).otherwise(7n))).toEqual([
    { refused: 'CAST_NUMERIC', all: new Set(['CAST_NUMERIC']) },
    { value: cellOf('int8', '7') },
  ])
})
