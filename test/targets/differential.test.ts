// The same random tables, rows and mappings on SQLite and MariaDB, held to the oracle that Postgres is held to. Many more in test/deep.
import { test } from 'vitest'
import { others, search } from './worlds.ts'

const least = Number(process.env.TARGET_CASES ?? 24)

test.each(others)('G2 G6: %s makes of every world what the oracle makes of it', { timeout: 600_000 }, (...engine) => search(engine, least))
