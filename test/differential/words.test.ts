// Each word's SQL held against its meaning: random expressions over random rows, without the engine around them.
import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import { RowWriter } from '../../src/dialects/writer.ts'
import type { Node } from '../../src/expr/node.ts'
import { installLedger } from '../../src/ledger/tables.ts'
import { evaluate } from '../oracle/evaluate.ts'
import type { Casing } from '../oracle/text.ts'
import { type Cell, cellOf, same, textOf } from '../oracle/value.ts'
import { tableOf } from '../oracle/world.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import { build } from './build.ts'
import { casingOf, connected } from './connection.ts'
import { sourceSql } from './ddl.ts'
import { caseArbitrary } from './generate.ts'
import type { CaseSpec } from './spec.ts'
import { allRows, worldOf } from './state.ts'

let fresh: FreshDatabase
let client: pg.Client
let casing: Casing
beforeAll(async () => {
  fresh = await freshDatabase()
  const db = await openPostgres({ url: fresh.url })
  await db.session(installLedger)
  await db.close()
  client = await connected(fresh.url)
  casing = await casingOf(client)
})
afterAll(async () => {
  await client.end()
  await fresh.drop()
})

const seconds = Number(process.env.WORDS_SECONDS ?? 15)
const seed = Number(process.env.SEED ?? 20_261_121)
const path = process.env.CASE_PATH

/** Words that need more than a row are the engine's affair. */
const needsMore = (n: Node): boolean =>
  ['key', 'aggregate', 'nth', 'before', 'after', 'compute'].includes(n.word.name) || n.args.some(needsMore)
const alone = () => {
  throw new Error('not in this test')
}

interface Asked {
  readonly node: Node
  readonly sql: string
  readonly type: string
}

function compiled(node: Node, source: string, key: readonly string[]): Asked {
  const writer = new RowWriter(postgres, { keyOf: alone, window: alone, computed: alone }, [node])
  const value = writer.value(node)
  const refusals = writer.takeRefusals().filter((r) => !r.warns)
  const codes = refusals.map((r) => `case when ${r.when} then ${postgres.literal(r.reason.code)} end`)
  const columns = [`(${value.sql})::text`, codes.length ? `concat_ws(',', ${codes.join(', ')})` : `''`]
  const order = key.map((k) => `s.${postgres.quote(k)}`).join(', ')
  return { node, type: value.type.name, sql: `select ${columns.join(', ')} from ${writer.layers.from(source, '')} order by ${order}` }
}

async function check(spec: CaseSpec, counts: { expressions: number; rows: number }): Promise<void> {
  const schema = 'words'
  const { mappings } = build({ ...spec, targets: spec.targets }, schema)
  await client.query(
    `drop schema if exists ${schema} cascade; create schema ${schema}; ${spec.sources.map((s) => sourceSql(s, schema)).join('\n')}`,
  )
  const world = worldOf({ ...spec, targets: [] }, schema, await allRows(client, { ...spec, targets: [] }, schema), casing)
  for (const m of mappings) {
    const source = tableOf(world, m.from.id)
    const nodes = [...m.filters.map((f) => f.keep), ...m.outputs.flatMap((o) => [...Object.values(o.values), ...(o.when ? [o.when] : [])])]
    const ordered = (
      await client.query({
        text: `select ${source.key.map(postgres.quote).join(', ')} from ${postgres.table(source.id)} order by ${source.key.map(postgres.quote).join(', ')}`,
        rowMode: 'array',
      })
    ).rows
    const nameOf = (cells: readonly Cell[]) => JSON.stringify(cells.map((c) => textOf(c!)))
    const rows = ordered.map(
      (keys) =>
        source.rows.find(
          (r) =>
            nameOf(source.key.map((k) => r.get(k)!)) ===
            nameOf(keys.map((k: string, i: number) => cellOf(source.columns.get(source.key[i]!)!.type.name, k))),
        )!,
    )
    for (const node of nodes.filter((n) => !needsMore(n))) {
      const asked = compiled(node, postgres.table(source.id), source.key)
      const answers = await client.query({ text: asked.sql, rowMode: 'array' }).catch((error: Error) => {
        throw new Error(`${error.message}\n${asked.sql}`)
      })
      counts.expressions++
      for (const [i, row] of rows.entries()) {
        counts.rows++
        const scene = { world, source, row, keyOf: alone }
        const expected = evaluate(node, scene)
        const [text, codes] = answers.rows[i] as [string | null, string]
        const difference = differs(expected.value, expected.refusals, text, codes, asked.type)
        if (difference) throw new Error(`${difference}\nrow ${JSON.stringify([...row].map(([k, v]) => [k, v && textOf(v)]))}\n${asked.sql}`)
      }
    }
  }
}

function differs(value: Cell, refusals: readonly string[], text: string | null, codes: string, type: string): string | undefined {
  const found = codes.split(',').filter(Boolean)
  if (refusals.length || found.length) {
    return found.some((c) => refusals.includes(c)) ? undefined : `refused: expected [${refusals.join(', ')}], found [${codes}] with ${text}`
  }
  if (value?.t === 'symbol') return text === null ? 'expected a UUID, found null' : undefined
  const cell = cellOf(type, text)
  const agrees = value === null || cell === null ? value === cell : same(value, cell)
  return agrees ? undefined : `expected ${value && textOf(value)}, found ${text}`
}

test('the SQL of each word gives what the word means', { timeout: seconds * 1000 + 120_000 }, async () => {
  const counts = { expressions: 0, rows: 0 }
  const property = fc.asyncProperty(caseArbitrary(), (spec) => check(spec, counts))
  const result = await fc.check(property, {
    seed,
    ...(path ? { path } : {}),
    numRuns: 100_000,
    interruptAfterTimeLimit: seconds * 1000,
    markInterruptAsFailure: false,
  })
  const spec = result.counterexample?.[0]
  const about = spec ? `SEED=${seed} CASE_PATH=${result.counterexamplePath}\n${JSON.stringify(spec.mappings, null, 1)}` : ''
  expect(spec ? `${String(result.errorInstance)}\n${about}` : '').toBe('')
  process.stdout.write(`${result.numRuns} cases, ${counts.expressions} expressions, ${counts.rows} values, seed ${seed}\n`)
  expect(counts.expressions).toBeGreaterThan(1000)
})
