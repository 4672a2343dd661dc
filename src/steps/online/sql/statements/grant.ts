// Rights: an undo takes back those that were not there before, and gives back those that were.
import { strings } from '../../../../lint/ast.ts'
import type { Row } from '../../../hands.ts'
import { named, relation, short } from '../../words.ts'
import { noSuch, onFresh, saying } from '../as-it-is.ts'
import { type Compile, inExpand } from '../here.ts'
import { unknown } from './unknown.ts'

const rightsOf = (
  id: string,
): string => `select string_agg(format('%s %s%s', privilege_type, case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
    case when is_grantable then ' with grant option' else '' end), e'\\n' order by privilege_type, grantee) as rights
  from pg_class, aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's'::"char" else 'r'::"char" end, relowner))) where oid = ${relation(id)} and grantee <> relowner`

export const grant: Compile = (here) => {
  const { targtype, objtype, objects = [], privileges = [], behavior } = here.node
  here.refuseCascade(behavior)
  if (objects.some((o: object) => here.isFresh(here.named(nameOf(o))))) return [inExpand([], onFresh(here))]
  const columns = privileges.some((p: { AccessPriv?: { cols?: unknown } }) => p.AccessPriv?.cols)
  const [object] = objects
  if (targtype !== 'ACL_TARGET_OBJECT' || !['OBJECT_TABLE', 'OBJECT_SEQUENCE'].includes(objtype) || columns) return unknown(here)
  if (objects.length > 1) here.refuse('it is about several at once', 'Write a statement for each.')
  const id = here.named(nameOf(object))
  const on = objtype === 'OBJECT_SEQUENCE' ? `sequence ${named(id)}` : named(id)
  return [
    inExpand(
      [`${id}.*`],
      saying(here, {
        title: `rights on ${short(id)}`,
        changes: id,
        as: rightsOf(id),
        back: (was) => [rightsAway(id, on), ...rightsAgain(was, on)],
        against: noSuch(id, `${relation(id)} is not null`),
      }),
    ),
  ]
}

const nameOf = (object: { RangeVar?: { schemaname?: string; relname: string }; List?: { items: object[] } }) =>
  object.RangeVar
    ? { schema: object.RangeVar.schemaname, name: object.RangeVar.relname }
    : { name: strings(object.List?.items ?? [object as object]).at(-1) ?? '' }

/** All but the owner's. */
const rightsAway = (id: string, on: string): string => `do $$ declare g record; begin
  for g in select distinct case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who from pg_class, aclexplode(relacl) where oid = ${relation(id)} and grantee <> relowner
  loop execute format('revoke all on %s from %s', '${on.replaceAll("'", "''")}', g.who); end loop;
end $$`

const rightsAgain = ({ rights }: Row, on: string): string[] =>
  (rights ?? '').split('\n').flatMap((line) => {
    const [, what, who] = /^(\w+) (.*)$/.exec(line) ?? []
    return what ? [`grant ${what} on ${on} to ${who}`] : []
  })
