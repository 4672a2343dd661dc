// Random worlds on every engine that can be a target: many.
import { test } from 'vitest'
import { others, search } from '../targets/worlds.ts'

const least = Number(process.env.TARGET_CASES ?? 150)

test.each(others)('G2 G6: %s makes of every world what the oracle makes of it', { timeout: 3_600_000 }, (...engine) =>
  search(engine, least),
)
