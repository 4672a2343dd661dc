// What hangs on columns that change places or their type: taken down and put up again within the same transaction, each as it was, in the
// order in which they need each other. Nobody sees it gone, and nothing is dropped that was not written down a statement before.
import { partsOf } from '../../engine-words.ts'
import type { Hands } from '../../hands.ts'
import { reasonsOf } from '../move.ts'
import { literal, nameFor, quote, relation, named as table } from '../words.ts'
import { deepest, found } from './found.ts'
import type { Kind } from './kind.ts'
import { kinds } from './kinds.ts'

const isOfKind = ({ catalogue, of }: Kind): string =>
  `f.classid = '${catalogue}'::regclass and exists (select from (select f.objid, f.subid) f join ${of})`

const named = (k: Kind, rank: number): string =>
  `select ${rank} as rank, ${k.seesStatements ?? false} as sees, f.depth, ${k.name} as name from found f join ${k.of} where f.classid = '${k.catalogue}'::regclass`

/** By the names that people know: `name`, and `sees` where it acts on what a statement says. */
export const hangingNames = (columns: string): string =>
  `with found as (${found(columns)}) select name, sees::text as sees from (${kinds.map(named).join(' union all ')}) h order by rank desc, depth, name`

/** What cannot go along. `what`: the columns, in a word. */
export const hangingAgainst = (hands: Hands, columns: string, what: string): Promise<readonly string[]> => {
  const reads = `pg_describe_object(f.classid, f.objid, f.subid) || ${literal(` reads ${what}`)}`
  return reasonsOf(
    hands,
    `with found as (${found(columns)})
      select ${reads} || case when k.relkind = 'm' then ', and would be filled anew while everybody waits: drop it before, and make it again afterwards' else '' end as reason
        from found f left join pg_class k on f.classid = 'pg_class'::regclass and k.oid = f.objid where not (${kinds.map(isOfKind).join(' or ')})
      union all select ${reads} || ', and needs itself' from found f where f.depth = ${deepest}
      union all select ${reads} || ', and extension ' || e.extname || ' has made that' from found f join pg_depend d on d.classid = f.classid and d.objid = f.objid and d.deptype in ('e', 'x') join pg_extension e on e.oid = d.refobjid
      union all select ${reads} || ', and has a label' from found f where exists (select from pg_seclabel l where l.classoid = f.classid and l.objoid = f.objid)`,
  )
}

const kept = 'pg_temp.godwit_hanging'

/** Written down as the statements that make it. */
const noted = (columns: string): string[] => [
  `create temp table godwit_found on commit drop as ${found(columns)}`,
  `create temp table godwit_hanging (depth int, rank int, name text, locks oid, away text, made text[]) on commit drop`,
  ...kinds.map((k, rank) => {
    const insert = `insert into ${kept} select f.depth, ${rank}, ${k.name}, ${k.locks}, ${k.away}, ${k.made} from pg_temp.godwit_found f join ${k.of} where f.classid = '${k.catalogue}'::regclass`
    return k.since === undefined
      ? insert
      : `do $since$ begin if current_setting('server_version_num')::int >= ${k.since}0000 then execute ${literal(insert)}; end if; end $since$`
  }),
]

/** All locks together are waited for no longer than one would be: whoever comes after waits as long. */
const oneBudget = (tables: readonly string[]): string =>
  `select set_config('lock_timeout', greatest(20, (extract(epoch from current_setting('lock_timeout')::interval) * 1000 / greatest(count(*), 1))::int)::text, true)
    from (select locks from ${kept} where locks is not null union select unnest(array[${tables.map(relation).join(', ')}]::oid[])) l`

const takenDown = `do $$ declare h record; begin for h in select away from ${kept} order by depth desc, rank desc, locks::regclass::text, name loop execute h.away; end loop; end $$`

/** Made by others between the look and the locks: then it is looked at once more. */
const nothingHas = (columns: string): string =>
  `do $came$ begin if exists (${found(columns)}) then raise exception using errcode = 'lock_not_available', message = 'something has come meanwhile that reads these columns'; end if; end $came$`

/** `mended`: what is done to the notes. Whoever reads a view asks for its lock before those of its tables, and so is it done here; the tables are locked from then on. */
export const hangingAway = (columns: string, tables: readonly string[], mended: readonly string[] = []): string[] => [
  ...noted(columns),
  ...mended,
  oneBudget(tables),
  takenDown,
  ...tables.map((id) => `lock table ${table(id)} in access exclusive mode`),
  nothingHas(columns),
]

export const hangingAgain = `do $$ declare h record; s text; begin
    for h in select name, made from ${kept} order by depth, rank, name loop
      begin
        foreach s in array h.made loop if s is not null then execute s; end if; end loop;
      exception when others then raise exception using errcode = sqlstate, message = h.name || ' cannot be put up again: ' || sqlerrm;
      end;
    end loop;
  end $$`

interface Becoming {
  readonly id: string
  readonly column: string
  readonly type: string
}

/** All of it over columns of another type, on tables like these without rows, tried and taken back at once. */
export async function hangingTried(hands: Hands, columns: string, all: readonly Becoming[]): Promise<void> {
  if (!(await hands.target.ask(hangingNames(columns))).length) return
  const tables = [...new Set(all.map((c) => c.id))].toSorted()
  await hands.schema.trial(
    [
      ...hangingAway(columns, tables),
      ...tables.flatMap(emptied),
      ...all.map(
        ({ id, column, type }) =>
          `alter table ${table(id)} alter column ${quote(column)} drop default, alter column ${quote(column)} type ${type} using null`,
      ),
      hangingAgain,
    ],
    'select 1 as n',
  )
}

/** With its keys: a view may count on them. */
function emptied(id: string): string[] {
  const { schema, name } = partsOf(id)
  const before = nameFor('godwit', name, 'before')
  return [
    `alter table ${table(id)} rename to ${quote(before)}`,
    `create table ${table(id)} (like ${quote(schema)}.${quote(before)} including indexes)`,
  ]
}
