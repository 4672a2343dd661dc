// Piles made at random, mixed and in any order: staged they end where they ended before, or it is said why not.
import { expect, test } from 'vitest'
import { before, type Files, revision } from '../stage/piles.ts'
import { proven } from './proving.ts'

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0
    return (state >>> 8) % below
  }
}

interface Made {
  readonly up: string
  readonly down: string
}

/** What may be done next to a table with these columns. */
class Shape {
  readonly #columns = ['total', 'user_id']
  readonly #tables: string[] = []
  /** Nobody can put them back as they were on rows that are there. */
  readonly #required = new Set<string>()
  #made = 0
  readonly #next: (below: number) => number
  constructor(next: (below: number) => number) {
    this.#next = next
  }

  #one<T>(all: readonly T[]): T {
    return all[this.#next(all.length)]!
  }

  operation(): Made {
    const kinds = [this.#add, this.#add, this.#fill, this.#fill, this.#fix, this.#table, this.#seed, this.#drop, this.#view, this.#require]
    return this.#one(kinds).call(this)
  }

  #add(): Made {
    const name = `c${++this.#made}`
    this.#columns.push(name)
    return { up: `op.add_column('orders', sa.Column('${name}', sa.Numeric()))`, down: `op.drop_column('orders', '${name}')` }
  }

  #fill(): Made {
    const [to, from] = [this.#one(this.#columns.slice(2)) ?? 'total', this.#one(this.#columns)]
    return { up: `op.execute("UPDATE orders SET ${to} = coalesce(${from}, 0) / 2 + ${this.#next(9)}")`, down: '' }
  }

  #fix(): Made {
    const column = this.#one(this.#columns.filter((c) => c !== 'user_id'))
    return { up: `op.execute("UPDATE orders SET ${column} = ${this.#next(50)} WHERE id > ${this.#next(10)}")`, down: '' }
  }

  #table(): Made {
    const name = `t${++this.#made}`
    this.#tables.push(name)
    return { up: `op.create_table('${name}', sa.Column('x', sa.Numeric(), nullable=False))`, down: `op.drop_table('${name}')` }
  }

  #seed(): Made {
    const table = this.#one(this.#tables)
    if (!table) return this.#table()
    const from = this.#next(2) ? `SELECT coalesce(${this.#one(this.#columns)}, 1) FROM orders` : `VALUES (${this.#next(100)})`
    return { up: `op.execute("INSERT INTO ${table} ${from}")`, down: '' }
  }

  #drop(): Made {
    const name = this.#one(this.#columns.slice(2).filter((c) => !this.#required.has(c)))
    if (!name) return this.#add()
    this.#columns.splice(this.#columns.indexOf(name), 1)
    return { up: `op.drop_column('orders', '${name}')`, down: `op.add_column('orders', sa.Column('${name}', sa.Numeric()))` }
  }

  #view(): Made {
    const name = `v${++this.#made}`
    return { up: `op.execute("CREATE VIEW ${name} AS SELECT id, total FROM orders")`, down: `op.execute("DROP VIEW ${name}")` }
  }

  #require(): Made {
    const name = `c${++this.#made}`
    this.#columns.push(name)
    this.#required.add(name)
    return {
      up: `op.add_column('orders', sa.Column('${name}', sa.Numeric()))\nop.execute("UPDATE orders SET ${name} = 1")\nop.alter_column('orders', '${name}', nullable=False)`,
      down: `op.drop_column('orders', '${name}')`,
    }
  }
}

function pile(seed: number): { files: Files; only: string[] } {
  const next = numbers(seed)
  const shape = new Shape(next)
  let files: Files = before
  const only: string[] = []
  for (let i = 1; i <= 7; i++) {
    const operations = Array.from({ length: 1 + next(3) }, () => shape.operation())
    const id = `f${i}`
    const down = operations
      .toReversed()
      .map((o) => o.down)
      .filter(Boolean)
      .join('\n')
    files = { ...files, ...revision(id, operations.map((o) => o.up).join('\n'), { parent: only.at(-1) ?? 'a1', down: down || 'pass' }) }
    only.push(id)
  }
  return { files, only }
}

test.each(Array.from({ length: 10 }, (_, i) => i + 1))('pile %i', async (seed) => {
  const { files, only } = pile(seed)
  const c = await proven(files, { only })
  expect({
    result: c.claims[0]!.result,
    why: c.claims[0]!.why,
    backs: c.phases.filter((p) => p.back.result === 'refuted').map((p) => p.back),
  }).toEqual({
    result: 'proved',
    why: [expect.stringContaining('are the same')],
    backs: [],
  })
})
