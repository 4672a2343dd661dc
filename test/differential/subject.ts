// One case in a database: what the oracle makes of it, and how far what stands there is from that.
import type pg from 'pg'
import { type Expected, type Fate, mapAll } from '../oracle/map.ts'
import type { Casing } from '../oracle/text.ts'
import { cellOf } from '../oracle/value.ts'
import type { Row } from '../oracle/world.ts'
import { type Built, build } from './build.ts'
import { differences, type Place, place } from './compare.ts'
import { changeSql, quote, sourceSql, targetSql } from './ddl.ts'
import type { CaseSpec, TargetSpec } from './spec.ts'
import { allRows, type Rows, type TextRows, targetTypes, typeOf, worldOf } from './state.ts'

export interface Tally {
  cases: number
  refused: number
  rows: number
  quarantined: number
  filtered: number
  migrated: number
  undone: number
  spoilt: number
}

/** What the ledger says of a migration's rows. */
export interface Told {
  readonly quarantine: readonly { readonly mapping: string; readonly key: string; readonly code: string }[]
  readonly warned: readonly { readonly mapping: string; readonly key: string }[]
  readonly books: readonly Readonly<Record<string, string>>[]
}

export async function told(client: pg.Client, migration: string): Promise<Told> {
  const rows = async (sql: string) => (await client.query(sql, [migration])).rows
  return {
    quarantine: await rows('select mapping, key, code from godwit.quarantine where migration = $1'),
    warned: await rows('select distinct mapping, key from godwit.warning where migration = $1'),
    books: await rows(
      'select distinct on (mapping) b.* from godwit.books b join godwit.run r on r.id = b.run where r.migration = $1 order by mapping, b.run desc, b.pass desc',
    ),
  }
}

export class Subject {
  readonly spec: CaseSpec
  readonly schema: string
  readonly built: Built
  /** What the engine is given: the same, or the same with its sources elsewhere. */
  readonly given: Built
  readonly setup: string
  before!: Rows
  private readonly client: pg.Client
  private readonly casing: Casing

  constructor(spec: CaseSpec, schema: string, mark: string, client: pg.Client, casing: Casing, elsewhere?: string) {
    this.spec = spec
    this.schema = schema
    this.client = client
    this.casing = casing
    this.built = build(spec, schema, mark)
    this.given = elsewhere === undefined ? this.built : build(spec, schema, mark, elsewhere)
    this.setup = `create schema ${schema}; ${spec.sources.map((s) => sourceSql(s, schema)).join('\n')} ${spec.targets.map((t) => targetSql(t, schema)).join('\n')}`
  }

  now(): Promise<Rows> {
    return allRows(this.client, this.spec, this.schema)
  }

  async expected(): Promise<Expected> {
    const { sources } = await this.now()
    return mapAll(worldOf(this.spec, this.schema, { sources, targets: this.before.targets }, this.casing), this.built.mappings)
  }

  async wrong(expected: Expected, ledger: Told, tally: Tally): Promise<string[]> {
    const fates = [...expected.fates].flatMap(([mapping, of]) => this.wrongFates(mapping, of, expected, ledger, tally))
    const rows = await this.wrongRows(expected)
    return [...fates.slice(0, 8), ...rows.slice(0, 8)]
  }

  private async wrongRows(expected: Expected): Promise<string[]> {
    const wanted = this.spec.targets.map((t) => ({
      table: t.name,
      rows: expected.rows.filter((r) => r.table === `${this.schema}.${t.name}`).map((r) => r.row),
    }))
    const { targets } = await this.now()
    const found = this.spec.targets.map((t) => ({ table: t.name, rows: this.ours(t, targets.get(t.name)!) }))
    const lost = this.spec.targets.flatMap((t) => this.nativesLost(t, targets.get(t.name)!))
    return [...lost, ...differences(wanted, found, { keys: this.chosenKeys(), fixed: this.fixed() })]
  }

  private nativesLost(t: TargetSpec, rows: TextRows): string[] {
    const there = new Set(rows.map((r) => JSON.stringify(r)))
    const lost = this.before.targets.get(t.name)!.filter((r) => !there.has(JSON.stringify(r)))
    return lost.map((r) => `not ours, and changed: ${t.name} ${JSON.stringify(r)}`)
  }

  private ours(t: TargetSpec, rows: TextRows): Row[] {
    const natives = new Set(this.before.targets.get(t.name)!.map((r) => r[0]))
    const types = targetTypes(t)
    return rows.filter((r) => !natives.has(r[0]!)).map((r) => new Map(types.map((c, i) => [c.name, cellOf(typeOf(c.type).name, r[i]!)])))
  }

  private chosenKeys(): Map<Place, string> {
    const made = new Set(this.spec.targets.filter((t) => t.shape !== 'natural').map((t) => t.name))
    return new Map(
      this.spec.targets.flatMap((t) => [
        ...(made.has(t.name) ? [[place(t.name, t.key), t.name] as const] : []),
        ...t.columns
          .filter((c) => c.references && made.has(c.references.table))
          .map((c) => [place(t.name, c.name), c.references!.table] as const),
      ]),
    )
  }

  /** Keys that rows which were there before have: where they stand, nothing was chosen. */
  private fixed(): Map<Place, Set<string>> {
    const keysOf = (table: string) => new Set(this.before.targets.get(table)!.map((r) => r[0]!))
    return new Map(
      this.spec.targets.flatMap((t) =>
        t.columns.filter((c) => c.references).map((c) => [place(t.name, c.name), keysOf(c.references!.table)] as const),
      ),
    )
  }

  private wrongFates(mapping: string, fates: ReadonlyMap<string, Fate>, expected: Expected, ledger: Told, tally: Tally): string[] {
    const here = new Map(ledger.quarantine.filter((q) => q.mapping === mapping).map((q) => [q.key, q.code]))
    const loud = new Set(expected.warnings.filter((w) => w.mapping === mapping).map((w) => w.key))
    const heard = new Set(ledger.warned.filter((w) => w.mapping === mapping).map((w) => w.key))
    for (const fate of fates.values()) count(fate, tally)
    return [
      ...quarantineOf(mapping, fates, here),
      ...booksOf(
        mapping,
        fates,
        ledger.books.find((b) => b.mapping === mapping),
      ),
      ...unlike(`warnings of ${mapping}`, loud, heard),
    ]
  }

  /** Which version of each row stands there. */
  async versions(): Promise<string> {
    const found: string[] = []
    for (const t of this.spec.targets) {
      const { rows } = await this.client.query(
        `select ${quote(t.key)} as key, xmin::text as xmin, ctid::text as ctid from ${this.schema}.${quote(t.name)} order by 1`,
      )
      found.push(`${t.name}: ${rows.map((r) => `${r.key} ${r.xmin} ${r.ctid}`).join(', ')}`)
    }
    return found.join('\n  ')
  }

  async change(): Promise<void> {
    const sql = this.spec.changes.map((c) => changeSql(c, this.spec.sources.find((s) => s.name === c.table)!, this.schema)).join('\n')
    if (sql) await this.client.query(sql)
  }

  /** What of the target is not as it was before anything was migrated. */
  async notRestored(): Promise<string[]> {
    const { targets } = await this.now()
    return this.spec.targets.flatMap((t) => {
      const [was, is] = [this.before.targets.get(t.name)!, targets.get(t.name)!].map((rows) =>
        rows
          .map((r) => JSON.stringify(r))
          .toSorted()
          .join('\n'),
      ) as [string, string]
      return was === is ? [] : [`${t.name} was\n${was}\nand is\n${is}`]
    })
  }
}

function count(fate: Fate, tally: Tally): void {
  tally.rows++
  if (fate === 'migrated') tally.migrated++
  else if ('filtered' in fate) tally.filtered++
  else tally.quarantined++
}

// a row that does not go makes no group either, and that is what the engine says of it: true, if not the root of it
const tolerated = new Set(['PARENT_MISSING'])
const bare = (code: string): string => code.replace(/:.*$/s, '')

function quarantineOf(mapping: string, fates: ReadonlyMap<string, Fate>, here: ReadonlyMap<string, string>): string[] {
  const found = [...here.keys()]
    .filter((key) => !fates.has(key))
    .map((key) => `${mapping} ${JSON.stringify(key)}: in quarantine, and not in the source`)
  for (const [key, fate] of fates) {
    const code = here.get(key)
    const codes = typeof fate === 'object' && 'quarantined' in fate ? [...fate.quarantined].map(bare) : undefined
    const agrees = codes ? code !== undefined && (codes.includes(bare(code)) || tolerated.has(bare(code))) : code === undefined
    if (!agrees)
      found.push(
        `${mapping} ${JSON.stringify(key)}: expected ${codes ? `quarantine (${codes.join(', ')})` : JSON.stringify(fate)}, found ${code ?? 'no quarantine'}`,
      )
  }
  return found
}

function booksOf(mapping: string, fates: ReadonlyMap<string, Fate>, books: Readonly<Record<string, string>> | undefined): string[] {
  const all = [...fates.values()]
  const migrated = all.filter((f) => f === 'migrated').length
  const filtered = all.filter((f) => typeof f === 'object' && 'filtered' in f).length
  const wanted = `read ${all.length} migrated ${migrated} quarantined ${all.length - migrated - filtered} filtered ${filtered}`
  const found = ['read', 'migrated', 'quarantined', 'filtered'].map((n) => `${n} ${books?.[n]}`).join(' ')
  return wanted === found ? [] : [`books of ${mapping}: expected ${wanted}, found ${found}`]
}

function unlike(what: string, wanted: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  const [missing, surplus] = [[...wanted].filter((k) => !found.has(k)), [...found].filter((k) => !wanted.has(k))]
  return missing.length || surplus.length ? [`${what}: missing ${JSON.stringify(missing)}, too many ${JSON.stringify(surplus)}`] : []
}
