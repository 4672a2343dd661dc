// SQL, and what is known of the place where it will run, into findings.
import { actsOf } from './acts.ts'
import { relationName } from './ast.ts'
import { At } from './at.ts'
import { hasWayBack, includesIn } from './directive.ts'
import { editsIn } from './edits.ts'
import { read, readAgain, type Statement } from './read.ts'
import { take } from './replay/effects.ts'
import { type Category, categories, type Found, isDanger, type Rule } from './rule.ts'
import { rules } from './rules/index.ts'
import { type Act, type Circumstances, Scene } from './scene.ts'
import type { Piece } from './split.ts'

export interface Asked extends Circumstances {
  readonly sql: string
  /** The same file as it ran elsewhere; undefined where it did not, or nobody knows. */
  readonly applied?: string | undefined
  /** What is there before, as SQL: dumps, migrations that ran. */
  readonly history: readonly string[]
  /** Whether the history makes everything that is there. */
  readonly closed: boolean
}

type Place = Omit<Asked, 'sql' | 'applied'>

export interface Finding extends Found {
  readonly rule: string
  readonly dangerous: boolean
  readonly from: number
  readonly to: number
}

export interface Judged {
  readonly dangerous: boolean
  readonly categories: readonly Category[]
  readonly findings: readonly Finding[]
  readonly statements: number
  /** Where each statement ends. */
  readonly ends: readonly number[]
}

const byKind = new Map<string, Rule[]>()
for (const rule of rules) for (const kind of rule.on) byKind.set(kind, [...(byKind.get(kind) ?? []), rule])

export const judge = (asked: Asked): Judged => judging(asked)(asked.sql, asked.inTransaction, asked.applied)

/** Judges one migration after the other, each by the schema that those before it leave. */
export function judging(place: Place): (sql: string, inTransaction: boolean | undefined, applied?: string) => Judged {
  const scene = sceneAfter(place)
  return (sql, inTransaction, applied) => judged(sql, inTransaction, scene, applied)
}

function judged(sql: string, inTransaction: boolean | undefined, scene: Scene, applied: string | undefined): Judged {
  const statements = read(sql)
  const findings: Finding[] = []
  const acts: Act[] = []
  begin(scene, inTransaction)
  const known = new Map(scene.catalog.routines)
  for (const s of statements) {
    const taken = actsOf(s, sql.slice(s.from, s.to), scene.catalog)
    acts.push(...taken)
    // a function may be called by a statement further down, and what it does is an act then
    if (s.kind === 'CreateFunctionStmt') for (const act of taken) take(act, scene)
  }
  scene.catalog.routines = known
  if (acts.length && hasWayBack(sql) === false) acts.push(noWayBack(acts.at(-1)!))
  acts.push(...notWritten('Included', includesIn(sql)), ...notWritten('Edited', editsIn(sql, applied)))
  let last: Statement | undefined
  acts.forEach((act, i) => {
    if (!scene.inTransaction && act.statement !== last) scene.nextTransaction()
    last = act.statement
    const at = new At(scene, acts, i)
    for (const rule of byKind.get(act.kind) ?? []) findings.push(...told(rule, act, at))
    hold(act, at)
    take(act, scene)
  })
  return summed(once(findings), statements)
}

/** Told at the last statement: it is the file that lacks it. */
const noWayBack = (last: Act): Act => ({ ...last, kind: 'NoWayBack', node: {}, whole: {} })

/** What is not in a statement: told where it stands in the file. */
const notWritten = (kind: string, pieces: readonly Piece[]): Act[] =>
  pieces.map((piece) => ({ kind, node: {}, whole: {}, statement: { kind, node: {}, ...piece }, text: '' }))

/** Commands of ALTER TABLE that readers need not wait for. */
const mild =
  /^AT_(ValidateConstraint|SetStatistics|(Set|Reset)Options|ClusterOn|DropCluster|(Set|Reset)RelOptions|AttachPartition|(Enable|Disable)(Always|Replica)?Trig\w*)$/

function hold(act: Act, at: At): void {
  const fk = act.node.def?.Constraint?.contype === 'CONSTR_FOREIGN'
  if (act.kind.startsWith('AT_') && !mild.test(act.kind) && !fk && !at.table?.fresh && at.scene.inTransaction)
    at.scene.exclusive.add(at.name)
}

function begin(scene: Scene, inTransaction: boolean | undefined): void {
  scene.catalog.settle()
  scene.judging = true
  scene.begun = scene.borrowed = scene.lockTimeout = false
  scene.runners = inTransaction === true
  scene.alone = inTransaction === false
  scene.nextTransaction()
}

function sceneAfter(place: Place): Scene {
  const scene = new Scene(place)
  const whole = place.history.map((sql) => replay(sql, scene)).every(Boolean)
  scene.catalog.closed = place.closed && whole
  scene.zone = place.zone
  return scene
}

/** Whether all of it could be read. */
function replay(sql: string, scene: Scene): boolean {
  const statements = readAgain(sql)
  for (const s of statements) for (const act of actsOf(s, sql.slice(s.from, s.to), scene.catalog)) take(act, scene)
  for (const [, table, rows] of sql.matchAll(/^--\s*rows\s+(?:\w+\.)?(\w+)\s+(\d+)/gm)) {
    const found = scene.catalog.table({ name: table! })
    if (found) found.rows = Number(rows)
  }
  return statements.every((s) => !s.error)
}

function told(rule: Rule, act: Act, at: At): Finding[] {
  if (act.whole.missing_ok && act.kind.startsWith('AT_') && at.catalog.lacks(at.target)) return []
  if (!rule.always && at.isFresh(relationName(act.whole.relation ?? act.node.relation))) return []
  const found = rule.check(act, at)
  const { from, to } = act.statement
  return found ? [{ ...found, rule: rule.id, dangerous: found.categories.some(isDanger), from, to }] : []
}

/** A loop that stands in two branches is told once. */
const once = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((f) => [`${f.rule} ${f.from} ${f.message}`, f])).values(),
]

export function summed(findings: readonly Finding[], statements: readonly { readonly to: number }[]): Judged {
  const named = new Set(findings.flatMap((f) => f.categories))
  return {
    dangerous: findings.some((f) => f.dangerous),
    categories: named.size ? categories.filter((c) => named.has(c)) : ['safe'],
    findings,
    statements: statements.length,
    ends: statements.map((s) => s.to),
  }
}
