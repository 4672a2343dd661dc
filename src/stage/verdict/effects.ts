// What an act does beside what the linter has a rule for: behaviour and guarantees that change, rows that are written.
import { columnsIn, type Node, objectName, ownerName, relationName, strings, type Type, typeOf, typeText } from '../../lint/ast.ts'
import { type At, addedHere } from '../../lint/at.ts'
import type { Act } from '../../lint/scene.ts'
import type { Class } from './classes.ts'

export interface Effect {
  readonly class: Class
  readonly why: string
}

type Tell = (act: Act, at: At) => Effect | undefined

const safe: Effect = { class: 'safe-additive', why: '' }
const caution = (why: string): Effect => ({ class: 'caution', why })
const rows = (why: string): Effect => ({ class: 'data-migration', why })

/** Of what was there before; what the migration made itself is nobody's yet. */
const onOld =
  (tell: Tell): Tell =>
  (act, at) =>
    at.isFresh(at.target) ? safe : tell(act, at)

const altered = (why: (table: string, act: Act) => string): Tell => onOld((act, at) => caution(why(at.name, act)))

/** Of a column that was there before. */
const loosened = (why: (table: string, act: Act) => string): Tell =>
  onOld((act, at) => (addedHere(at, act.node.name) ? safe : caution(why(at.name, act))))

const written = (what: string): Tell => onOld((_, at) => rows(`rows of ${at.name} are ${what}`))

const families: Readonly<Record<string, string>> = {
  int2: 'number',
  int4: 'number',
  int8: 'number',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  serial: 'number',
  bigserial: 'number',
  varchar: 'text',
  text: 'text',
  bpchar: 'text',
  citext: 'text',
  date: 'time',
  timestamp: 'time',
  timestamptz: 'time',
  json: 'json',
  jsonb: 'json',
} // prettier-ignore

const widths: Readonly<Record<string, number>> = {
  int2: 2,
  serial2: 2,
  int4: 4,
  serial: 4,
  int8: 8,
  bigserial: 8,
  numeric: 9,
  float4: 9,
  float8: 9,
}

/** Fewer characters, digits or places than before. */
function loses(from: Type, to: Type): boolean {
  if (from.array !== to.array || families[from.name] !== families[to.name]) return false
  if (families[to.name] === 'text') return (to.mods[0] ?? Number.POSITIVE_INFINITY) < (from.mods[0] ?? Number.POSITIVE_INFINITY)
  if (families[to.name] === 'time') return to.name === 'date' && from.name !== 'date'
  if (families[to.name] !== 'number') return false
  if (from.name !== 'numeric' || to.name !== 'numeric') return widths[to.name]! < widths[from.name]!
  const [p0, s0 = 0] = from.mods
  const [p, s = 0] = to.mods
  return p !== undefined && p0 !== undefined && (s < s0 || p - s < p0 - s0)
}

/** A column that becomes another kind of value is another column to whoever uses it. */
const retyped: Tell = onOld((act, at) => {
  if (addedHere(at, act.node.name)) return safe
  const from = at.column(act.node.name)?.type
  const to = typeOf(act.node.def?.ColumnDef?.typeName)
  if (!from) return caution(`${at.name}.${act.node.name} has another type from now on`)
  const family = (type: typeof to) => (type.array ? 'array' : (families[type.name] ?? type.name))
  const isEnum = (name: string) => at.catalog.types.has(name)
  if (loses(from, to))
    return {
      class: 'destructive-breaking',
      why: `values of ${at.name}.${act.node.name} that do not fit ${typeText(to)} are lost or refused`,
    }
  if (family(from) === family(to) || (isEnum(from.name) && isEnum(to.name)))
    return caution(`${at.name}.${act.node.name} has another type from now on`)
  return { class: 'destructive-breaking', why: `${at.name}.${act.node.name} was ${from.name} and is ${to.name}: whoever uses it fails` }
})

/** Into columns that the migration has added itself nobody has written anything, unless they are filled by what stands for nothing. */
const allAddedHere = (at: At, columns: readonly string[]): boolean =>
  columns.length > 0 && columns.every((c) => addedHere(at, c) && at.column(c)?.default === undefined)

const constraintAdded: Tell = onOld((act, at) => {
  const { contype, keys, fk_attrs, raw_expr } = act.node.def?.Constraint ?? {}
  const columns = keys || fk_attrs ? strings(keys ?? fk_attrs) : columnsIn(raw_expr)
  return contype === 'CONSTR_PRIMARY' || allAddedHere(at, columns) ? safe : caution(`${at.name} refuses rows that it took before`)
})

/** Tables and what holds them have a rule of the linter. */
const dropped: Tell = ({ node }, at) => {
  if (['OBJECT_TABLE', 'OBJECT_FOREIGN_TABLE', 'OBJECT_SCHEMA'].includes(node.removeType)) return safe
  const old = (node.objects ?? []).filter((o: Node) => !isFreshObject(node.removeType, o, at))
  return old.length ? caution(`${old.map((o: Node) => objectName(o).name).join(', ')} ${old.length > 1 ? 'are' : 'is'} taken away`) : safe
}

function isFreshObject(kind: string, object: Node, at: At): boolean {
  const name = objectName(object)
  if (kind === 'OBJECT_TRIGGER' || kind === 'OBJECT_POLICY' || kind === 'OBJECT_RULE') return at.isFresh(ownerName(object))
  if (kind === 'OBJECT_FUNCTION' || kind === 'OBJECT_PROCEDURE') return routine(name.name, at)
  if (kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN') return at.catalog.types.get(name.name)?.fresh ?? at.catalog.closed
  if (kind === 'OBJECT_INDEX') return at.catalog.indexOwner(name.name)?.fresh ?? false
  return at.catalog.table(name)?.fresh ?? at.catalog.closed
}

const routine = (name: string, at: At): boolean => at.catalog.routines.get(name)?.fresh ?? at.catalog.closed

const viewMade: Tell = ({ node }, at) => {
  const name = relationName(node.view)
  const before = at.catalog.table(name)
  return (before ? !before.fresh : node.replace && !at.catalog.closed) ? caution(`${name.name} gives something else from now on`) : safe
}

const functionMade: Tell = ({ node }, at) => {
  const name = strings(node.funcname).at(-1) ?? ''
  const before = at.catalog.routines.get(name)
  return (before ? !before.fresh : node.replace && !at.catalog.closed) ? caution(`${name} does something else from now on`) : safe
}

const renamedThing: Tell = (act, at) => {
  const mild = ['OBJECT_INDEX', 'OBJECT_TABCONSTRAINT', 'OBJECT_SEQUENCE', 'OBJECT_TRIGGER', 'OBJECT_POLICY']
  return mild.includes(act.node.renameType) && !at.isFresh(at.target) ? caution(`${act.node.subname ?? at.name} has another name`) : safe
}

const indexed = ({ indexParams }: Node): string[] => (indexParams ?? []).flatMap((p: Node) => p.IndexElem?.name ?? columnsIn(p))

const indexMade: Tell = onOld(({ node }, at) =>
  node.unique && !allAddedHere(at, indexed(node)) ? caution(`${at.name} refuses rows that it took before`) : safe,
)

/** SELECT changes nothing, but for what it makes and for sequences. */
const selected: Tell = ({ node }) =>
  JSON.stringify(node.targetList ?? []).includes('"sval":"setval"') ? caution('a sequence is set') : safe

const tells: Readonly<Record<string, Tell>> = {
  InsertStmt: written('added'),
  UpdateStmt: written('changed'),
  DeleteStmt: written('deleted'),
  MergeStmt: written('changed'),
  CopyStmt: (act, at) => (act.node.is_from ? written('added')(act, at) : safe),
  TruncateStmt: () => safe,
  SelectStmt: selected,
  AT_AlterColumnType: retyped,
  AT_ColumnDefault: loosened((table, act) => `${table}.${act.node.name} has another default from now on`),
  AT_DropNotNull: loosened((table, act) => `${table}.${act.node.name} may be null from now on`),
  AT_SetNotNull: altered((table, act) => `${table}.${act.node.name} may not be null any more`),
  AT_DropConstraint: altered((table, act) => `${table} is not held to ${act.node.name} any more`),
  AT_AddConstraint: constraintAdded,
  AT_ValidateConstraint: altered((table, act) => `${act.node.name} of ${table} is checked on all rows`),
  AT_EnableRowSecurity: altered((table) => `who sees rows of ${table} changes`),
  AT_DisableRowSecurity: altered((table) => `who sees rows of ${table} changes`),
  AT_AddIdentity: altered((table, act) => `${table}.${act.node.name} numbers itself from now on`),
  AT_DropIdentity: altered((table, act) => `${table}.${act.node.name} numbers itself no more`),
  AT_DisableTrig: altered((table) => `triggers of ${table} do nothing`),
  AT_DisableTrigAll: altered((table) => `triggers of ${table} do nothing`),
  AT_DisableTrigUser: altered((table) => `triggers of ${table} do nothing`),
  AT_SetRelOptions: altered((table) => `options of ${table} change`),
  AT_ChangeOwner: altered((table) => `${table} has another owner`),
  CreateTrigStmt: (act, at) =>
    at.isFresh(relationName(act.node.relation))
      ? safe
      : caution(`writes of ${relationName(act.node.relation).name} do something else from now on`),
  CreatePolicyStmt: (act, at) =>
    at.isFresh(relationName(act.node.table)) ? safe : caution(`who sees rows of ${relationName(act.node.table).name} changes`),
  AlterPolicyStmt: () => caution('who sees which rows changes'),
  GrantStmt: (act, at) =>
    (act.node.objects ?? []).every((o: Node) => o.RangeVar && at.isFresh(relationName(o.RangeVar))) && act.node.objects?.length
      ? safe
      : caution('who may do what changes'),
  GrantRoleStmt: () => caution('who may do what changes'),
  AlterDefaultPrivilegesStmt: () => caution('who may do what changes'),
  AlterOwnerStmt: () => caution('something has another owner'),
  AlterFunctionStmt: () => caution('a function behaves otherwise'),
  AlterSeqStmt: () => caution('a sequence goes on elsewhere'),
  AlterDomainStmt: () => caution('a domain takes other values'),
  AlterRoleStmt: () => caution('a role may do other things'),
  AlterDatabaseSetStmt: () => caution('a setting of the database changes'),
  RuleStmt: () => caution('writes are rewritten from now on'),
  IndexStmt: indexMade,
  DropStmt: dropped,
  ViewStmt: viewMade,
  CreateFunctionStmt: functionMade,
  RenameStmt: renamedThing,
  NotRead: () => caution('a part of it is known only when it runs'),
}

export const effectOf = (act: Act, at: At): Effect => tells[act.kind]?.(act, at) ?? safe

export const isRows = (act: Act): boolean =>
  ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt', 'TruncateStmt'].includes(act.kind)
