// The digest of rows that go from one Postgres to another: of the values themselves where both servers hash these alike, else of their texts.
import { postgres } from '../../dialects/postgres.ts'
import type { TypeName } from '../../schema/type.ts'
import type { Session } from '../database.ts'
import { quick, type RowHash, slow, sumAsked, textAdded, wholeAdded } from '../row-hash.ts'
import type { Sending } from '../source.ts'
import { ident } from './names.ts'

/** Adds a value to the hash of what stands before it in its row; both are SQL. */
type Adding = (value: string) => (before: string) => string

/** Gives the statement that counts and digests these columns of any relation. */
export type RowDigest = (from: string) => string

/** For Postgres zeros of both signs are equal, and their hash is that of what stands before: here they are told apart. */
const fraction: Adding = (value) => (before) =>
  `hashfloat8extended(coalesce(nullif(${value}, 0), 1), ${before} # case when ${value} is null then 1 when ${value} <> 0 then 0 when ${value}::text = '-0' then 2 else 3 end)`

const orNull =
  (hash: string, instead: string, read = (value: string) => value): Adding =>
  (value) =>
  (before) =>
    `${hash}(coalesce(${read(value)}, ${instead}), ${before} # (${value} is null)::int)`

const moment = (read?: (value: string) => string) => orNull('timestamp_hash_extended', `timestamp 'epoch'`, read)

/**
 * The types of which no two different values have one hash because they count as equal, as 1.0 and 1.00 do; all others go by their texts,
 * which takes several times as long.
 */
const byValue: Partial<Record<TypeName, Adding>> = {
  int2: wholeAdded,
  int4: wholeAdded,
  int8: wholeAdded,
  bool: (value) => wholeAdded(`${value}::int`),
  float8: fraction,
  timestamp: moment(),
  timestamptz: moment((value) => `(${value} at time zone 'UTC')`),
  uuid: orNull('uuid_hash_extended', `uuid '00000000-0000-0000-0000-000000000000'`),
}

const byText =
  (hash: RowHash): Adding =>
  (value) =>
    textAdded(hash, `${value}::text`)

const digestBy =
  (columns: Sending['columns'], adding: (type: TypeName) => Adding): RowDigest =>
  (from) =>
    sumAsked(
      columns.map(({ name, type }) => adding(type.name)(`(t.${ident(name)})`)),
      from,
    )

/** A row of known values of all those types: servers that hash it alike hash all alike. */
const known: Partial<Record<TypeName, string>> = {
  int2: `int2 '-2'`,
  int4: `int4 '2000000000'`,
  int8: `int8 '-9000000000000000001'`,
  bool: 'true',
  float8: `float8 '-0.1'`,
  timestamp: `timestamp '1999-12-31 23:59:59.999999'`,
  timestamptz: `timestamptz '2000-01-01 00:00:00.000001+00'`,
  uuid: `uuid '01234567-89ab-cdef-0123-456789abcdef'`,
  text: `text 'unknown to any other hash'`,
}
const knownColumns = Object.keys(known).map((name) => ({ name, type: { name } as Sending['columns'][number]['type'] }))
const typed = (type: TypeName): Adding => byValue[type] ?? byText(quick)
const knownDigest = digestBy(
  knownColumns,
  typed,
)(`(select ${Object.entries(known).map(([name, value]) => `${value} as ${postgres.quote(name)}`)}) as`)

interface Hashing {
  readonly version: string
  readonly encoding: string
  readonly digest: string
}
const hashingOf = async (s: Session): Promise<Hashing> => {
  const { rows } = await s.query(
    `select (current_setting('server_version_num')::int / 10000)::text as version, current_setting('server_encoding') as encoding, k.digest from (${knownDigest}) k`,
  )
  return rows[0] as unknown as Hashing
}

/** What both servers take. Texts are hashed in the bytes of their database; where those differ, it is in the same bytes on both sides. */
export async function rowDigestFor(
  there: Session,
  here: <T>(body: (s: Session) => Promise<T>) => Promise<T>,
  columns: Sending['columns'],
): Promise<RowDigest> {
  const [a, b] = [await hashingOf(there), await here(hashingOf)]
  if (a.encoding !== b.encoding) return digestBy(columns, () => byText(slow))
  return digestBy(columns, a.version === b.version && a.digest === b.digest ? typed : () => byText(quick))
}
