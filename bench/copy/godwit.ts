// A process of its own for ../drive.ts: the rows of one table brought, counted and digested on both sides. Arguments: engine, source, target, streams.
import { openSource } from '../../src/databases/open.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import { carried } from '../../src/databases/sources.ts'
import { postgres } from '../../src/dialects/postgres.ts'
import { unheld } from '../../src/schema/schema.ts'
import { peakMemory, say } from '../driven.ts'
import { table } from './data.ts'

const [engine, at, url, streams] = process.argv.slice(2) as [string, string, string, string]
const source = await openSource({ engine, at })
const target = await openPostgres({ url })
const found = [...(await source.schema()).tables.values()].find((t) => t.name === table)!
const columns = found.columns.map(({ name, type }) => ({ name, type: carried(type) }))
const copy = 'public.copied'
await target.session(async (s) => {
  await s.query(`drop table if exists ${copy}`)
  await s.query(
    `create unlogged table ${copy} (${columns.map((c) => `${postgres.quote(c.name)} ${postgres.typeName(c.type)}`).join(', ')}, ${postgres.quote(unheld)} text)`,
  )
})
say('began')
const sent = await source.send({ table: found.id, columns, key: found.primaryKey, copy }, (body) => target.session(body), Number(streams))
say('verifying')
const arrived = (await target.session((s) => s.query(sent.asked))).rows[0]!
say('done')
if (arrived['rows'] !== sent.rows || arrived['digest'] !== sent.digest)
  throw new Error(`${sent.rows} rows were sent, and ${arrived['rows']} others arrived`)
await source.close()
await target.close()
say(`peak ${peakMemory()}`)
