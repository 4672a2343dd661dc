// What hangs on a column by its number: one kind a file beside this one, which says how it is known, taken down and put up again.

export interface Kind {
  /** The catalogue that has it. */
  readonly catalogue: string
  /** Joined to what was found, `f`: `pg_policy p on p.oid = f.objid` */
  readonly of: string
  /** SQL: what people call it. */
  readonly name: string
  /** SQL: the relation that is locked when it is taken down; null where nobody waits for that. */
  readonly locks: string
  /** SQL: the statement that takes it down. */
  readonly away: string
  /** SQL: the statements that put it up again, in their order; nulls among them say nothing. */
  readonly made: string
  /** It acts on what a statement says, and sees nothing of what a trigger makes of that. */
  readonly seesStatements?: true
  /** The version of Postgres from which on it hangs on columns. */
  readonly since?: number
}

/** SQL: a relation with its schema, as a statement says it. */
export const full = (relation: string): string =>
  `(select format('%I.%I', n.nspname, k.relname) from pg_class k join pg_namespace n on n.oid = k.relnamespace where k.oid = ${relation})`

/** SQL: who has a right. */
export const who = (grantee: string): string => `case ${grantee} when 0 then 'public' else quote_ident(pg_get_userbyid(${grantee})) end`
export const passedOn = (g: string): string => `case when ${g}.is_grantable then ' with grant option' else '' end`

/** SQL: those to whom somebody gives a right to all that is new, `r` of relations and `f` of functions. */
export const givenToAll = (kind: 'r' | 'f', owner: string, what: string): string =>
  `array(select distinct format('revoke all on %s from %s', ${what}, ${who('g.grantee')}) from pg_default_acl, aclexplode(defaclacl) g where defaclobjtype = '${kind}' and g.grantee <> ${owner})`

/** SQL: which of the four ways a trigger or a rule fires in, as `alter table` says it; nothing where it does so as when it was made. */
export const firing = (state: string, kind: 'trigger' | 'rule', table: string, name: string): string =>
  `case when ${state} <> 'O' then format('alter table %s %s ${kind} %I', ${table}, case ${state} when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica' end, ${name}) end`
