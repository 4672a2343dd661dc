// Random expressions, well-typed: each is asked for by the kind of value that is wanted.
import type { Draw } from './draw.ts'
import type { ColumnSpec, E, Flavour, Kind, Plain, SourceSpec } from './spec.ts'

export const kindOf = (type: string): Kind => {
  if (/^(int|smallint|bigint)/.test(type)) return 'int'
  if (type.startsWith('numeric')) return 'dec'
  if (type === 'jsonb') return 'json'
  return /^(text|varchar|char)/.test(type) ? 'text' : (type as Kind)
}

/** A table to look into, and which of its columns say the same as which of ours. */
export interface Lookable {
  readonly table: SourceSpec
  readonly on: { readonly theirs: string; readonly ours: string }
}

export interface Ground {
  readonly draw: Draw
  readonly source: SourceSpec
  readonly lookables: readonly Lookable[]
  readonly shared: readonly E[]
  /** Words that look at other rows of the source may be used. */
  readonly windows: boolean
}

type Make = () => E
type Choice = readonly [number, Make]
const e = (w: string, k: Kind, a: readonly E[] = [], p?: Record<string, unknown>): E => ({
  w,
  k,
  ...(a.length ? { a } : {}),
  ...(p ? { p } : {}),
})
export const col = (c: ColumnSpec): E => e('col', kindOf(c.type), [], { name: c.name })
export const lit = (k: Kind, v: Plain): E => e('lit', k, [], { v })

/** More than JavaScript counts exactly, and more than most columns hold. */
const huge = lit('int', { big: '9007199254740993' })

export class Expressions {
  private readonly draw: Draw
  private readonly ground: Ground
  constructor(ground: Ground) {
    this.ground = ground
    this.draw = ground.draw
  }

  of(k: Kind, depth: number): E {
    const own = depth <= 0 ? [] : this.words(k, depth - 1)
    const general = depth <= 0 ? [] : this.general(k, depth - 1)
    return this.draw.weighted([...this.leaves(k), ...own, ...general])
  }

  private columns(k: Kind, flavour?: Flavour): ColumnSpec[] {
    return this.ground.source.columns.filter((c) => kindOf(c.type) === k && (!flavour || c.flavour === flavour))
  }

  anyColumn(types: readonly string[]): E | undefined {
    const columns = this.ground.source.columns.filter((c) => types.includes(c.type))
    return columns.length ? col(this.draw.pick(columns)) : undefined
  }

  private leaves(k: Kind): Choice[] {
    const columns = this.columns(k)
    const taken = this.ground.lookables.flatMap(({ table, on }) =>
      table.columns
        .filter((c) => kindOf(c.type) === k)
        .map(
          (c): Make =>
            () =>
              this.look(table, on, c),
        ),
    )
    const shared = this.ground.shared.flatMap((s, n) => (s.k === k ? [n] : []))
    return [
      [columns.length ? 6 : 0, () => col(this.draw.pick(columns))],
      [columns.length ? 1 : 4, () => this.constant(k)],
      [taken.length ? 2 : 0, () => this.draw.pick(taken)()],
      [shared.length ? 2 : 0, () => e('use', k, [], { n: this.draw.pick(shared) })],
    ]
  }

  private look(table: SourceSpec, on: Lookable['on'], take: ColumnSpec): E {
    const ours = this.ground.source.columns.find((c) => c.name === on.ours)!
    return e('lookup', kindOf(take.type), [col(ours)], {
      table: table.name,
      on: [on.theirs],
      take: take.name,
      orNull: this.draw.chance(0.4),
    })
  }

  constant(k: Kind): E {
    const { draw } = this
    switch (k) {
      case 'int':
        return lit(k, draw.pick<Plain>([0, 1, -1, 7, 100]))
      case 'dec':
        return lit(k, draw.pick<Plain>([0.5, -1.25, 3, 0, 0.1]))
      case 'bool':
        return lit(k, draw.chance(0.5))
      case 'text':
        return lit(k, draw.pick<Plain>(['x', 'A', '', "it's", 'é😀', '\\', '$1', 'Ltd', ':pool0 ']))
      case 'date':
        return e('asDate', k, [lit('text', '2024-02-29')], { format: 'YYYY-MM-DD' })
      case 'timestamp':
        return e('asTimestamp', k, [lit('text', '2024-02-29 10:00:00')], { format: 'YYYY-MM-DD HH24:MI:SS' })
      case 'timestamptz':
        return e('asUtc', k, [this.constant('timestamp')])
      case 'uuid':
        return e('asUuid', k, [lit('text', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')])
      case 'json':
        return e('jsonObject', k, [lit('int', 1)], { keys: ['a'] })
    }
  }

  /** What every kind can be made by: a choice, another value for a missing one, none for one that means none. */
  private general(k: Kind, depth: number): Choice[] {
    const { draw } = this
    const arm = () => this.of(k, depth - 1)
    return [
      [2, () => e('when', k, draw.times(1, 3, () => [this.of('bool', depth), arm()]).flat(), draw.chance(0.8) ? { otherwise: true } : {})],
      [2, () => this.match(k, depth)],
      [1, () => this.decide(k, depth)],
      [2, () => e('orElse', k, [this.of(k, depth), arm()])],
      [1, () => e('required', k, [this.of(k, depth)])],
      [2, () => e('orWarn', k, [this.of(k, depth), draw.chance(0.4) ? lit(k, null) : arm()])],
      [
        k === 'int' || k === 'text' ? 1 : 0,
        () => e('nullIf', k, [this.of(k, depth), ...draw.times(1, 2, () => (k === 'int' && draw.chance(0.3) ? huge : this.constant(k)))]),
      ],
      [
        this.ground.windows && this.columns(k).length ? 1 : 0,
        () => e(draw.pick(['before', 'after']), k, [...this.over(), col(draw.pick(this.columns(k)))], { by: 1, directions: ['asc'] }),
      ],
    ]
  }

  /** A group and an order for words that look at other rows. */
  private over(): E[] {
    const sortable = this.ground.source.columns.filter((c) => ['int', 'date', 'dec', 'timestamp'].includes(kindOf(c.type)))
    const grouping = this.columns('text')
    const by = grouping.length ? col(this.draw.pick(grouping)) : lit('text', 'all')
    return [by, sortable.length ? col(this.draw.pick(sortable)) : lit('int', 1)]
  }

  private match(k: Kind, depth: number): E {
    const { draw } = this
    const numeric = this.columns('int').length > 0 && draw.chance(0.3)
    const on = numeric ? col(draw.pick(this.columns('int'))) : this.code(depth)
    const keys = numeric ? ['0', '1', '7', '-1'] : ['A', 'B', 'C', '', "it's"]
    const some = keys.slice(0, draw.int(1, keys.length))
    const otherwise = draw.chance(0.6)
    return e('match', k, [on, ...some.map(() => this.of(k, depth - 1)), ...(otherwise ? [this.of(k, depth - 1)] : [])], {
      keys: some,
      otherwise,
    })
  }

  private code(depth: number): E {
    const codes = this.columns('text', 'code')
    return codes.length && this.draw.chance(0.8) ? col(this.draw.pick(codes)) : this.of('text', depth - 1)
  }

  private decide(k: Kind, depth: number): E {
    const { draw } = this
    const width = draw.int(1, 2)
    const subjects = Array.from({ length: width }, () => (draw.chance(0.5) ? this.code(depth) : this.of('bool', depth - 1)))
    const cell = (s: E): unknown =>
      draw.weighted<unknown>([
        [2, () => '*'],
        [3, () => [s.k === 'bool' ? draw.chance(0.5) : draw.pick(['A', 'B', ''])]],
        [1, () => (s.k === 'bool' ? [true, null] : ['A', null, 'C'])],
        [1, () => [null]],
      ])
    const lines = draw.times(1, 3, () => subjects.map(cell))
    const otherwise = draw.chance(0.6)
    return e('decide', k, [...subjects, ...lines.map(() => this.of(k, depth - 1)), ...(otherwise ? [this.of(k, depth - 1)] : [])], {
      width,
      lines,
      otherwise,
    })
  }

  private words(k: Kind, depth: number): Choice[] {
    switch (k) {
      case 'int':
        return this.ints(depth)
      case 'dec':
        return this.decimals(depth)
      case 'text':
        return this.texts(depth)
      case 'bool':
        return this.bools(depth)
      default:
        return this.others(k, depth)
    }
  }

  private flavoured(flavour: Flavour, depth: number): E {
    const columns = this.columns('text', flavour)
    if (!columns.length || this.draw.chance(0.2)) return this.of('text', depth)
    const c = col(this.draw.pick(columns))
    return this.draw.chance(0.3) ? e('trim', 'text', [c]) : c
  }

  private ints(depth: number): Choice[] {
    const { draw } = this
    return [
      [6, () => e('asInt', 'int', [this.flavoured('number', depth)], { form: draw.chance(0.3) ? { thousands: ',' } : {} })],
      [1, () => e('asInt', 'int', [this.of('dec', depth)], { form: {} })],
      [2, () => e('length', 'int', [this.of('text', depth)])],
      [2, () => e('roundWhole', 'int', [this.of('dec', depth)])],
      [this.ground.windows ? 2 : 0, () => e('nth', 'int', this.over(), { by: 1, directions: [draw.pick(['asc', 'desc'])] })],
    ]
  }

  private decimals(depth: number): Choice[] {
    const { draw } = this
    const operand = () => this.of(draw.pick<Kind>(['dec', 'int', 'dec']), depth)
    return [
      [5, () => e(draw.pick(['plus', 'minus', 'times']), 'dec', [operand(), operand()])],
      [3, () => e('round', 'dec', [e('over', 'dec', [operand(), operand()])], { places: draw.int(0, 4) })],
      [2, () => e('round', 'dec', [operand()], { places: draw.int(-1, 3) })],
      [1, () => e('negate', 'dec', [operand()])],
      [4, () => e(draw.pick(['asDecimal', 'asMoney']), 'dec', [this.flavoured('number', depth)], { form: {} })],
      [
        1,
        () =>
          e('asDecimal', 'dec', [this.flavoured('number', depth)], {
            form: draw.pick([{ thousands: '.', decimal: ',' }, { thousands: "'" }, { currency: ['EUR', '£'] }]),
          }),
      ],
    ]
  }

  /** Values whose text is settled: not how many digits a quotient has. */
  private spelt(depth: number): E {
    const { draw } = this
    const stable = this.ground.source.columns.filter((c) => c.type !== 'numeric')
    return draw.weighted<E>([
      [stable.length ? 4 : 0, () => col(draw.pick(stable))],
      [2, () => this.of('text', depth)],
      [1, () => e('asInt', 'int', [this.flavoured('number', depth)], { form: {} })],
      [1, () => this.of(draw.pick<Kind>(['date', 'bool', 'timestamp']), depth)],
    ])
  }

  private texts(depth: number): Choice[] {
    const { draw } = this
    const t = () => this.of('text', depth)
    const json = this.columns('json')
    return [
      [3, () => e(draw.pick(['trim', 'lower', 'upper', 'blankToNull']), 'text', [t()])],
      [1, () => e('asText', 'text', [this.spelt(depth)])],
      [
        1,
        () =>
          e(
            'replace',
            'text',
            [t()],
            draw.pick([
              { from: 'a', to: '' },
              { from: '', to: 'x' },
              { from: ' ', to: '__' },
              { from: "'", to: '\\' },
            ]),
          ),
      ],
      [1, () => e('withoutSuffix', 'text', [t()], { suffix: draw.pick(['Ltd', ' ', '.', 'é', '']), anyCase: draw.chance(0.5) })],
      [
        1,
        () =>
          e(
            'padLeft',
            'text',
            [t()],
            draw.pick([
              { length: 5, by: '0' },
              { length: 3, by: 'éx' },
              { length: 4, by: '' },
              { length: 0, by: 'x' },
            ]),
          ),
      ],
      [
        1,
        () => e('slice', 'text', [t()], draw.pick([{ from: 0, length: 3 }, { from: 2 }, { from: 1, length: 0 }, { from: 50, length: 5 }])),
      ],
      [
        2,
        () =>
          e(
            'concat',
            'text',
            draw.times(1, 3, () => (draw.chance(0.3) ? lit('text', draw.pick(['-', '', ' '])) : this.spelt(depth))),
          ),
      ],
      [
        json.length ? 3 : 1,
        () => e('textAt', 'text', [this.of('json', depth)], { path: draw.pick([['a'], ['a', 'b'], ['0'], ['b', '0'], ['-1']]) }),
      ],
    ]
  }

  private bools(depth: number): Choice[] {
    const { draw } = this
    const b = () => this.of('bool', depth)
    const n = () => (draw.chance(0.05) ? huge : this.of(draw.pick<Kind>(['int', 'dec']), depth))
    return [
      [4, () => e('compare', 'bool', [n(), n()], { op: draw.pick(['=', '<>', '<', '<=', '>', '>=']) })],
      [
        3,
        () =>
          e('compare', 'bool', [this.code(depth + 1), draw.chance(0.7) ? this.constant('text') : this.of('text', depth)], {
            op: draw.pick(['=', '<>']),
          }),
      ],
      [
        1,
        () =>
          e('compare', 'bool', [this.of('date', depth), lit('text', draw.pick(['2024-01-01', '1970-01-01', '0001-01-01']))], {
            op: draw.pick(['<', '>=', '=']),
          }),
      ],
      [2, () => e('in', 'bool', [this.code(depth + 1), ...draw.times(1, 3, () => lit('text', draw.pick(['A', 'B', 'X', ''])))])],
      [1, () => e('in', 'bool', [n(), lit('int', 1), lit('int', 7)])],
      [
        3,
        () =>
          e(draw.pick(['isNull', 'notNull']), 'bool', [this.of(draw.pick<Kind>(['int', 'text', 'date', 'dec', 'bool', 'json']), depth)]),
      ],
      [3, () => e(draw.pick(['and', 'or']), 'bool', draw.times(2, 3, b))],
      [1, () => e('not', 'bool', [b()])],
      [
        1,
        () =>
          e('matches', 'bool', [this.of('text', depth)], {
            pattern: draw.pick(['^[a-z]+$', '[0-9]', '^.$', 'a|b', '^(ab)?c', ' $', '^[A-Za-z0-9_]+$']),
          }),
      ],
    ]
  }

  private others(k: Kind, depth: number): Choice[] {
    const { draw } = this
    if (k === 'date')
      return [
        [
          5,
          () =>
            e('asDate', k, [this.flavoured('date', depth)], { format: draw.pick(['YYYY-MM-DD', 'YYYY-MM-DD', 'DD/MM/YYYY', 'YYYYMMDD']) }),
        ],
      ]
    if (k === 'timestamp')
      return [
        [
          4,
          () =>
            e('asTimestamp', k, [this.flavoured('timestamp', depth)], {
              format: draw.pick(['YYYY-MM-DD HH24:MI:SS', 'YYYY-MM-DDTHH24:MI:SS']),
            }),
        ],
        [1, () => e('asTimestamp', k, [this.of('date', depth)], { format: 'YYYY-MM-DD' })],
      ]
    if (k === 'timestamptz') return [[9, () => e('asUtc', k, [this.of('timestamp', depth)])]]
    if (k === 'uuid') return [[5, () => e('asUuid', k, [this.flavoured('uuid', depth)])]]
    return [
      [3, () => e('asJson', k, [this.flavoured('json', depth)])],
      [3, () => this.object(depth)],
      [
        1,
        () =>
          e(
            'jsonArray',
            k,
            draw.times(0, 3, () => this.spelt(depth)),
          ),
      ],
    ]
  }

  private object(depth: number): E {
    const keys = ['a', 'é', 'long key', '', "it's", '"'].slice(0, this.draw.int(0, 6))
    return e(
      'jsonObject',
      'json',
      keys.map(() => (this.draw.chance(0.2) ? this.of('json', depth - 1) : this.spelt(depth - 1))),
      { keys },
    )
  }
}
