// Target tables with their rules, and the outputs that fill them.
import { Names, value } from './data.ts'
import type { Draw } from './draw.ts'
import { col, type Expressions, kindOf, lit } from './expressions.ts'
import type { CheckSpec, E, KeyShape, Kind, OutputSpec, SourceSpec, TargetColumn, TargetSpec, Text } from './spec.ts'

/** What a case is about: rows one by one, many made one, two mappings, or rows that point at each other. */
export type Plot = 'plain' | 'per' | 'two' | 'self'

const types = [
  'int2',
  'int4',
  'int4',
  'int8',
  'numeric(8,2)',
  'numeric(12,4)',
  'numeric',
  'text',
  'text',
  'varchar(6)',
  'varchar(40)',
  'char(4)',
  'bool',
  'date',
  'timestamp',
  'timestamptz',
  'uuid',
  'jsonb',
]
const shapes: readonly KeyShape[] = ['serial', 'identity', 'always', 'uuid', 'natural']
const defaults: Partial<Record<Kind, string>> = { int: '5', text: `'none'`, bool: 'false', dec: '1.5' }

export function targetsFor(draw: Draw, names: Names, plot: Plot, isHostile: boolean): TargetSpec[] {
  const found: TargetSpec[] = []
  const many = plot === 'plain' ? draw.int(1, 3) : plot === 'two' ? draw.int(2, 3) : 2
  for (let i = 0; i < many; i++) found.push(target(draw, names, plot, i, found, isHostile))
  return found
}

function target(draw: Draw, names: Names, plot: Plot, i: number, before: readonly TargetSpec[], isHostile: boolean): TargetSpec {
  const shape = plot === 'per' && i === 0 ? draw.pick(['serial', 'identity'] as const) : draw.pick(shapes)
  const own = new Names(draw, isHostile)
  const key = own.fresh('id')
  const links = before.length && (plot !== 'plain' || draw.chance(0.7)) ? [link(draw, before[0]!, own, plot === 'self' ? 2 : 1)].flat() : []
  const columns = draw.times(1, 4, () => column(draw, own))
  const grouped: TargetColumn[] =
    plot === 'per' && i === 0
      ? [{ name: own.fresh('label'), type: draw.pick(['text', 'varchar(40)', 'int4']), nullable: false, flavour: 'code' }]
      : []
  const all = [...grouped, ...links, ...columns]
  // what a shared row or a default breaks, the server finds out and no rule before it
  const plainly = grouped.length ? [] : columns.filter((c) => !c.default)
  const uniques = [...grouped.map((c) => [c.name]), ...(plainly.length && draw.chance(0.2) ? [[draw.pick(plainly).name]] : [])].filter(
    ([c]) => kindOf(all.find((x) => x.name === c)!.type) !== 'json',
  )
  const checks = !grouped.length && draw.chance(0.2) ? check(draw, draw.pick(columns)) : []
  return {
    name: names.fresh(`t${i}`),
    key,
    shape,
    columns: all,
    uniques,
    checks,
    natives: draw.times(0, draw.pick([0, 2, 4]), () => native(draw, all)),
  }
}

function column(draw: Draw, own: Names): TargetColumn {
  const type = draw.pick(types)
  const fill = draw.chance(0.2) ? defaults[kindOf(type)] : undefined
  return { name: own.fresh(), type, nullable: draw.chance(0.5), ...(fill && !/^(varchar\(6|char)/.test(type) ? { default: fill } : {}) }
}

function link(draw: Draw, parent: TargetSpec, own: Names, many: number): TargetColumn[] {
  const type = keyType(parent)
  return Array.from({ length: many }, (_, n) => ({
    name: own.fresh(n ? 'boss' : 'parent'),
    type,
    nullable: n > 0 || draw.chance(0.5),
    references: { table: parent.name, column: parent.key },
  }))
}

export const keyType = (t: TargetSpec): string => (t.shape === 'uuid' ? 'uuid' : t.shape === 'natural' ? 'text' : 'int4')

function check(draw: Draw, c: TargetColumn): CheckSpec[] {
  const kind = kindOf(c.type)
  if (kind === 'int' || kind === 'dec') return [{ name: 'c1', column: c.name, rule: draw.pick(['not negative', 'below 100']) }]
  return kind === 'text' ? [{ name: 'c1', column: c.name, rule: 'not empty' }] : []
}

/** Whether it may stand there, the database says: what breaks a rule is left out. */
function native(draw: Draw, columns: readonly TargetColumn[]): Record<string, Text> {
  return Object.fromEntries(
    columns.map((c) => [c.name, c.references ? null : value(draw, c.type === 'char(4)' ? { ...c, type: 'varchar(4)' } : c)]),
  )
}

interface KeyOf {
  readonly mapping: string
  readonly output: string
  readonly columns: readonly string[]
}

export function outputsFor(
  draw: Draw,
  plot: Plot,
  source: SourceSpec,
  targets: readonly TargetSpec[],
  x: Expressions,
  keyOf?: KeyOf,
): OutputSpec[] {
  const made: OutputSpec[] = []
  for (const [i, t] of targets.entries()) {
    const isGroup = plot === 'per' && i === 0
    made.push(isGroup ? group(draw, t, x) : output(draw, plot, source, t, x, made, keyOf))
    if (i > 0 && draw.chance(0.15)) made.push({ ...output(draw, plot, source, t, x, made, keyOf), name: `again${i}` })
  }
  return made
}

function output(
  draw: Draw,
  plot: Plot,
  source: SourceSpec,
  t: TargetSpec,
  x: Expressions,
  made: readonly OutputSpec[],
  keyOf?: KeyOf,
): OutputSpec {
  const values: [string, E][] = t.shape === 'natural' ? [[t.key, naturalKey(draw, source)]] : []
  const links = t.columns.filter((c) => c.references)
  for (const c of t.columns) {
    const n = links.indexOf(c)
    if (n >= 0) values.push([c.name, decided(draw, c, pointer(plot, source, c, n, made, keyOf))])
    else if (!(c.default || c.nullable) || draw.chance(0.8))
      values.push([c.name, decided(draw, c, filling(draw, c, x), (k) => x.constant(k))])
  }
  // the first is what others point at, so it is always made
  const when = made.length && draw.chance(0.25) ? x.of('bool', 2) : undefined
  return { name: `o${made.length}`, target: t.name, values: Object.fromEntries(values), ...(when ? { when } : {}) }
}

function pointer(plot: Plot, source: SourceSpec, c: TargetColumn, n: number, made: readonly OutputSpec[], keyOf?: KeyOf): E {
  const k: Kind = kindOf(c.type)
  const columns = (names: readonly string[]) => names.map((name) => col(source.columns.find((s) => s.name === name)!))
  if (keyOf) return { w: 'keyOf', k, a: columns(keyOf.columns), p: { mapping: keyOf.mapping, output: keyOf.output } }
  const parent = made.find((o) => o.target === c.references!.table)
  if (!parent) throw new Error(`nothing makes what ${c.name} points at`)
  const boss = source.key.map((_, i) => `boss${i}`)
  if (plot === 'self' && n === 1) return { w: 'keyOf', k, a: columns(boss), p: { output: parent.name } }
  return { w: 'key', k, p: { output: parent.name } }
}

/** A column that must have a value is not given one that may be missing, unless the mapping says what that means. */
function decided(draw: Draw, c: TargetColumn, e: E, instead?: (k: Kind) => E): E {
  if (c.nullable) return e
  return instead && e.w !== 'uuidOf' && draw.chance(0.4) ? { w: 'orElse', k: e.k, a: [e, instead(e.k)] } : { w: 'required', k: e.k, a: [e] }
}

/** Mostly another for each row, now and then not. */
function naturalKey(draw: Draw, source: SourceSpec): E {
  const key = source.key.map((name) => col(source.columns.find((c) => c.name === name)!))
  const prefix = lit('text', draw.pick(['', 'k-', "it's "]))
  const joined = key.flatMap((k, i) => (i ? [lit('text', '/'), k] : [k]))
  return { w: 'concat', k: 'text', a: draw.chance(0.9) ? [prefix, ...joined] : [prefix, key[0]!] }
}

/** An expression of the column's kind; numbers mostly cut to what the column keeps. */
function filling(draw: Draw, c: TargetColumn, x: Expressions): E {
  const kind = kindOf(c.type)
  if (kind === 'uuid' && draw.chance(0.4)) return { w: 'uuidOf', k: 'uuid', a: [lit('text', 'x'), x.of('text', 1)] }
  const from: Kind =
    kind === 'dec' && draw.chance(0.3)
      ? 'int'
      : kind === 'int' && draw.chance(0.1)
        ? 'dec'
        : kind === 'timestamp' && draw.chance(0.1)
          ? 'date'
          : kind
  const e = x.of(from, draw.pick([0, 0, 0, 1, 1, 1, 1, 2, 2, 3]))
  if (kind === 'dec' && from === 'dec' && draw.chance(0.6))
    return { w: 'round', k: 'dec', a: [e], p: { places: c.type === 'numeric(12,4)' ? 4 : 2 } }
  return e
}

/** One row for all that share a label; the other columns say what they come to. */
function group(draw: Draw, t: TargetSpec, x: Expressions): OutputSpec {
  const [label, ...rest] = t.columns as [TargetColumn, ...TargetColumn[]]
  const values: [string, E][] = [[label.name, required(label.type === 'int4' ? x.of('int', 1) : x.of('text', 1))]]
  for (const c of rest) {
    const e = summary(draw, c, x)
    if (e) values.push([c.name, e])
    else if (!c.nullable && !c.default) values.push([c.name, constant(c)])
  }
  return {
    name: 'group',
    target: t.name,
    values: Object.fromEntries(values),
    per: [label.name],
    ...(t.natives.length || draw.chance(0.3) ? { adopt: true } : {}),
  }
}

/** Of columns whose sums and extremes the target holds for sure. */
function summary(draw: Draw, c: TargetColumn, x: Expressions): E | undefined {
  const kind = kindOf(c.type)
  if (kind === 'int') return { w: 'countRows', k: 'int' }
  const fits =
    kind === 'dec' && c.type !== 'numeric(8,2)'
      ? x.anyColumn(['numeric(8,2)', 'numeric(5,0)'])
      : kind === 'date' || kind === 'timestamp'
        ? x.anyColumn([kind])
        : undefined
  return fits && { w: draw.pick(kind === 'dec' ? ['sum', 'min', 'max'] : ['min', 'max']), k: kind, a: [required(fits)] }
}

const required = (e: E): E => ({ w: 'required', k: e.k, a: [e] })

function constant(c: TargetColumn): E {
  const kind = kindOf(c.type)
  if (kind === 'bool') return lit(kind, true)
  if (kind === 'uuid') return { w: 'asUuid', k: kind, a: [lit('text', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')] }
  if (kind === 'json') return { w: 'jsonObject', k: kind, p: { keys: [] } }
  if (kind === 'timestamptz')
    return {
      w: 'asUtc',
      k: kind,
      a: [{ w: 'asTimestamp', k: 'timestamp', a: [lit('text', '2024-01-01 00:00:00')], p: { format: 'YYYY-MM-DD HH24:MI:SS' } }],
    }
  if (kind === 'date' || kind === 'timestamp')
    return {
      w: kind === 'date' ? 'asDate' : 'asTimestamp',
      k: kind,
      a: [lit('text', kind === 'date' ? '2024-01-01' : '2024-01-01 00:00:00')],
      p: { format: kind === 'date' ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH24:MI:SS' },
    }
  return kind === 'dec' ? lit(kind, 0.5) : lit('text', 'x')
}
