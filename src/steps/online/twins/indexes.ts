// Indexes, and the keys that are built over them: beside everybody.
import { exchangeNames } from '../exchange-names.ts'
import { holds } from '../move.ts'
import { besides, constraintValid, indexValid, named, quote, relation } from '../words.ts'
import { row, type Way, words } from './twin.ts'

const schema = '(select nspname from pg_namespace where oid = x.relnamespace)'
const table = `i.indrelid::regclass`

/** An index over expressions looks at columns that its list does not name: the catalogue knows them as what it depends on. */
const over = (id: string): string => `
  ${row({
    kind: `case k.contype when 'p' then 'primary key' when 'u' then 'unique' else 'index' end`,
    schema,
    name: 'x.relname',
    isUnique: 'i.indisunique',
    tail: `substring(pg_get_indexdef(i.indexrelid) from ' (USING .*)$')`,
    manner: `case when k.condeferred then ' deferrable initially deferred' when k.condeferrable then ' deferrable' else '' end`,
    worn: [
      words('index %I.%I', `${schema}, x.relname`, `obj_description(x.oid, 'pg_class')`),
      words('constraint %I on %s', `k.conname, ${table}`, `obj_description(k.oid, 'pg_constraint')`),
      `case when i.indisreplident then format('alter table %s replica identity using index %I', ${table}, x.relname) end`,
      `case when i.indisclustered then format('alter table %s cluster on %I', ${table}, x.relname) end`,
    ],
  })}
    from c, pg_index i join pg_class x on x.oid = i.indexrelid left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
    where i.indrelid = ${relation(id)} and k.contype is distinct from 'x' and (string_to_array(i.indkey::text, ' ')::int2[] && c.nums
      or exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid = any (c.nums)))`

const uniquely = ({ isUnique }: { readonly isUnique: boolean }): string => (isUnique ? 'unique ' : '')

export const index: Way = {
  over,
  trial: (twin, trial) => `create ${uniquely(twin)}index g on ${trial} ${twin.tail}`,
  tried: () => `select substring(pg_get_indexdef('pg_temp.g'::regclass) from ' (USING .*)$') as made`,
  there: ({ id }, name) => indexValid(id, name),
  async make(hands, twin, name, made) {
    if (await holds(hands, indexValid(twin.id, name))) return
    await hands.schema.alone([
      `drop index concurrently if exists ${besides(twin.id, name)}`,
      `create ${uniquely(twin)}index concurrently ${quote(name)} on ${named(twin.id)} ${made}`,
    ])
  },
  exchanged: ({ id, name }, other) => exchangeNames({ id, kind: 'index', name, other }),
}

/** Found with the indexes. */
export const unique: Way = {
  ...index,
  there: ({ id }, name) => constraintValid(id, name),
  async make(hands, twin, name, made) {
    await index.make(hands, twin, name, made)
    await hands.schema.reshape([
      `alter table ${named(twin.id)} add constraint ${quote(name)} unique using index ${quote(name)}${twin.manner}`,
    ])
  },
  exchanged: ({ id, name }, other) => exchangeNames({ id, kind: 'constraint', name, other }),
}
