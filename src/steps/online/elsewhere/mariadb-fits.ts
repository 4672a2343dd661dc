// Which values are none of a type of MariaDB, said before anything is changed: the server would say so at the first of them only.

interface Declared {
  readonly name: string
  /** What stands in its brackets. */
  readonly of: string
  readonly unsigned: boolean
}

function declared(type: string): Declared {
  const [, name = '', of = '', more = ''] = /^\s*([a-z0-9]+)\s*(?:\(((?:'(?:[^']|'')*'|[^)'])*)\))?(.*)$/is.exec(type) ?? []
  return { name: name.toLowerCase(), of, unsigned: /\bunsigned\b/i.test(more) }
}

const whole: Readonly<Record<string, number>> = {
  tinyint: 8,
  bool: 8,
  boolean: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  bigint: 64,
}
const longest: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 16_777_215,
}

const asText = (value: string): string => `cast(${value} as char)`
const unlike = (value: string, form: string): string => `${asText(value)} not regexp '^ *${form} *$'`
const number = '[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]+)?'

const wholes = (value: string, { name, unsigned }: Declared): string => {
  const bits = BigInt(whole[name]!)
  const [least, most] = unsigned ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]
  return `${unlike(value, '[-+]?[0-9]+([.]0*)?')} or cast(${value} as decimal(65, 10)) not between ${least} and ${most}`
}

const moment = (value: string, kind: string, of: string): string =>
  `cast(${value} as ${kind}(6)) is null or cast(${value} as ${kind}(${of || 0})) <> cast(${value} as ${kind}(6))`

type Form = (value: string, d: Declared) => string

const decimal: Form = (value, { of }) =>
  `${unlike(value, number)} or cast(${value} as decimal(${of || '10, 0'})) <> cast(${value} as decimal(65, 30))`
const approximate: Form = (value) => unlike(value, number)
const characters: Form = (value, { of }) => `char_length(${asText(value)}) > ${of || 1}`
const octets: Form = (value, { name, of }) => `octet_length(${value}) > ${longest[name] ?? (of || 1)}`
const any: Form = () => 'false'
const momentOf =
  (kind: string): Form =>
  (value, { of }) =>
    moment(value, kind, of)

const forms: Readonly<Record<string, Form>> = {
  ...Object.fromEntries(Object.keys(whole).map((name) => [name, wholes])),
  ...Object.fromEntries(Object.keys(longest).map((name) => [name, octets])),
  decimal,
  numeric: decimal,
  dec: decimal,
  float: approximate,
  double: approximate,
  real: approximate,
  char: characters,
  varchar: characters,
  binary: octets,
  varbinary: octets,
  longtext: any,
  longblob: any,
  json: (value) => `not json_valid(${value})`,
  date: (value) => `cast(${value} as date) is null or cast(cast(${value} as date) as datetime(6)) <> cast(${value} as datetime(6))`,
  datetime: momentOf('datetime'),
  timestamp: momentOf('datetime'),
  time: momentOf('time'),
  uuid: (value) => unlike(value, '[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}'),
  enum: (value, { of }) => `${asText(value)} not in (${of})`,
}

/** SQL that holds where the value is none of the type; undefined where that cannot be told beforehand. */
export function misfit(value: string, type: string): string | undefined {
  const d = declared(type)
  const charset = /\bcharacter set (\w+)/i.exec(type)?.[1]
  const said = forms[d.name]?.(value, d)
  if (said === undefined) return undefined
  const lost =
    charset &&
    ` or cast(convert(convert(${value} using ${charset}) using utf8mb4) as binary) <> cast(convert(${value} using utf8mb4) as binary)`
  return `${value} is not null and (${said}${lost ?? ''})`
}

const kinds: readonly (readonly [kind: string, names: RegExp])[] = [
  ['whole', /^(tinyint|smallint|mediumint|int|integer|bigint|bool|boolean)$/],
  ['decimal', /^(decimal|numeric|dec)$/],
  ['text', /^(char|varchar|tinytext|text|mediumtext|longtext|json|enum)$/],
  ['bytes', /^(binary|varbinary|tinyblob|blob|mediumblob|longblob)$/],
  ['moment', /^(date|datetime|timestamp)$/],
]
const kindOf = (type: string): string | undefined => kinds.find(([, names]) => names.test(declared(type).name))?.[0]

/** What fits the new type comes back from it as it was: then nothing has to be kept of the old column. */
export const comesBack = (from: string, to: string): boolean => {
  const [was, is] = [kindOf(from), kindOf(to)]
  return was !== undefined && (was === is || (is === 'text' && was !== 'bytes'))
}

/** Whether a text of letters can have a collation of its own. */
export const isText = (type: string): boolean => kindOf(type) === 'text' && declared(type).name !== 'json'

/** `int(11)` and `INTEGER` are one. */
export const sameType = (a: string, b: string): boolean => {
  const plain = (type: string) => {
    const bare = type
      .toLowerCase()
      .replace(/\s+/g, ' ')
      .replace(/ ?([(),]) ?/g, '$1')
      .trim()
    return bare.replace(/^(\w*int)\(\d+\)/, '$1').replace(/^integer\b/, 'int')
  }
  return plain(a) === plain(b)
}
