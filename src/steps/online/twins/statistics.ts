// Statistics over several columns, or over expressions: gathered before they are needed.
import { exchangeNames } from '../exchange-names.ts'
import { literal, named, quote, relation } from '../words.ts'
import { row, type Way, words } from './twin.ts'

const at = ({ schema }: { readonly schema: string }, name: string): string => `${quote(schema)}.${quote(name)}`
const there = ({ schema }: { readonly schema: string }, name: string): string =>
  `exists (select from pg_statistic_ext where stxnamespace = to_regnamespace(${literal(quote(schema))}) and stxname = ${literal(name)})`

/** `(mcv) ON a, b`, without the name before it and the table after it. */
const tail = `(select substr(d, length(format('CREATE STATISTICS %I.%I', n.nspname, s.stxname)) + 2, length(d) - length(format('CREATE STATISTICS %I.%I', n.nspname, s.stxname)) - 1 - length(' FROM ' || s.stxrelid::regclass)) from pg_get_statisticsobjdef(s.oid) d)`
const from = 'pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace'

export const statistics: Way = {
  over: (id) => `
  ${row({
    kind: `'statistics'`,
    schema: 'n.nspname',
    name: 's.stxname',
    tail,
    worn: [
      words('statistics %I.%I', 'n.nspname, s.stxname', `obj_description(s.oid, 'pg_statistic_ext')`),
      `format('alter statistics %I.%I owner to %I', n.nspname, s.stxname, pg_get_userbyid(s.stxowner))`,
      `case when (to_jsonb(s) ->> 'stxstattarget')::int >= 0 then format('alter statistics %I.%I set statistics %s', n.nspname, s.stxname, to_jsonb(s) ->> 'stxstattarget') end`,
    ],
  })} from c, ${from} where s.stxrelid = ${relation(id)} and exists (select from pg_depend d where d.classid = 'pg_statistic_ext'::regclass and d.objid = s.oid and d.refobjid = s.stxrelid and d.refobjsubid = any (c.nums))`,
  trial: (twin, trial) => `create statistics pg_temp.g ${twin.tail} from ${trial}`,
  tried: (_, trial) =>
    `select substring(pg_get_statisticsobjdef(oid) from '\\.g (.*) FROM ') as made from pg_statistic_ext where stxrelid = '${trial}'::regclass and stxname = 'g'`,
  there,
  async make(hands, twin, name, made) {
    await hands.schema.reshape([`create statistics ${at(twin, name)} ${made} from ${named(twin.id)}`])
    await hands.schema.alone([`analyze ${named(twin.id)}`])
  },
  exchanged: (twin, other) => exchangeNames({ id: twin.id, kind: 'statistics', schema: twin.schema, name: twin.name, other }),
}
