// Names and values, with a liking for the edges: what is just too long, empty, zero, not there, or meant badly.
import fc from 'fast-check'
import type { Draw } from './draw.ts'
import type { ColumnSpec, Flavour, Text } from './spec.ts'

// the tool's own marks and words are among them, and what other languages take for code
const hostile = [
  'select',
  'Üser',
  'a b',
  'x"y',
  "it's",
  'semi;--',
  '$$',
  '%s',
  '`tick`',
  '${x}',
  '__proto__',
  'constructor',
  'emoji😀',
  'UPPER',
  '1st',
  'a.b',
  'back\\slash',
  'tab\there',
  'new\nline',
  'x'.repeat(63),
  'é'.repeat(31),
  's',
  'k0',
  'o0k0',
  '/*key*/',
  ':pool0',
  ':after',
  '$1',
  '?',
  'null',
  'user',
  'order',
  "');--",
  '\u202eabc',
  ' lead',
  'trail ',
]
const plain = [
  'id',
  'code',
  'name',
  'amount',
  'born',
  'seen',
  'note',
  'kind',
  'total',
  'flag',
  'data',
  'ref',
  'size',
  'price',
  'label',
  'rank',
]

export class Names {
  private readonly used = new Set<string>()
  private readonly draw: Draw
  private readonly isHostile: boolean
  constructor(draw: Draw, isHostile: boolean) {
    this.draw = draw
    this.isHostile = isHostile
  }

  fresh(hint?: string): string {
    const wished = this.isHostile && this.draw.chance(0.6) ? this.draw.pick(hostile) : (hint ?? this.draw.pick(plain))
    let name = wished
    for (let n = 2; this.used.has(name); n++) name = `${wished.slice(0, 20)}${n}`
    this.used.add(name)
    return name
  }
}

const byFlavour: Record<Flavour, readonly string[]> = {
  number: [
    '12',
    '-5',
    ' 7 ',
    '3.50',
    '1,234',
    '£5',
    '0',
    '1',
    '2.5',
    '100',
    '99.99',
    '+2',
    '.5',
    '-0',
    '007',
    '1,234.56',
    '999999999999',
    '99999999999999999999',
    '0.001',
    '12',
    '8',
    'abc',
    '',
    ' ',
    '1e3',
    '٣',
    '1.',
    'NaN',
    '1_000',
    '0x10',
    '-£5',
    '5 €',
    '1.234,56',
    '\u00a042\u00a0',
    '1\n',
  ],
  date: [
    '2024-02-29',
    '2024-01-31',
    '1999-12-31',
    '0001-01-01',
    '9999-12-31',
    '2000-01-01',
    '2024-01-31',
    '31/12/2023',
    '2023-02-29',
    '2024-13-01',
    '',
    '2024-1-1',
    'x',
    ' 2024-01-01',
    '0000-00-00',
  ],
  timestamp: [
    '2024-02-29 10:20:30',
    '2024-01-01 00:00:00',
    '1999-12-31 23:59:59.999999',
    '2024-01-01 10:00:00.5',
    '2023-02-29 00:00:00',
    '2024-01-01 25:00:00',
    '2024-01-01T10:00:00',
    '',
    'now',
  ],
  code: ['A', 'B', 'C', 'A', 'B', 'D', 'a', '', 'A ', 'X', '1', '2'],
  name: [
    "O'Brien",
    'x"y',
    '\\',
    'a\u00a0',
    '  pad ',
    'Zoë',
    'straße',
    'ÉCOLE',
    'İx',
    '日本',
    '😀😀',
    "'; drop table x; --",
    '$$',
    '%s',
    '${x}',
    'null',
    'NULL',
    '\t',
    'a\nb',
    '\u202eabc',
    'é',
    'e\u0301',
    'x'.repeat(40),
    '',
    ' ',
    'Smith',
    'smith',
    'Ltd',
    'Acme LTD',
    'Acme Ltd',
    ':pool0',
    '/*key*/',
    '\ufeffbom',
    '\u2003em\u2003',
    "\\'",
  ],
  json: [
    '{}',
    '{"a":1}',
    '[1,2]',
    'null',
    '{"a":{"b":"x"}}',
    '{"a":"é\\n","b":[true,null]}',
    '"s"',
    ' 1.50 ',
    '{"b":2,"a":1.0,"a":2}',
    '{bad',
    '',
    '"\\u0000"',
    '12345678901234567890.10',
    '{"a":null}',
  ],
  uuid: [
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12',
    '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a13}',
    'a0eebc999c0b4ef8bb6d6bb9bd380a14',
    'a0eebc99',
    '',
    'not-a-uuid',
    '00000000-0000-0000-0000-000000000000',
  ],
}

/** How many of each are what the flavour promises; the rest is dirt. */
const clean: Record<Flavour, number> = { number: 19, date: 7, timestamp: 4, code: 6, name: 100, json: 9, uuid: 4 }

const integers: Record<string, readonly string[]> = {
  int2: ['0', '1', '-1', '7', '99', '32767', '-32768'],
  int4: ['0', '1', '-1', '2', '7', '99', '100', '101', '12345', '32768', '2147483647', '-2147483648', '3', '5'],
  int8: ['0', '1', '-1', '2', '42', '2147483648', '9007199254740993', '9223372036854775807', '-9223372036854775808', '5', '6'],
}
const dates = [
  '2024-02-29',
  '1970-01-01',
  '1969-12-31',
  '0001-01-01',
  '9999-12-31',
  '2000-01-01',
  '2024-01-01',
  '0044-03-15 BC',
  '2024-06-30',
]
const times = [
  '2024-02-29 10:20:30',
  '1970-01-01 00:00:00',
  '1969-12-31 23:59:59.999999',
  '2024-01-01 00:00:00.5',
  '9999-12-31 23:59:59',
  '2000-01-01 12:00:00',
  '0044-03-15 10:00:00 BC',
]

const words = fc.string({
  unit: fc.constantFrom('a', 'B', 'z', ' ', '0', '9', 'é', 'ß', '日', '😀', "'", '"', '\\', '%', '_'),
  maxLength: 12,
})

/** `dirt`: how much of it is not what the column promises. */
export function value(draw: Draw, column: ColumnSpec, dirt = 0.3): Text {
  if (column.nullable && draw.chance(Math.min(dirt, 0.15))) return null
  const [, name, first, second] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(column.type)!
  if (name === 'text' || name === 'varchar')
    return textOf(draw, column.flavour ?? 'name', name === 'varchar' ? Number(first ?? 200) : 200, dirt)
  if (name === 'numeric') return numericOf(draw, first === undefined ? undefined : Number(first), Number(second ?? 0))
  if (name === 'bool') return draw.pick(['t', 'f'])
  if (name === 'date') return draw.pick(draw.chance(0.03) ? ['infinity', '-infinity'] : dates)
  if (name === 'timestamp' || name === 'timestamptz') return draw.pick(draw.chance(0.03) ? ['infinity', '-infinity'] : times)
  if (name === 'uuid')
    return draw.chance(0.5)
      ? draw.from(fc.uuid())
      : draw.pick(['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a14', '00000000-0000-0000-0000-000000000000'])
  if (name === 'jsonb') return draw.pick(byFlavour.json.filter((s) => s !== '' && s !== '{bad' && !s.includes('u0000')))
  return draw.chance(0.5) ? String(draw.int(-20, 120)) : draw.pick(integers[name!]!)
}

function textOf(draw: Draw, flavour: Flavour, longest: number, dirt: number): string {
  const known = draw.chance(dirt) ? byFlavour[flavour] : byFlavour[flavour].slice(0, clean[flavour])
  const s = flavour === 'name' && draw.chance(0.4) ? draw.from(words) : draw.pick(known)
  return [...s].slice(0, longest).join('')
}

function numericOf(draw: Draw, precision: number | undefined, scale: number): string {
  if (precision === undefined)
    return draw.pick(['0', '1.0', '1.00', '-2.5', '0.1', '123456789012345678901234567890.123', '1', '99', '100.00', '0.00001', '7.50'])
  const whole = precision - scale
  const most = `${whole ? '9'.repeat(whole) : '0'}${scale ? `.${'9'.repeat(scale)}` : ''}`
  const small = (draw.int(-9999, 9999) / 10 ** Math.min(scale, 3)).toFixed(scale)
  const fits = small.replace('-', '').split('.')[0]!.replace(/^0$/, '').length <= whole
  return draw.pick([most, `-${most}`, '0', whole ? '1' : '0', ...(fits ? [small, small, small] : [])])
}

/** Values for a key: each another, some far apart, some below zero. */
export function keyValues(draw: Draw, type: string, many: number): string[] {
  const found = new Set<string>()
  const dense = draw.chance(0.5)
  for (let i = 0; found.size < many && i < many * 4; i++) found.add(oneKey(draw, type, i, dense))
  return [...found]
}

function oneKey(draw: Draw, type: string, i: number, dense: boolean): string {
  if (type === 'int4')
    return dense
      ? String(i + 1)
      : draw.pick([String(draw.int(-50, 200)), String(draw.int(-2147483648, 2147483647)), '2147483647', '-2147483648', '0'])
  if (type === 'int8')
    return dense
      ? String(i - 5)
      : draw.pick([String(draw.int(-50, 200)), '9223372036854775807', '-9223372036854775808', `900719925474${draw.int(1000, 9999)}`, '0'])
  if (type === 'numeric')
    return draw.pick([String(draw.int(-30, 60)), `${draw.int(-30, 60)}.${draw.int(1, 9)}`, '123456789012345678901234567890.123'])
  if (type === 'numeric(10,2)') return `${draw.int(-99, 999)}.${String(draw.int(0, 99)).padStart(2, '0')}`
  if (type === 'uuid') return draw.from(fc.uuid())
  if (type === 'date') return draw.pick([...dates, `2020-01-${String(draw.int(1, 31)).padStart(2, '0')}`])
  return draw.weighted([
    [3, () => draw.from(words)],
    [2, () => draw.pick(byFlavour.name)],
    [3, () => `${draw.pick(['a', 'A', 'b', 'ä', 'z'])}${draw.int(0, 99)}`],
  ])
}
