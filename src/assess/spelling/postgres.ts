// Questions in the words of Postgres: those of the mappings, without the ledger's own functions, which may not be there yet.
import { postgres } from '../../dialects/postgres.ts'
import { typeLabel } from '../../schema/type.ts'
import { type Named, type Spelling, unspoken } from './spelling.ts'

const { quote, literal, typeName } = postgres

/** From this version on the server itself says whether a text is valid for a type. */
const saysWhatIsValid = 160_000

export const inPostgres = (named: Named, serverVersion: number): Spelling => ({
  engine: 'postgres',
  sql: {
    ...postgres,
    table: named,
    isValid: (sql, type) =>
      serverVersion >= saysWhatIsValid
        ? `pg_input_is_valid(${sql}, ${literal(typeName(type))})`
        : unspoken(`before PostgreSQL 16 nothing says whether a text is a ${typeLabel(type)}`),
    // another one than the ledger's function would give, and told apart by the same texts
    uuidOf: (parts) => `md5(jsonb_build_array(${parts.join(', ')})::text)::uuid`,
  },
  column: (name) => `s.${quote(name)}`,
  text: (sql) => `(${sql})::text`,
  fold: (sql) => folded(`(${sql})::text`),
  folds: 'case, accents or blanks at their ends',
  shaped: (sql, shape) => `(${sql})::text ~ ${literal(`^${patternOf(shape)}`)}`,
  numeric: (sql) => `(${sql})::text ~ '^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+) *$'`,
  sample: (table, oneIn) => `(select * from ${table} tablesample system (${Number((100 / oneIn).toPrecision(3))}) repeatable (1))`,
  size: 'select pg_database_size(current_database()) as bytes',
  givesUp: true,
})

/** Most texts are ASCII, which has no accents to take off: that costs more than all the rest. Groups are sorted by bytes, since nobody reads them. */
const folded = (text: string): string =>
  `lower(btrim(case when getdatabaseencoding() = 'UTF8' and octet_length(${text}) = char_length(${text}) then ${text} else regexp_replace(normalize(${text}, nfkd), '[\\u0300-\\u036f]', '', 'g') end)) collate "C"`

const patternOf = (shape: string): string => {
  const digits = shape
    .replace(/\*$/, '')
    .replace(/[.+?()|[\]\\]/g, '\\$&')
    .replaceAll('9', '[0-9]')
  return shape.endsWith('*') ? digits : `${digits}$`
}
