// The rows of a delivery in MariaDB: staged as texts in a temporary table, and from there written, compared and read back in sets.
import { notAsSent } from '../../../errors/target.ts'
import { type Delta, Moved, rowName, type TargetColumn, type TargetTable } from '../../workshop/engine.ts'
import { quote, tableName } from '../connection.ts'
import type { Ask } from '../schema.ts'
import { carriedBy } from './carried.ts'
import { inBatches } from './ledger.ts'
import type { Described } from './tables.ts'

/** A statement with values bound as texts. */
export type Run = (sql: string, values: readonly (string | null)[]) => Promise<number>

export class Stage {
  readonly delta: Delta
  private readonly ask: Ask
  private readonly run: Run
  private readonly name: string
  private readonly places: Described['places']
  /** Columns that point at rows which may come later: left null at first. */
  private readonly later: ReadonlySet<string>
  /** All that point at rows of the delivery, and may be null. */
  private readonly pointing: ReadonlySet<string>

  constructor(
    delta: Delta,
    n: number,
    references: { later: ReadonlySet<string>; pointing: ReadonlySet<string> },
    there: { ask: Ask; run: Run; places: Described['places'] },
  ) {
    this.delta = delta
    this.name = quote(`godwit_stage_${n}`)
    this.later = references.later
    this.pointing = references.pointing
    this.ask = there.ask
    this.run = there.run
    this.places = there.places
  }

  async fill(): Promise<void> {
    const { table, columns } = this.delta
    const keys = table.key.map((k, i) => `k${i} ${this.declared(k)}`)
    const texts = columns.flatMap((_, i) => [`b${i} longtext`, `a${i} longtext`])
    await this.ask(`drop temporary table if exists ${this.name}`)
    await this.ask(
      `create temporary table ${this.name} (op char(1), ${[...keys, ...texts].join(', ')}, done int not null default 0, key (${table.key.map((_, i) => `k${i}`).join(', ')})) engine = InnoDB default charset utf8mb4 collate utf8mb4_bin`,
    )
    const names = ['op', ...table.key.map((_, i) => `k${i}`), ...columns.map((_, i) => `b${i}`), ...columns.map((_, i) => `a${i}`)]
    const row = ['?', ...table.key.map((k) => this.carried(this.column(k)).write('?')), ...columns.flatMap(() => ['?', '?'])]
    await inBatches(this.run, `insert into ${this.name} (${names.join(', ')}) values `, names.length, this.rows(), `(${row.join(', ')})`)
  }

  private async *rows(): AsyncGenerator<(string | null)[]> {
    const { delta } = this
    const at = delta.table.key.map((k) => delta.columns.findIndex((c) => c.name === k))
    const none = delta.columns.map(() => null)
    for await (const b of delta.removed()) yield ['-', ...at.map((i) => b[i]!), ...b, ...none]
    for await (const { before: b, after: a } of delta.changed()) yield ['~', ...at.map((i) => a[i]!), ...b, ...a]
    for await (const a of delta.added()) yield ['+', ...at.map((i) => a[i]!), ...none, ...a]
  }

  private declared(key: string): string {
    const { declared, collation } = this.places.get(`${this.delta.table.name}.${key}`)!
    return collation === null ? declared : `${declared} character set ${collation.split('_')[0]} collate ${collation}`
  }

  private column(name: string): TargetColumn {
    return this.delta.columns.find((c) => c.name === name)!
  }

  private carried(c: TargetColumn) {
    return carriedBy(c.declared, c.type)
  }

  private get target(): string {
    return tableName(this.delta.table.id)
  }

  private get on(): string {
    return this.delta.table.key.map((k, i) => `t.${quote(k)} = s.k${i}`).join(' and ')
  }

  private same(side: 'a' | 'b'): string[] {
    return this.delta.columns.map((c, i) => this.carried(c).same(`t.${quote(c.name)}`, `s.${side}${i}`))
  }

  /** Rows that are to be changed or removed must be as they were brought; they are locked from here on. */
  async refuseMoved(): Promise<void> {
    const { table } = this.delta
    const first = `t.${quote(table.key[0]!)}`
    const keys = table.key.map((_, i) => `s.b${this.delta.columns.findIndex((c) => c.name === table.key[i])}`)
    const rows = await this.ask(
      `select ${first} is null, ${keys.join(', ')} from ${this.name} s left join ${this.target} t on ${this.on} where s.op <> '+' and (${first} is null or not (${this.same('b').join(' and ')})) limit 1 for update`,
    )
    if (rows[0]) throw new Moved(table.id, rowName(table.key, rows[0].slice(1)), rows[0][0] === '1' ? 'was removed' : 'was changed')
  }

  /** Rows that go let go of those that they point at, so that the order does not matter. */
  async loosen(): Promise<void> {
    if (this.later.size && this.delta.counts.removed) {
      const none = [...this.later].map((c) => `t.${quote(c)} = null`)
      await this.ask(`update ${this.target} t join ${this.name} s on ${this.on} set ${none.join(', ')} where s.op = '-'`)
    }
    if (this.pointing.size && this.delta.counts.changed) await this.loosenChanged()
  }

  /** Rows that are to point at others: what they point at now may be about to go. */
  private async loosenChanged(): Promise<void> {
    const { columns } = this.delta
    const at = (name: string) => columns.findIndex((c) => c.name === name)
    const moves = (name: string) => `not (s.a${at(name)} <=> s.b${at(name)})`
    const kept = columns.filter((c) => !this.pointing.has(c.name) && !this.delta.table.key.includes(c.name))
    const set = [
      ...[...this.pointing].map((c) => `t.${quote(c)} = if(${moves(c)}, null, t.${quote(c)})`),
      // named, or MariaDB would set some to the time by itself
      ...kept.map((c) => `t.${quote(c.name)} = t.${quote(c.name)}`),
    ]
    await this.ask(
      `update ${this.target} t join ${this.name} s on ${this.on} set ${set.join(', ')} where s.op = '~' and (${[...this.pointing].map(moves).join(' or ')})`,
    )
  }

  async remove(): Promise<void> {
    await this.ask(`delete t from ${this.target} t join ${this.name} s on ${this.on} where s.op = '-'`)
  }

  /** Rows of the application's that a cascade would take along: they have come since. */
  async refuseCascade(tables: readonly TargetTable[]): Promise<void> {
    const { table } = this.delta
    for (const child of tables) {
      for (const f of child.foreignKeys.filter((x) => x.to === table.id && x.onDelete === 'cascade')) {
        const at = (k: string) => this.delta.columns.findIndex((c) => c.name === k)
        const agree = f.columns.map((c, i) => this.carried(this.column(f.toColumns[i]!)).same(`c.${quote(c)}`, `s.b${at(f.toColumns[i]!)}`))
        const hang = await this.ask(
          `select 1 from ${this.name} s join ${tableName(child.id)} c on ${agree.join(' and ')} where s.op = '-' and ${this.stays(child, f.columns)} limit 1 for update`,
        )
        if (hang.length) throw new Moved(child.id, 'has a row that', `came and points at a row of ${table.id} that goes`)
      }
    }
  }

  /** A row that points at itself goes by itself. */
  private stays(child: TargetTable, columns: readonly string[]): string {
    if (child.id !== this.delta.table.id) return 'true'
    return `not exists (select 1 from ${this.name} o where o.op = '-' and ${child.key.map((k, i) => `o.k${i} = c.${quote(k)}`).join(' and ')}) and c.${quote(columns[0]!)} is not null`
  }

  private set(which: (c: TargetColumn) => boolean): string {
    return this.delta.columns.flatMap((c, i) => (which(c) ? [`t.${quote(c.name)} = ${this.carried(c).write(`s.a${i}`)}`] : [])).join(', ')
  }

  /** All columns are named, or MariaDB would set some to the time by itself. */
  async change(): Promise<void> {
    const { table, counts } = this.delta
    const set = this.set((c) => !table.key.includes(c.name) && !this.later.has(c.name))
    if (!counts.changed || !set) return
    const update = `update ${this.target} t join ${this.name} s on ${this.on} set ${set}${this.later.size ? this.alsoNow() : ''}`
    try {
      await this.ask(`${update} where s.op = '~'`)
    } catch (problem) {
      if ((problem as { errno?: number }).errno !== duplicate) throw problem
      await this.changeInRounds(update)
    }
  }

  /** What is written later keeps until then what it has. */
  private alsoNow(): string {
    return [...this.later].map((c) => `, t.${quote(c)} = t.${quote(c)}`).join('')
  }

  /** First those whose new values nobody else holds, until no more can go. */
  private async changeInRounds(update: string): Promise<void> {
    const { table, columns } = this.delta
    const ready = quote('godwit_ready')
    const taken = table.uniques.flatMap((u) => {
      const at = u.parts.map((p) =>
        columns.findIndex((c) => ('column' in p ? p.column === c.name : p.sql.includes(`"${c.name.replaceAll('"', '""')}"`))),
      )
      if (at.some((i) => i < 0)) return []
      const agree = at.map((i) => `x.${quote(columns[i]!.name)} = ${this.carried(columns[i]!).write(`s.a${i}`)}`)
      const other = table.key.map((k, i) => `x.${quote(k)} = s.k${i}`).join(' and ')
      return [`not exists (select 1 from ${this.target} x where ${agree.join(' and ')} and not (${other}))`]
    })
    for (let more = true; more; ) {
      await this.ask(`drop temporary table if exists ${ready}`)
      await this.ask(
        `create temporary table ${ready} as select ${table.key.map((_, i) => `s.k${i}`).join(', ')} from ${this.name} s where s.op = '~' and s.done = 0${taken.map((t) => ` and ${t}`).join('')}`,
      )
      const same = table.key.map((_, i) => `r.k${i} = s.k${i}`).join(' and ')
      await this.run(update.replace(`join ${this.name} s`, `join (${this.name} s join ${ready} r on ${same})`), [])
      more = (await this.run(`update ${this.name} s join ${ready} r on ${same} set s.done = 1`, [])) > 0
    }
    // what is left exchanges values in a circle: the server says so
    await this.ask(`${update} where s.op = '~' and s.done = 0`)
  }

  async add(): Promise<void> {
    const { columns, counts } = this.delta
    if (!counts.added) return
    const values = columns.map((c, i) => (this.later.has(c.name) ? 'null' : this.carried(c).write(`s.a${i}`)))
    await this.ask(
      `insert into ${this.target} (${columns.map((c) => quote(c.name)).join(', ')}) select ${values.join(', ')} from ${this.name} s where s.op = '+'`,
    )
  }

  async point(): Promise<void> {
    if (!this.later.size) return
    const rest = this.delta.columns.filter((c) => !this.later.has(c.name) && !this.delta.table.key.includes(c.name))
    const kept = rest.map((c) => `, t.${quote(c.name)} = t.${quote(c.name)}`).join('')
    const set = this.set((c) => this.later.has(c.name))
    await this.ask(`update ${this.target} t join ${this.name} s on ${this.on} set ${set}${kept} where s.op <> '-'`)
  }

  async readBack(): Promise<void> {
    const { table, columns } = this.delta
    const first = `t.${quote(table.key[0]!)}`
    const at = table.key.map((k) => `s.a${columns.findIndex((c) => c.name === k)}`)
    const same = this.same('a')
    const [row] = await this.ask(
      `select ${[...at, `${first} is null`, ...same, ...columns.map((_, i) => `s.a${i}`), ...columns.map((c, i) => `${this.carried(c).read(`t.${quote(c.name)}`)} as found${i}`)].join(', ')}
        from ${this.name} s left join ${this.target} t on ${this.on} where s.op <> '-' and (${first} is null or not (${same.join(' and ')})) limit 1`,
    )
    if (!row) return
    const name = rowName(table.key, row.slice(0, at.length))
    const rest = row.slice(at.length + 1)
    const i = row[at.length] === '1' ? -1 : columns.findIndex((_, n) => rest[n] !== '1')
    const shown = (text: string | null | undefined) => (text == null ? 'null' : `'${text.slice(0, 60)}'`)
    throw i < 0
      ? notAsSent({ table: table.id, row: name, column: 'the row', sent: 'a row', found: 'nothing' })
      : notAsSent({
          table: table.id,
          row: name,
          column: columns[i]!.name,
          sent: shown(rest[columns.length + i]),
          found: shown(rest[2 * columns.length + i]),
        })
  }
}

export const duplicate = 1062
