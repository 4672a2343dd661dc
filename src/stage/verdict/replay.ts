// Migrations one after the other, each judged by the schema that those before it leave.
import { actsOf } from '../../lint/acts.ts'
import { type Name, objectName, relationName } from '../../lint/ast.ts'
import { At } from '../../lint/at.ts'
import { emptyTable } from '../../lint/catalog.ts'
import { judgePlain } from '../../lint/plain/judge.ts'
import { read, type Statement } from '../../lint/read.ts'
import { take } from '../../lint/replay/effects.ts'
import type { Rule } from '../../lint/rule.ts'
import { rules } from '../../lint/rules/index.ts'
import { type Act, newestPostgres, Scene } from '../../lint/scene.ts'
import type { Migration, Operation } from '../types.ts'
import { type Class, classesOf, tellsWhatIsDone } from './classes.ts'
import { effectOf } from './effects.ts'
import { harmOf, isMild } from './mild.ts'
import { type Touched, touchedBy } from './objects.ts'
import { type RowWork, rowWorkOf } from './row-work.ts'
import { madeAnew, wordsOf } from './words.ts'

export interface Reason {
  readonly class: Class
  readonly why: string
  readonly line: number
}

export interface JudgedOperation {
  readonly operation: Operation
  readonly reasons: readonly Reason[]
  readonly touched: readonly Touched[]
  readonly rows: readonly RowWork[]
  /** Rules of the linter that have something to say of what is done. */
  readonly findings: readonly { readonly rule: string; readonly message: string }[]
  /** Kinds of its acts, as the parser names them. */
  readonly kinds: readonly string[]
  /** Whether the SQL could not be read. */
  readonly unread: boolean
}

const byKind = new Map<string, Rule[]>()
for (const rule of rules.filter((r) => tellsWhatIsDone(r.id)))
  for (const kind of rule.on) byKind.set(kind, [...(byKind.get(kind) ?? []), rule])

interface Placed {
  readonly act: Act
  readonly from: Operation
}

export class Replay {
  readonly #scene = new Scene({ pg: newestPostgres, inTransaction: undefined, zone: 'UTC' })
  readonly #before: string[] = []
  /** Tables that were made so far, where there is no catalogue. */
  readonly #made = new Set<string>()

  /** `closed`: the pile begins at the beginning, so that what is not in it is not there. */
  constructor(closed: boolean) {
    this.#scene.catalog.closed = closed
  }

  judge(migration: Migration): JudgedOperation[] {
    const scene = this.#scene
    scene.judging = false
    for (const sql of migration.before ?? []) this.#take(read(sql), sql)
    scene.catalog.settle()
    scene.judging = true
    scene.begun = scene.lockTimeout = false
    scene.runners = true
    scene.nextTransaction()
    return migration.dialect === 'postgres' ? this.#read(migration) : this.#plain(migration, migration.dialect)
  }

  #take(statements: readonly Statement[], sql: string): void {
    for (const s of statements) for (const act of actsOf(s, sql.slice(s.from, s.to), this.#scene.catalog)) take(act, this.#scene)
  }

  #read({ up }: Migration): JudgedOperation[] {
    const placed: Placed[] = []
    const unread = new Set<Operation>()
    for (const operation of up) for (const act of this.#actsIn(operation, unread)) placed.push({ act, from: operation })
    const acts = placed.map((p) => p.act)
    const told = new Map<Operation, JudgedOperation>()
    placed.forEach(({ act, from }, i) => {
      this.#believe(act, from)
      const at = new At(this.#scene, acts, i)
      told.set(from, joined(told.get(from), this.#one(act, at, from)))
      take(act, this.#scene)
    })
    return up.map((o) => (unread.has(o) ? joined(told.get(o), this.#unreadOperation(o)) : (told.get(o) ?? withoutSql(o))))
  }

  /** Who takes a table away without asking knows that it is there, though nobody here has made it. */
  #believe({ kind, node }: Act, { conditional }: Operation): void {
    if (kind !== 'DropStmt' || node.removeType !== 'OBJECT_TABLE' || node.missing_ok || conditional) return
    const { catalog } = this.#scene
    for (const name of (node.objects ?? []).map(objectName)) if (catalog.lacks(name)) catalog.put(emptyTable(name, { whole: false }))
  }

  /** SQL that the parser refuses is told by its words. */
  #unreadOperation(operation: Operation): JudgedOperation {
    const fresh = [...this.#scene.catalog.tables.values()].filter((t) => t.fresh).map((t) => t.name.name.toLowerCase())
    return { ...wordsOf(operation, 'postgres', new Set(fresh)), unread: true }
  }

  #actsIn(operation: Operation, unread: Set<Operation>): Act[] {
    const { sql } = operation
    if (sql === undefined) return []
    return read(sql).flatMap((s) => {
      if (s.error) unread.add(operation)
      const acts = s.error ? [] : actsOf(s, sql.slice(s.from, s.to), this.#scene.catalog)
      // a function may be called by a statement further down, and what it does is an act then
      if (s.kind === 'CreateFunctionStmt' && this.#scene.catalog.routines.get(acts[0]?.node.funcname?.at(-1)?.String?.sval) === undefined)
        for (const act of acts) take(act, this.#scene)
      return acts
    })
  }

  #one(act: Act, at: At, operation: Operation): JudgedOperation {
    const found = (byKind.get(act.kind) ?? []).flatMap((rule) => {
      if (!rule.always && at.isFresh(relation(act))) return []
      const finding = rule.check(act, at)
      return finding && !isMild(rule.id, act, at) ? [{ rule: rule.id, ...finding }] : []
    })
    const reasons = found.flatMap((f) =>
      classesOf({ ...f, categories: harmOf(f.rule, f.categories, act, at) }).map((c) => ({
        class: c,
        why: f.message,
        line: operation.line,
      })),
    )
    const effect = effectOf(act, at)
    const own = effect.class === 'safe-additive' ? [] : [{ ...effect, line: operation.line }]
    const rows = rowWorkOf(act, at)
    return {
      operation,
      reasons: [...reasons, ...own],
      touched: touchedBy(act, at),
      rows: rows ? [rows] : [],
      findings: found.map(({ rule, message }) => ({ rule, message })),
      kinds: [act.kind],
      unread: false,
    }
  }

  /** Judged as one text, because what it makes at its top is its own further down. */
  #plain({ up }: Migration, dialect: 'mysql' | 'sqlite'): JudgedOperation[] {
    const starts: number[] = []
    let whole = ''
    for (const { sql } of up) {
      starts.push(whole.length)
      whole += `${sql ?? ''}\n;\n`
    }
    const { findings } = judgePlain(dialect, whole, this.#before)
    this.#before.push(whole)
    const fresh = new Set(madeAnew(whole, { mysql: dialect === 'mysql' }, this.#made))
    const ofFresh = (text: string) => /^DROP TABLE IF EXISTS\W+(\w+)/i.exec(text)?.[1]?.toLowerCase() ?? ''
    const told = findings.filter((f) => tellsWhatIsDone(f.rule) && !fresh.has(ofFresh(whole.slice(f.from, f.to))))
    const judged = up.map((operation, i) => {
      const own = told.filter((f) => starts.findLastIndex((s) => s <= f.from) === i)
      const reasons = own.flatMap((f) => classesOf(f).map((c) => ({ class: c, why: f.message, line: operation.line })))
      const words = operation.sql === undefined ? withoutSql(operation) : wordsOf(operation, dialect, fresh)
      return joined({ ...words, findings: own }, { ...empty(operation), reasons })
    })
    for (const name of fresh) this.#made.add(name)
    return judged
  }
}

const relation = (act: Act): Name => relationName(act.whole.relation ?? act.node.relation)

const empty = (operation: Operation): JudgedOperation => ({
  operation,
  reasons: [],
  touched: [],
  rows: [],
  findings: [],
  kinds: [],
  unread: false,
})

function withoutSql(operation: Operation): JudgedOperation {
  const { line, kind, effect } = operation
  if (effect === 'rows')
    return {
      ...empty(operation),
      reasons: [{ class: 'data-migration', why: `${kind} changes rows by code`, line }],
      kinds: ['Code'],
      rows: [{ how: 'code', table: undefined }],
    }
  if (effect === 'unknown')
    return {
      ...empty(operation),
      reasons: [{ class: 'caution', why: `what ${kind} does is not known`, line }],
      kinds: ['Code'],
      unread: true,
    }
  return empty(operation)
}

function joined(a: JudgedOperation | undefined, b: JudgedOperation): JudgedOperation {
  if (!a) return b
  return {
    operation: a.operation,
    reasons: [...a.reasons, ...b.reasons],
    touched: [...a.touched, ...b.touched],
    rows: [...a.rows, ...b.rows],
    findings: [...a.findings, ...b.findings],
    kinds: [...a.kinds, ...b.kinds],
    unread: a.unread || b.unread,
  }
}
