// Django's fields as columns of Postgres.
import { argument, asText, itemsOf, Made, Ref, type Value } from '../../python/values.ts'
import { literal, quoted } from '../quoting.ts'
import type { Models } from './models.ts'

const plain: Readonly<Record<string, string>> = {
  AutoField: 'integer',
  BigAutoField: 'bigint',
  SmallAutoField: 'smallint',
  IntegerField: 'integer',
  BigIntegerField: 'bigint',
  SmallIntegerField: 'smallint',
  PositiveIntegerField: 'integer',
  PositiveBigIntegerField: 'bigint',
  PositiveSmallIntegerField: 'smallint',
  TextField: 'text',
  BooleanField: 'boolean',
  NullBooleanField: 'boolean',
  DateField: 'date',
  DateTimeField: 'timestamptz',
  TimeField: 'time',
  FloatField: 'double precision',
  UUIDField: 'uuid',
  JSONField: 'jsonb',
  BinaryField: 'bytea',
  DurationField: 'interval',
  GenericIPAddressField: 'inet',
  IPAddressField: 'inet',
  HStoreField: 'hstore',
  SearchVectorField: 'tsvector',
  CITextField: 'citext',
  DateRangeField: 'daterange',
  DateTimeRangeField: 'tstzrange',
  IntegerRangeField: 'int4range',
  PointField: 'geometry',
} // prettier-ignore

const lengths: Readonly<Record<string, number | undefined>> = {
  CharField: undefined,
  SlugField: 50,
  EmailField: 254,
  URLField: 200,
  FileField: 100,
  ImageField: 100,
  FilePathField: 100,
  CommaSeparatedIntegerField: undefined,
}

const relations = ['ForeignKey', 'OneToOneField']

export const kindOf = (field: Value | undefined): string => (field instanceof Made ? field.name.split('.').at(-1)! : '')
export const isRelation = (field: Value | undefined): boolean => relations.includes(kindOf(field))
export const isManyToMany = (field: Value | undefined): boolean => kindOf(field) === 'ManyToManyField'

const option = (field: Value | undefined, name: string): Value | undefined =>
  field instanceof Made ? field.given.named.get(name) : undefined

export const columnOf = (name: string, field: Value | undefined): string =>
  asText(option(field, 'db_column')) ?? (isRelation(field) ? `${name}_id` : name)

export function typeOf(field: Value | undefined, models: Models): string {
  const kind = kindOf(field)
  if (isRelation(field)) return models.keyType(relatedTo(field))
  if (kind === 'DecimalField')
    return `numeric(${[option(field, 'max_digits'), option(field, 'decimal_places')].filter((n) => typeof n === 'number').join(', ') || '20'})`
  if (kind === 'ArrayField')
    return `${typeOf(option(field, 'base_field') ?? (field instanceof Made ? field.given.args[0] : undefined), models)}[]`
  if (kind in lengths) {
    const length = option(field, 'max_length') ?? lengths[kind]
    return typeof length === 'number' ? `varchar(${length})` : 'varchar'
  }
  // one of the project's own: by what its name ends in, as those that it is made of
  return plain[kind] ?? Object.entries(plain).find(([name]) => kind.endsWith(name))?.[1] ?? 'text'
}

export const relatedTo = (field: Value | undefined): string | undefined => {
  const to = field instanceof Made ? argument(field.given, 0, 'to') : undefined
  if (to instanceof Ref) return to.name.split('.').slice(-2).join('.')
  return asText(to)
}

export const isNull = (field: Value | undefined): boolean => option(field, 'null') === true || kindOf(field) === 'NullBooleanField'
export const isUnique = (field: Value | undefined): boolean => option(field, 'unique') === true || kindOf(field) === 'OneToOneField'
export const isIndexed = (field: Value | undefined): boolean =>
  !isUnique(field) &&
  (option(field, 'db_index') === true ||
    (option(field, 'db_index') !== false && (kindOf(field) === 'ForeignKey' || kindOf(field) === 'SlugField')))
export const isKey = (field: Value | undefined): boolean => option(field, 'primary_key') === true
export const isConstrained = (field: Value | undefined): boolean => option(field, 'db_constraint') !== false

/** What rows that are there are given: undefined where Django has nothing to give. */
export function fallbackOf(field: Value | undefined): string | undefined {
  const given = option(field, 'db_default') ?? option(field, 'default')
  if (typeof given === 'string') return literal(given)
  if (typeof given === 'number' || typeof given === 'boolean') return String(given)
  if (given !== undefined && given !== null) return 'NULL' // worked out once, by code: some constant
  if (option(field, 'auto_now_add') === true || option(field, 'auto_now') === true) return 'now()'
  const empty = option(field, 'blank') === true && (kindOf(field) in lengths || kindOf(field) === 'TextField')
  return empty ? `''` : undefined
}

/** Whether the default stays in the database: else only the code knows it. */
export const keepsDefault = (field: Value | undefined): boolean => option(field, 'db_default') !== undefined

export function columnSql(name: string, field: Value | undefined, models: Models): string {
  const fallback = fallbackOf(field)
  const required = !isNull(field)
  const constant = fallback === 'NULL' && required ? `('godwit_any_name'::text)::${typeOf(field, models)}` : fallback
  return [
    quoted(columnOf(name, field)),
    typeOf(field, models),
    kindOf(field).endsWith('AutoField') ? 'GENERATED BY DEFAULT AS IDENTITY' : '',
    constant === undefined || (!required && !keepsDefault(field)) ? '' : `DEFAULT ${constant}`,
    required && !isKey(field) ? 'NOT NULL' : '',
    isKey(field) ? 'PRIMARY KEY' : '',
    isUnique(field) && !isKey(field) ? 'UNIQUE' : '',
    isRelation(field) && isConstrained(field) ? `REFERENCES ${quoted(models.table(relatedTo(field)))}` : '',
  ]
    .filter(Boolean)
    .join(' ')
}

export const namesIn = (value: Value | undefined): string[] => (itemsOf(value ?? null) ?? []).flatMap((v) => asText(v) ?? [])
