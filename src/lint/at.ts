// What a rule may ask of the place where an act stands.
import { type Name, type Node, nameInSql, relationName, said } from './ast.ts'
import type { Catalog, Column, Table } from './catalog.ts'
import type { Found, Lock } from './rule.ts'
import type { Act, Scene } from './scene.ts'

/** Rows a second, on a machine that is neither fast nor slow. */
const speeds = { read: 500_000, rewritten: 150_000, indexed: 300_000 } as const
export type Work = keyof typeof speeds

export class At {
  readonly scene: Scene
  readonly act: Act
  readonly #all: readonly Act[]
  readonly #place: number
  constructor(scene: Scene, all: readonly Act[], place: number) {
    this.scene = scene
    this.act = all[place]!
    this.#all = all
    this.#place = place
  }

  /** What the migration does after this act. */
  get later(): readonly Act[] {
    return this.#all.slice(this.#place + 1)
  }

  get earlier(): readonly Act[] {
    return this.#all.slice(0, this.#place)
  }

  get catalog(): Catalog {
    return this.scene.catalog
  }

  get target(): Name {
    return relationName(this.act.whole.relation ?? this.act.node.relation)
  }

  /** Undefined where it was never seen: then it is there, and full. */
  get table(): Table | undefined {
    return this.catalog.table(this.target)
  }

  get name(): string {
    return said(this.target)
  }

  /** As a statement has to name it. */
  get written(): string {
    return nameInSql(this.target)
  }

  column(name: string | undefined): Column | undefined {
    return this.table?.columns.get(name ?? '')
  }

  isFresh(name: Name): boolean {
    return this.catalog.table(name)?.fresh === true
  }

  short(mode: string, on: readonly string[] = [this.name]): Lock {
    return { mode, on, work: 'for a moment, behind every query that runs' }
  }

  long(mode: string, work: Work, others: readonly string[] = []): Lock {
    return { mode, on: [this.name, ...others], work: `while ${this.#rows()} ${work}${this.#time(work)}`, scans: true }
  }

  #rows(): string {
    const rows = this.table?.rows
    return rows === undefined ? 'every row is' : `${short(rows)} rows are`
  }

  #time(work: Work): string {
    const rows = this.table?.rows
    return rows === undefined ? '' : ` (~ ${seconds(rows / speeds[work])})`
  }
}

const short = (n: number): string => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : n >= 1e3 ? `${Math.round(n / 1e3)} k` : String(n))
const seconds = (s: number): string => (s >= 90 ? `${Math.round(s / 60)} min` : `${Math.max(1, Math.round(s))} s`)

export const heldLong = (lock: Lock, instead: readonly string[] = [], rewrite = false): Found => ({
  categories: rewrite ? ['lock-heavy', 'rewrite'] : ['lock-heavy'],
  message: lockText(lock),
  lock,
  instead,
})

export const lockText = ({ mode, on, work }: Lock): string => `${mode} on ${on.join(' and ')} ${work}`

/** The act of an ALTER TABLE with this name of a column or constraint. */
export const isOn = (act: Act, kind: string, table: string, name?: string): boolean =>
  act.kind === kind && said(relationName(act.whole.relation)) === table && (name === undefined || act.node.name === name)

export const constraintNode = (act: Act): Node => act.node.def?.Constraint ?? {}

/** A column that the migration has added itself: nobody else knows it. */
export const addedHere = (at: At, column: string): boolean =>
  at.earlier.some((a) => isOn(a, 'AT_AddColumn', at.name) && a.node.def?.ColumnDef?.colname === column)
