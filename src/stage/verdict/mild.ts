// What a rule of the linter has to say of one statement, and the migration as a whole makes good.
import { type Name, type Node, objectName } from '../../lint/ast.ts'
import type { At } from '../../lint/at.ts'
import type { Act } from '../../lint/scene.ts'

export function isMild(rule: string, act: Act, at: At): boolean {
  if (act.kind === 'DropStmt') return rule === 'drop-cascade' ? nothingMissed(act, at) : notThere(act, at)
  return rule === 'privilege-or-rls-change' && act.kind === 'GrantStmt' && ofNewRoles(act, at)
}

/** Of views, functions, triggers and indexes: what is taken away with them is known, or they are made again at once. */
const remade = ['OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_TRIGGER', 'OBJECT_INDEX', 'OBJECT_POLICY']

function nothingMissed(act: Act, at: At): boolean {
  if (notThere(act, at)) return true
  if (!remade.includes(act.node.removeType)) return false
  const later = new Set(at.later.flatMap(madeBy))
  return (act.node.objects ?? []).every((o: Node) => at.catalog.viewsOver(objectName(o).name).every((view) => later.has(view)))
}

const madeBy = ({ kind, node }: Act): string[] => {
  if (kind === 'ViewStmt') return [node.view?.relname]
  return kind === 'CreateTableAsStmt' ? [node.into?.rel?.relname] : []
}

/** IF EXISTS, and it does not. */
function notThere({ node }: Act, at: At): boolean {
  if (!node.missing_ok || !at.catalog.closed) return false
  return (node.objects ?? []).every((o: Node) => !isThere(node.removeType, objectName(o), at))
}

function isThere(kind: string, name: Name, at: At): boolean {
  if (kind === 'OBJECT_FUNCTION' || kind === 'OBJECT_PROCEDURE') return at.catalog.routines.has(name.name)
  if (kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN') return at.catalog.types.has(name.name)
  if (kind === 'OBJECT_INDEX') return at.catalog.indexOwner(name.name) !== undefined
  return !['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_MATVIEW', 'OBJECT_SEQUENCE'].includes(kind) || at.catalog.table(name) !== undefined
}

function ofNewRoles(act: Act, at: At): boolean {
  const made = at.earlier.filter((a) => a.kind === 'CreateRoleStmt').map((a) => a.node.role)
  const named: string[] = (act.node.grantees ?? []).map((g: Node) => g.RoleSpec?.rolename)
  return named.length > 0 && named.every((name) => made.includes(name))
}
