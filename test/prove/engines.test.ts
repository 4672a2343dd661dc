// Piles of MariaDB and of SQLite, each on scratch databases of its own kind.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { mariadbEngine } from '../../src/prove/engines/mariadb/engine.ts'
import { sqliteEngine } from '../../src/prove/engines/sqlite/engine.ts'
import type { Staging } from '../../src/stage/staging.ts'
import type { Files } from '../stage/piles.ts'
import { hasMariadb, mariadbRoot, mariadbUrl } from '../support/mariadb.ts'
import { proven, type Wanted } from './proving.ts'

const lite: Files = {
  'versions/001_first.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT UNIQUE, age INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), total REAL, note TEXT);
PRAGMA foreign_keys = ON;`,
  'versions/002_mixed.up.sql': `ALTER TABLE orders ADD COLUMN cents INTEGER;
UPDATE orders SET cents = total * 100;
CREATE INDEX orders_cents ON orders (cents) WHERE cents > 0;
ALTER TABLE orders DROP COLUMN note;`,
  'versions/002_mixed.down.sql': `ALTER TABLE orders ADD COLUMN note TEXT;
DROP INDEX orders_cents;
ALTER TABLE orders DROP COLUMN cents;`,
  'versions/003_view.up.sql': 'CREATE VIEW grown AS SELECT id FROM users WHERE age > 17;',
  'versions/003_view.down.sql': 'DROP VIEW grown;',
}

const maria: Files = {
  'versions/001_first.sql': `CREATE TABLE \`users\` (\`id\` INT UNSIGNED NOT NULL AUTO_INCREMENT, \`email\` VARCHAR(80), \`mood\` ENUM('a','b'), PRIMARY KEY (\`id\`), UNIQUE KEY \`u\` (\`email\`)) ENGINE=InnoDB;
CREATE TABLE \`orders\` (\`id\` INT NOT NULL AUTO_INCREMENT, \`user_id\` INT UNSIGNED, \`total\` DECIMAL(8,2), \`note\` VARCHAR(20), \`raw\` BLOB, \`twice\` DECIMAL(9,2) AS (\`total\` * 2) STORED, PRIMARY KEY (\`id\`), CONSTRAINT \`o_u\` FOREIGN KEY (\`user_id\`) REFERENCES \`users\` (\`id\`)) ENGINE=InnoDB;
CREATE TRIGGER \`t\` BEFORE INSERT ON \`orders\` FOR EACH ROW SET NEW.total = coalesce(NEW.total, 7);`,
  'versions/002_mixed.up.sql': `ALTER TABLE \`orders\` ADD COLUMN \`cents\` BIGINT;
UPDATE \`orders\` SET \`cents\` = \`total\` * 100;
ALTER TABLE \`orders\` DROP COLUMN \`note\`;`,
  'versions/002_mixed.down.sql': `ALTER TABLE \`orders\` ADD COLUMN \`note\` VARCHAR(20);
ALTER TABLE \`orders\` DROP COLUMN \`cents\`;`,
  'versions/003_view.up.sql': 'CREATE VIEW `named` AS SELECT `id` FROM `users` WHERE `email` IS NOT NULL;',
  'versions/003_view.down.sql': 'DROP VIEW `named`;',
}

/** Without what fills the new column: as a mistake in the cutting would lose it. */
const withoutUpdate = (staging: Staging): Staging => ({
  ...staging,
  migrations: staging.migrations.map((m) => ({
    ...m,
    group: { ...m.group, up: new Set([...m.group.up].filter((i) => !m.judged.migration.up[i]!.sql!.startsWith('UPDATE'))) },
  })),
})

const only = ['002_mixed', '003_view']

const kinds: readonly (readonly [string, boolean, Files, NonNullable<Wanted['engine']>])[] = [
  ['SQLite', true, lite, sqliteEngine],
  ['MariaDB', hasMariadb, maria, () => mariadbEngine(mariadbUrl())],
]

const smoke = 'SELECT id, total FROM orders; SELECT note FROM orders'

for (const [name, there, files, engine] of kinds) {
  test.skipIf(!there)(`${name}: a pile that was cut ends where it ended before`, async () => {
    const c = await proven(files, { only, engine, smoke })
    expect([c.claims[0], c.server]).toEqual([expect.objectContaining({ result: 'proved' }), expect.stringContaining(name)])
    expect(c.proved).toBe(true)
    expect(c.rows.tables).toBe(2)
    expect(c.compared.rows).toBeGreaterThan(8)
    expect(c.phases.map((p) => [p.phase, p.back.result, p.smoke.result])).toEqual([
      ['expand', 'proved', 'proved'],
      ['contract', 'not proved', 'refuted'],
    ])
    expect(c.phases[1]!.back.why.join()).toContain('the schema comes back, rows do not')
  })

  test.skipIf(!there)(`${name}: rows that are not the same are found, and a thing that is`, async () => {
    const c = await proven(files, { only, engine, spoil: withoutUpdate })
    expect(c.claims[0]).toMatchObject({
      result: 'refuted',
      why: [expect.stringMatching(/of the rows of .*orders some are not the same: cents/)],
    })
    const gone = (s: Staging): Staging => ({ ...s, migrations: s.migrations.filter((m) => m.judged.migration.id !== '003_view') })
    const without = await proven(files, { only, engine, spoil: gone })
    expect(without.claims[0]).toMatchObject({ result: 'refuted', why: [expect.stringMatching(/^view \w+ is missing/)] })
  })
}

test.skipIf(!hasMariadb)('MariaDB: what is copied is the same, triggers as well; the databases are gone afterwards', async () => {
  const c = await proven(maria, { only: ['003_view'], engine: () => mariadbEngine(mariadbUrl()) })
  expect([c.claims[0]!.why, c.proved]).toEqual([[expect.stringContaining('are the same')], true])
  const root = await mariadbRoot()
  const [left] = await root.query(`select schema_name from information_schema.schemata where schema_name like 'godwit\\_prove\\_%'`)
  await root.end()
  expect(left).toEqual([])
})

test('SQLite: the files are gone afterwards', async () => {
  const before = readdirSync(tmpdir()).filter((f) => f.startsWith('gw-prove-'))
  await proven(lite, { only, engine: sqliteEngine })
  expect(readdirSync(tmpdir()).filter((f) => f.startsWith('gw-prove-') && !before.includes(f))).toEqual([])
})
