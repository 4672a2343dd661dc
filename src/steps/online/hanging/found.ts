// What needs columns, and what needs that in its turn, as the catalogue knows it.

/** More levels than anybody has: what is as deep as that needs itself. */
export const deepest = 64

/** Indexes, constraints and the like are built over other columns beside everybody, and stand in nobody's way. */
const theirOwn = `d.refclassid = 'pg_class'::regclass and (d.classid in ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass) or coalesce(k.relkind in ('i', 'I', 'S', 't'), false))`

/** Who needs `needed`. A view is what its rule says. */
const needing = (needed: string): string => `
    select case when w.oid is null then d.classid else 'pg_class'::regclass::oid end as classid, coalesce(w.ev_class, d.objid) as objid,
        case when w.oid is not null or k.relkind in ('v', 'm') then 0 else d.objsubid end as subid
      from ${needed} join pg_depend d on d.refclassid = needed.classid and d.refobjid = needed.objid and d.deptype in ('n', 'a')
      left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid and w.rulename = '_RETURN'
      left join pg_class k on d.classid = 'pg_class'::regclass and k.oid = d.objid
      where not (${theirOwn})`

const aColumn = `(select 'pg_class'::regclass as classid, c.oid as objid) needed`
/** Who takes or gives its rows needs it as well. */
const anObject = `(select h.classid, h.objid union all select 'pg_type'::regclass, unnest(array[t.oid, t.typarray]) from pg_type t where h.classid = 'pg_class'::regclass and t.typrelid = h.objid) needed`

/** Columns are a row source of `oid`, `num`; given are `classid`, `objid`, `subid`, `depth`. */
export const found = (columns: string): string => `
  with recursive level as (
    select n.classid, n.objid, n.subid, 1 as depth from ${columns} c, lateral (${needing(aColumn)} and d.refobjsubid = c.num and d.classid <> 'pg_attrdef'::regclass) n
    union select n.classid, n.objid, n.subid, h.depth + 1 from level h, lateral (${needing(anObject)}) n where h.depth < ${deepest} and (n.classid, n.objid) <> (h.classid, h.objid)
  )
  select classid, objid, subid, max(depth) as depth from level group by classid, objid, subid`
