// In which form rows are read and written: binary where that says the same in every database, which is quicker both ways; else COPY's text.
import { createHash } from 'node:crypto'
import type { Session } from '../../database.ts'

export type Form = 'binary' | 'text'

/** Of these, and of lists of them, the bytes hold no number that is another one elsewhere: as regclass, composites and lists of one's own types do. */
const alike =
  'bool int2 int4 int8 numeric float4 float8 money text varchar bpchar name "char" bytea uuid json jsonb date time timetz timestamp timestamptz interval inet cidr macaddr macaddr8 bit varbit point box'

/** SQL, for a table `c`. */
export const isBinary = `(select coalesce(bool_and(x.typtype = 'e' or x.oid = any (l.plain) or (x.oid < 16384 and x.typcategory = 'A' and x.typelem = any (l.plain))), false)::text
  from pg_attribute a join pg_type t on t.oid = a.atttypid join pg_type x on x.oid = case t.typtype when 'd' then t.typbasetype else t.oid end
  cross join (select array[${alike
    .split(' ')
    .map((name) => `'pg_catalog.${name}'::regtype::oid`)
    .join(', ')}] as plain) l where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)`

export const inForm = (copy: string, form: Form): string => (form === 'binary' ? `${copy} (format binary)` : copy)

/** All that a COPY gives, as one number. */
export const digested = (s: Session, copy: string): Promise<{ rows: number; digest: string }> =>
  s.bytesOut(copy, async (bytes) => {
    const hash = createHash('sha256')
    for await (const block of bytes as AsyncIterable<Buffer>) hash.update(block)
    return { rows: bytes.rowCount, digest: hash.digest('hex') }
  })
