// What a rule of the linter has to say of one statement, and the migration as a whole makes good.
import { dottedName, type Name, type Node, objectName, strings, typeOf } from '../../lint/ast.ts'
import type { At } from '../../lint/at.ts'
import type { Category } from '../../lint/rule.ts'
import type { Act } from '../../lint/scene.ts'

export function isMild(rule: string, act: Act, at: At): boolean {
  if (act.kind === 'DropStmt') return rule === 'drop-cascade' ? nothingMissed(act, at) : notThere(act, at)
  if (rule === 'rename-schema-type-enum') return isMadeWider(act, at)
  return rule === 'privilege-or-rls-change' && act.kind === 'GrantStmt' && ofNewRoles(act, at)
}

/** The table is closed for as long, but nobody fails. */
export const harmOf = (rule: string, categories: readonly Category[], act: Act, at: At): readonly Category[] =>
  rule === 'enum-swap' && isWider(act, at) ? categories.filter((c) => c !== 'breaking') : categories

const keepsAll = (before: readonly string[] | undefined, labels: readonly string[]): boolean =>
  Boolean(before?.length) && before!.every((label) => labels.includes(label))

const isTypeRenamed = ({ kind, node }: Act): boolean => kind === 'RenameStmt' && node.renameType === 'OBJECT_TYPE'
const renamedType = ({ node }: Act): string => objectName(node.object ?? {}).name

/** An enum that makes room for another of its name, with all of its labels and more: whoever knows it finds it. */
function isMadeWider(act: Act, at: At): boolean {
  if (!isTypeRenamed(act)) return false
  const name = renamedType(act)
  const again = at.later.find((a) => a.kind === 'CreateEnumStmt' && dottedName(a.node.typeName).name === name)
  return again !== undefined && keepsAll(at.catalog.types.get(name)?.labels, strings(again.node.vals))
}

/** The column is written anew, and takes whatever it took. */
function isWider(act: Act, at: At): boolean {
  const { name } = typeOf(act.node.def?.ColumnDef?.typeName)
  const before = at.earlier.find((a) => isTypeRenamed(a) && renamedType(a) === name)
  return before !== undefined && keepsAll(at.catalog.types.get(before.node.newname)?.labels, at.catalog.types.get(name)?.labels ?? [])
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
