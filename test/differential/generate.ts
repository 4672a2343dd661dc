// Whole cases: source tables with rows, target tables with rules, mappings between them, and what happens afterwards.
import fc from 'fast-check'
import { keyValues, Names, value } from './data.ts'
import { Draw } from './draw.ts'
import { Expressions, type Ground, type Lookable } from './expressions.ts'
import { smaller, smallerBatch } from './shrink.ts'
import type { CaseSpec, Change, ColumnSpec, E, Flavour, MappingSpec, SourceSpec, Story, TargetSpec, Text } from './spec.ts'
import { outputsFor, type Plot, targetsFor } from './targets.ts'

const types = [
  'int4',
  'int4',
  'int8',
  'numeric(8,2)',
  'numeric(5,0)',
  'numeric',
  'text',
  'text',
  'text',
  'varchar(5)',
  'varchar(40)',
  'bool',
  'date',
  'timestamp',
  'jsonb',
  'uuid',
]
const flavours: readonly Flavour[] = ['number', 'number', 'date', 'timestamp', 'code', 'code', 'name', 'name', 'json', 'uuid']
const keyTypes = ['int4', 'int4', 'int8', 'int8', 'uuid', 'text', 'text', 'numeric', 'numeric(10,2)', 'composite', 'composite']

const stories: readonly (readonly [number, () => Story])[] = [
  [12, () => 'nothing'],
  [2, () => 'a second run'],
  [3, () => 'changes'],
  [1, () => 'changes and a retry'],
  [2, () => 'undo'],
  [2, () => 'spoilt cells'],
]

class Maker {
  private readonly draw: Draw
  private readonly story: Story
  private readonly names: Names
  private readonly isHostile: boolean
  private readonly most: number
  private readonly dirt: number
  constructor(draw: Draw, story: Story) {
    this.draw = draw
    this.story = story
    this.isHostile = draw.chance(0.2)
    this.names = new Names(draw, this.isHostile)
    this.dirt = draw.pick([0, 0.03, 0.03, 0.3])
    this.most = draw.weighted([
      [1, () => 1],
      [8, () => 12],
      [1, () => 60],
    ])
  }

  make(): CaseSpec {
    const { draw } = this
    const plot = draw.weighted<Plot>([
      [10, () => 'plain'],
      [4, () => 'per'],
      [4, () => 'two'],
      [3, () => 'self'],
    ])
    const source = this.source('src')
    const other = this.source('other')
    const second = plot === 'two' ? this.child(source) : undefined
    const boss = plot === 'self' ? this.withBoss(source) : source
    const sources = [boss, ...(second ? [second] : []), other]
    const targets = targetsFor(draw, this.names, plot, this.isHostile)
    const mappings = this.mappings(plot, boss, second, other, targets)
    const changes = /changes|undo/.test(this.story) ? draw.times(0, 6, () => this.change(draw.pick(sources))) : []
    return {
      sources,
      targets,
      mappings,
      changes,
      chunk: draw.weighted([
        [this.most > 12 ? 0 : 1, () => draw.int(1, 3)],
        [6, () => draw.int(4, 50)],
      ]),
      workers: draw.chance(0.15) ? 2 : 1,
      story: this.story,
    }
  }

  private source(hint: string): SourceSpec {
    const { draw } = this
    const names = new Names(draw, this.isHostile)
    const keyType = draw.pick(keyTypes)
    const key: ColumnSpec[] = (
      keyType === 'composite'
        ? draw.pick([
            ['int4', 'text'],
            ['text', 'date'],
            ['int4', 'int8'],
          ])
        : [keyType]
    ).map((type, i) => ({ name: names.fresh(i ? 'part' : 'id'), type, nullable: false }))
    const columns = draw.times(2, 6, () => this.column(names))
    const collation = draw.weighted([
      [6, () => undefined],
      [1, () => 'C' as const],
      [2, () => 'und-x-icu' as const],
    ])
    const all = [...key, ...columns]
    return {
      name: this.names.fresh(hint),
      key: key.map((k) => k.name),
      ...(collation ? { collation } : {}),
      columns: all,
      rows: this.rows(key, columns),
    }
  }

  private column(names: Names): ColumnSpec {
    const { draw } = this
    const type = draw.pick(types)
    const flavour = /^(text|varchar)/.test(type) ? draw.pick(flavours) : undefined
    return { name: names.fresh(), type, nullable: draw.chance(0.5), ...(flavour ? { flavour } : {}) }
  }

  private rows(key: readonly ColumnSpec[], columns: readonly ColumnSpec[]): Text[][] {
    const { draw } = this
    const many = draw.int(0, this.most)
    const first = keyValues(draw, key[0]!.type, many)
    const rest = key.slice(1).map((k) => keyValues(draw, k.type, 4))
    // a composite key repeats its first part now and then
    const keys = first.map((k, i) => [
      rest.length && i && draw.chance(0.4) ? first[i - 1]! : k,
      ...rest.map((r) => draw.pick(r.length ? r : [k])),
    ])
    return keys.map((k) => [...k, ...columns.map((c) => value(draw, c, this.dirt))])
  }

  /** A table whose rows name rows of the first: some of them not there. */
  private child(parent: SourceSpec): SourceSpec {
    const child = this.source('child')
    const names = parent.key.map((_, i) => `parent${i}`)
    return this.pointing(child, parent, names)
  }

  private withBoss(source: SourceSpec): SourceSpec {
    return this.pointing(
      source,
      source,
      source.key.map((_, i) => `boss${i}`),
    )
  }

  private pointing(from: SourceSpec, to: SourceSpec, names: readonly string[]): SourceSpec {
    const { draw } = this
    const keyColumns = to.key.map((k) => to.columns.find((c) => c.name === k)!)
    const strangers = keyColumns.map((c) => keyValues(draw, c.type, 2))
    const point = (): Text[] =>
      draw.weighted<Text[]>([
        [to.rows.length ? 30 : 0, () => draw.pick(to.rows).slice(0, names.length) as Text[]],
        [1, () => strangers.map((s) => s[0] ?? null)],
        [1, () => names.map(() => null)],
      ])
    const columns = [...from.columns, ...keyColumns.map((c, i) => ({ ...c, name: names[i]!, nullable: true }))]
    return { ...from, columns, rows: from.rows.map((row) => [...row, ...point()]) }
  }

  private mappings(
    plot: Plot,
    source: SourceSpec,
    second: SourceSpec | undefined,
    other: SourceSpec,
    targets: readonly TargetSpec[],
  ): MappingSpec[] {
    const first = this.mapping('m', source, other, (x) => outputsFor(this.draw, plot, source, second ? targets.slice(0, -1) : targets, x))
    if (!second) return [first]
    const parent = first.outputs.find((o) => o.target === targets[0]!.name)!
    const names = source.key.map((_, i) => `parent${i}`)
    const keyOf = { mapping: first.name, output: parent.name, columns: names }
    const child = this.mapping('c', second, other, (x) => outputsFor(this.draw, 'plain', second, targets.slice(-1), x, keyOf))
    return this.draw.chance(0.3) ? [child, first] : [first, child]
  }

  private mapping(hint: string, source: SourceSpec, other: SourceSpec, outputs: (x: Expressions) => MappingSpec['outputs']): MappingSpec {
    const { draw } = this
    const lookables = this.lookables(source, other)
    const ground: Ground = { draw, source, lookables, shared: [], windows: this.mayLookAround(source) && draw.chance(0.3) }
    const shared = draw.times(0, 2, () => new Expressions(ground).of(draw.pick(['text', 'int', 'bool', 'dec'] as const), 3))
    const x = new Expressions({ ...ground, shared })
    const only = draw.times(0, draw.pick([0, 0, 1, 2]), () => ({ name: this.names.fresh('rule'), keep: this.lenient(x) }))
    return { name: this.names.fresh(hint), from: source.name, outputs: outputs(x), only, shared }
  }

  private mayLookAround(source: SourceSpec): boolean {
    return source.collation !== 'und-x-icu'
  }

  /** A filter that lets most rows through. */
  private lenient(x: Expressions): E {
    const condition = x.of('bool', 2)
    return this.draw.chance(0.7) ? { w: 'or', k: 'bool', a: [condition, { w: 'notNull', k: 'bool', a: [x.of('text', 0)] }] } : condition
  }

  private lookables(source: SourceSpec, other: SourceSpec): Lookable[] {
    const kinds = (c: ColumnSpec) => (/^(text|varchar)/.test(c.type) ? 'text' : c.type)
    // two collations would leave a comparison without an answer
    const clash = other.collation !== undefined && source.collation !== other.collation
    const pairs = other.columns.flatMap((theirs) =>
      source.columns
        .filter((ours) => kinds(ours) === kinds(theirs) && ours.flavour === theirs.flavour && kinds(ours) !== 'jsonb')
        .map((ours) => ({ theirs: theirs.name, ours: ours.name })),
    )
    return clash ? [] : pairs.slice(0, 3).map((on) => ({ table: other, on }))
  }

  private change(table: SourceSpec): Change {
    const { draw } = this
    const keyColumns = table.key.map((k) => table.columns.find((c) => c.name === k)!)
    const rest = table.columns.slice(table.key.length)
    return draw.weighted<Change>([
      [4, () => this.update(table, rest)],
      [2, () => ({ op: 'delete', table: table.name, nth: draw.int(0, 99) })],
      [
        2,
        () => ({
          op: 'insert',
          table: table.name,
          row: [...keyColumns.map((k) => this.anotherKey(k)), ...rest.map((c) => value(draw, c))],
        }),
      ],
      // another key is another row
      [
        1,
        () => ({ op: 'update', table: table.name, nth: draw.int(0, 99), column: keyColumns[0]!.name, to: this.anotherKey(keyColumns[0]!) }),
      ],
    ])
  }

  /** Near to those that are there: numbers set aside for a stretch do not reach to the end of the world. */
  private anotherKey(k: ColumnSpec): string {
    return k.type.startsWith('int') ? String(this.draw.int(-60, 220)) : keyValues(this.draw, k.type, 1)[0]!
  }

  private update(table: SourceSpec, rest: readonly ColumnSpec[]): Change {
    const c = this.draw.pick(rest)
    return { op: 'update', table: table.name, nth: this.draw.int(0, 99), column: c.name, to: value(this.draw, c) }
  }
}

/** fast-check's seeds, paths and search for smaller failures over what is drawn and shrunk here. */
class Drawn<T> extends fc.Arbitrary<T> {
  private readonly make: (draw: Draw) => T
  private readonly smallerOnes: (value: T) => IterableIterator<T>
  constructor(make: (draw: Draw) => T, smallerOnes: (value: T) => IterableIterator<T>) {
    super()
    this.make = make
    this.smallerOnes = smallerOnes
  }
  override generate(random: fc.Random): fc.Value<T> {
    return new fc.Value(this.make(new Draw(random)), undefined)
  }
  override canShrinkWithoutContext(_: unknown): _ is T {
    return true
  }
  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return fc.stream(this.smallerOnes(value)).map((v) => new fc.Value(v, undefined))
  }
}

export const caseArbitrary = (): fc.Arbitrary<CaseSpec> => new Drawn((draw) => new Maker(draw, 'nothing').make(), smaller)
/** What goes into one migration: mostly one case, now and then several. */
export const batchArbitrary = (): fc.Arbitrary<readonly CaseSpec[]> =>
  new Drawn((draw) => {
    const story = draw.weighted(stories)
    return Array.from({ length: draw.chance(0.9) ? 1 : 3 }, () => new Maker(draw, story).make())
  }, smallerBatch)
