// Questions in the words of MariaDB, whose collations take for the same what others tell apart.
import type { SqlWords } from '../../expr/node.ts'
import type { SqlType } from '../../schema/type.ts'
import { literals, type Named, type Spelling, unspoken } from './spelling.ts'

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``
/** Whether a backslash escapes depends on the session: where there is one, the bytes are said. */
const text = (value: string): string =>
  value.includes('\\') ? `convert(x'${Buffer.from(value).toString('hex')}' using utf8mb4)` : `'${value.replaceAll("'", "''")}'`
const literal = literals(text)

const casts: Partial<Record<SqlType['name'], string>> = {
  text: 'char',
  varchar: 'char',
  char: 'char',
  int2: 'signed',
  int4: 'signed',
  int8: 'signed',
  numeric: 'decimal(65,20)',
  float8: 'double',
}
const castOf = (type: SqlType): string => casts[type.name] ?? unspoken(`MariaDB has no ${type.name} that these could be`)
const no = (what: string) => (): never => unspoken(`MariaDB has no word for ${what}`)

const words = (named: Named): SqlWords => ({
  name: 'mariadb',
  quote,
  table: named,
  literal,
  typeName: castOf,
  cast: (sql, type) => (type.name === 'bool' ? `(${sql})` : `cast(${sql} as ${castOf(type)})`),
  matches: no('the patterns of Postgres'),
  replaceAll: no('the patterns of Postgres'),
  isValid: no('what is valid for a type'),
  trim: (sql) => `trim(${sql})`,
  strike: (sql, characters) => [...characters].reduce((all, c) => `replace(${all}, ${text(c)}, '')`, sql),
  concat: (parts) => `concat(${parts.join(', ')})`,
  jsonObject: () => 'null',
  jsonArray: () => 'null',
  jsonText: no('JSON as Postgres reads it'),
  atZone: no('time zones as Postgres reads them'),
  uuidOf: (parts) => `json_array(${parts.join(', ')})`,
  isDistinct: (l, r) => `(not (${l} <=> ${r}))`,
  bytewise: (sql) => `binary (${sql})`,
})

export const inMariadb = (named: Named): Spelling => ({
  engine: 'mariadb',
  sql: words(named),
  column: (name) => `s.${quote(name)}`,
  text: (sql) => `cast(${sql} as char)`,
  fold: (sql) => `lower(trim(convert(${sql} using utf8mb4))) collate utf8mb4_general_ci`,
  folds: 'case, accents or blanks at their ends',
  shaped: (sql, shape) => `cast(${sql} as char) regexp ${text(`^${patternOf(shape)}`)}`,
  numeric: (sql) => `cast(${sql} as char) regexp '^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) *$'`,
  sample: () => undefined,
  size: 'select sum(data_length + index_length) as bytes from information_schema.tables where table_schema = database()',
  givesUp: true,
})

const patternOf = (shape: string): string => {
  const digits = shape
    .replace(/\*$/, '')
    .replace(/[.+?()|]/g, '[$&]')
    .replaceAll('9', '[0-9]')
  return shape.endsWith('*') ? digits : `${digits}$`
}
