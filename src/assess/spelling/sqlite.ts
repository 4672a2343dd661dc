// Questions in the words of SQLite, where a column may hold values of any kind.
import type { SqlWords } from '../../expr/node.ts'
import type { SqlType } from '../../schema/type.ts'
import { isText } from '../../schema/type.ts'
import { literals, type Named, type Spelling, unspoken } from './spelling.ts'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
const literal = literals(text)

const casts: Partial<Record<SqlType['name'], string>> = {
  text: 'text',
  varchar: 'text',
  char: 'text',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'numeric',
  float8: 'real',
}
const castOf = (type: SqlType): string => casts[type.name] ?? unspoken(`SQLite has no ${type.name}`)
const no = (what: string) => (): never => unspoken(`SQLite has no word for ${what}`)
const blanks = ' \t\n\r\f\v\u00a0'

const words = (named: Named): SqlWords => ({
  name: 'sqlite',
  quote,
  table: named,
  literal,
  typeName: castOf,
  cast: (sql, type) => (type.name === 'bool' ? `(${sql})` : `cast(${sql} as ${castOf(type)})`),
  matches: no('patterns'),
  replaceAll: no('patterns'),
  isValid: no('what is valid for a type'),
  trim: (sql) => `trim(${sql}, ${text(blanks)})`,
  strike: (sql, characters) => [...characters].reduce((all, c) => `replace(${all}, ${text(c)}, '')`, sql),
  concat: (parts) => parts.join(' || '),
  jsonObject: () => 'null',
  jsonArray: () => 'null',
  jsonText: no('JSON as Postgres reads it'),
  atZone: no('time zones'),
  uuidOf: (parts) => `json_array(${parts.join(', ')})`,
  isDistinct: (l, r) => `(${l} is not ${r})`,
  bytewise: (sql) => `(${sql}) collate binary`,
})

export const inSqlite = (named: Named): Spelling => ({
  engine: 'sqlite',
  sql: words(named),
  column: (name, type) => (isText(type) ? `cast(s.${quote(name)} as text)` : `s.${quote(name)}`),
  text: (sql) => `cast(${sql} as text)`,
  fold: (sql) => `lower(trim(cast(${sql} as text)))`,
  folds: 'case (of the letters of ASCII) or blanks at their ends',
  shaped: (sql, shape) => `cast(${sql} as text) glob ${text(shape.replaceAll('9', '[0-9]'))}`,
  numeric: (sql) =>
    `(cast(${sql} as text) glob '*[0-9]*' and not trim(cast(${sql} as text)) glob '*[^0-9.+-]*' and not trim(cast(${sql} as text)) glob '?*[+-]*' and not cast(${sql} as text) glob '*.*.*')`,
  stored: (sql) => `typeof(${sql})`,
  sample: (table, oneIn) => `(select * from ${table} where rowid % ${oneIn} = 0)`,
  size: 'select (select page_count from pragma_page_count) * (select page_size from pragma_page_size) as bytes',
  givesUp: false,
})
