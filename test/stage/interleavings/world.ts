// Piles drawn at random: statements about a few tables, each of which the server took in the order in which it was drawn.
import type { Draw } from '../../differential/draw.ts'

/** What is there, as far as the next statement is to be about it. Wrong guesses are refused by the server, and left out. */
export class World {
  readonly #draw: Draw
  readonly #tables = new Map<string, string[]>([
    ['a', ['id', 'x', 'y', 's']],
    ['b', ['id', 'a_id', 'x', 's']],
  ])
  readonly #views: string[] = []
  readonly #types: string[] = []
  readonly #functions: string[] = []
  readonly #held: (readonly [table: string, constraint: string])[] = []
  readonly #indexes: string[] = []
  #made = 0

  constructor(draw: Draw) {
    this.#draw = draw
  }

  static readonly before = [
    'CREATE TABLE a (id serial PRIMARY KEY, x int, y int DEFAULT 7, s text)',
    'CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a (id), x int, s text)',
    `INSERT INTO a (x, y, s) VALUES (1, 10, 'one'), (2, NULL, 'two'), (NULL, 30, NULL), (2, 20, 'zwei')`,
    `INSERT INTO b VALUES (1, 1, 5, 'p'), (2, 2, NULL, 'q'), (3, NULL, 6, NULL)`,
  ]

  #name = (of: string): string => `${of}${++this.#made}`
  #table = (): string => this.#draw.pick([...this.#tables.keys()])
  #column = (table: string): string => this.#draw.pick(this.#tables.get(table) ?? ['id'])
  #where = (table: string): string =>
    this.#draw.pick(['', ` WHERE ${this.#column(table)} IS NULL`, ` WHERE id ${this.#draw.pick(['<', '=', '>'])} ${this.#draw.int(1, 4)}`])
  #value = (): string => this.#draw.pick(['0', '1', '2', 'NULL', `'3'`])

  statement(): string {
    return this.#draw.weighted([
      [3, () => this.#createTable()],
      [8, () => this.#addColumn()],
      [4, () => this.#dropColumn()],
      [2, () => this.#rename()],
      [5, () => this.#alterColumn()],
      [5, () => this.#constraint()],
      [3, () => this.#index()],
      [3, () => this.#view()],
      [3, () => this.#type()],
      [2, () => this.#code()],
      [7, () => this.#insert()],
      [8, () => this.#update()],
      [3, () => `DELETE FROM ${this.#from()}`],
      [2, () => this.#drop()],
    ])
  }

  #from(): string {
    const table = this.#table()
    return `${table}${this.#where(table) || ' WHERE id = 3'}`
  }

  #createTable(): string {
    const name = this.#name('t')
    const other = this.#table()
    this.#tables.set(name, ['id', 'x', 's'])
    return this.#draw.pick([
      `CREATE TABLE ${name} (id serial PRIMARY KEY, x int, s text)`,
      `CREATE TABLE ${name} (id int PRIMARY KEY, x int REFERENCES ${other} (id), s text DEFAULT 'd')`,
      `CREATE TABLE ${name} AS SELECT id, ${this.#column(other)} AS x, 'made' AS s FROM ${other}`,
    ])
  }

  #addColumn(): string {
    const table = this.#table()
    const name = this.#name('c')
    const type = this.#draw.pick(['int', 'text', 'int DEFAULT 4', `text NOT NULL DEFAULT 'n'`, 'int UNIQUE', ...this.#types])
    this.#tables.get(table)!.push(name)
    return `ALTER TABLE ${table} ADD COLUMN ${name} ${type}`
  }

  #dropColumn(): string {
    const table = this.#table()
    const name = this.#column(table)
    if (name === 'id') return this.#addColumn()
    this.#tables.set(
      table,
      this.#tables.get(table)!.filter((c) => c !== name),
    ) // prettier-ignore
    return `ALTER TABLE ${table} DROP COLUMN ${name}`
  }

  #rename(): string {
    const table = this.#table()
    const columns = this.#tables.get(table)!
    if (this.#draw.chance(0.4)) {
      const name = this.#name('t')
      this.#tables.delete(table)
      this.#tables.set(name, columns)
      return `ALTER TABLE ${table} RENAME TO ${name}`
    }
    const [from, to] = [this.#column(table), this.#name('c')]
    if (from === 'id') return this.#alterColumn()
    this.#tables.set(table, [...columns.filter((c) => c !== from), to])
    return `ALTER TABLE ${table} RENAME COLUMN ${from} TO ${to}`
  }

  #alterColumn(): string {
    const table = this.#table()
    const to = this.#draw.pick([
      'SET NOT NULL',
      'DROP NOT NULL',
      'SET DEFAULT 9',
      'DROP DEFAULT',
      'TYPE bigint',
      'TYPE text',
      `SET DEFAULT 'z'`,
    ])
    return `ALTER TABLE ${table} ALTER COLUMN ${this.#column(table)} ${to}`
  }

  #constraint(): string {
    const held = this.#held.length && this.#draw.chance(0.25) ? this.#draw.pick(this.#held) : undefined
    if (held) return `ALTER TABLE ${held[0]} DROP CONSTRAINT ${held[1]}`
    const [table, name] = [this.#table(), this.#name('k')]
    const column = this.#column(table)
    const rule = this.#draw.pick([
      `CHECK (${column} IS NOT NULL OR id > 0)`,
      `CHECK (${column} IS NULL OR length(${column}::text) < 9)`,
      `CHECK (${column}::text <> '2')`,
      `UNIQUE (${column})`,
      `FOREIGN KEY (${column}) REFERENCES ${this.#table()} (id)`,
    ])
    this.#held.push([table, name])
    return `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${rule}`
  }

  #index(): string {
    if (this.#indexes.length && this.#draw.chance(0.3)) return `DROP INDEX ${this.#draw.pick(this.#indexes)}`
    const [table, name] = [this.#table(), this.#name('i')]
    this.#indexes.push(name)
    return `CREATE ${this.#draw.chance(0.3) ? 'UNIQUE ' : ''}INDEX ${name} ON ${table} (${this.#column(table)})`
  }

  #view(): string {
    if (this.#views.length && this.#draw.chance(0.3)) return `DROP VIEW ${this.#draw.pick(this.#views)}`
    const table = this.#table()
    const again = this.#views.length > 0 && this.#draw.chance(0.3)
    const name = again ? this.#draw.pick(this.#views) : this.#name('v')
    if (!again) this.#views.push(name)
    const what = this.#draw.chance(0.2) ? '*' : `id, ${this.#column(table)} AS seen`
    return this.#draw.chance(0.2)
      ? `CREATE MATERIALIZED VIEW ${name}m AS SELECT ${what} FROM ${table}`
      : `CREATE OR REPLACE VIEW ${name} AS SELECT ${what} FROM ${table}`
  }

  #type(): string {
    const known = this.#types.length && this.#draw.chance(0.5) ? this.#draw.pick(this.#types) : undefined
    if (known && this.#draw.chance(0.2)) return `DROP TYPE ${known}`
    if (known) return `ALTER TYPE ${known} ADD VALUE '${this.#name('w')}'`
    const name = this.#name('e')
    this.#types.push(name)
    return `CREATE TYPE ${name} AS ENUM ('1', '2', '3')`
  }

  /** Functions, and triggers that change what is written. */
  #code(): string {
    const table = this.#table()
    const name = this.#functions.length && this.#draw.chance(0.3) ? this.#draw.pick(this.#functions) : this.#name('f')
    this.#functions.push(name)
    return this.#draw.pick([
      `CREATE OR REPLACE FUNCTION ${name}() RETURNS int LANGUAGE sql AS 'SELECT ${this.#draw.int(1, 9)}'`,
      `CREATE OR REPLACE FUNCTION ${name}() RETURNS int LANGUAGE sql AS 'SELECT count(*)::int FROM ${table}'`,
      `CREATE FUNCTION ${name}t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.${this.#column(table)} := ${this.#draw.int(1, 9)}; RETURN NEW; END'; CREATE TRIGGER ${name}g BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}t()`,
      `DO $$ BEGIN UPDATE ${table} SET ${this.#column(table)} = ${this.#value()}${this.#where(table)}; END $$`,
    ])
  }

  #insert(): string {
    const [table, other] = [this.#table(), this.#table()]
    const column = this.#column(table)
    return this.#draw.pick([
      `INSERT INTO ${table} (${column === 'id' ? 'id' : `id, ${column}`}) VALUES (${this.#draw.int(5, 40)}${column === 'id' ? '' : `, ${this.#value()}`})`,
      `INSERT INTO ${table} (${column}) VALUES (${column === 'id' ? this.#draw.int(5, 40) : this.#value()})`,
      `INSERT INTO ${table} SELECT id + ${this.#draw.int(40, 90)} FROM ${other}`,
      `INSERT INTO ${table} (${column}) SELECT ${this.#column(other)} FROM ${other} ORDER BY id`,
      `INSERT INTO ${table} VALUES (${this.#draw.int(5, 40)}, ${this.#value()}, ${this.#value()})`,
    ])
  }

  #update(): string {
    const [table, other] = [this.#table(), this.#table()]
    const column = this.#column(table)
    const value = this.#draw.pick([
      this.#value(),
      `${this.#column(table)}`,
      `(SELECT max(${this.#column(other)}) FROM ${other})`,
      ...(this.#functions.length ? [`${this.#draw.pick(this.#functions)}()`] : []),
    ])
    return `UPDATE ${table} SET ${column} = ${value}${this.#where(table)}`
  }

  #drop(): string {
    const table = this.#table()
    if (this.#tables.size < 2) return this.#createTable()
    this.#tables.delete(table)
    return `DROP TABLE ${table}${this.#draw.chance(0.2) ? ' CASCADE' : ''}`
  }
}
