// The files of godwit lint run on copies, each after those before it, and what was seen held against what was said.
import { startPostgres } from '../databases/embedded/index.ts'
import { connect } from '../databases/postgres/connect.ts'
import { traceSql } from '../databases/postgres/lint-trace/trace.ts'
import { scratchOn } from '../databases/workshop/scratch.ts'
import { runsInOne } from '../lint/directive.ts'
import { type Given, ran, type Settings } from '../lint/file.ts'
import { judge } from '../lint/judge.ts'
import { places } from '../lint/place.ts'
import { type Disagreement, disagreements, type Seen } from '../lint/seen.ts'

export interface TracedFile {
  readonly file: string
  readonly sql: string
  /** Whether tables had rows while it ran. */
  readonly filled: boolean
  readonly seen: readonly (Seen & { readonly line: number; readonly disagrees: readonly string[] })[]
}

/** On the server of `url`; without one, on one that is started for it. */
export async function traceFiles(files: readonly Given[], settings: Settings, url: string | undefined): Promise<TracedFile[]> {
  if (url !== undefined) return traceOn(url, files, settings)
  const server = await startPostgres()
  try {
    return await traceOn(server.url, files, settings)
  } finally {
    await server.stop()
  }
}

/** The rules are asked for the version and the time zone of the server that is asked too. */
async function traceOn(url: string, files: readonly Given[], given: Settings): Promise<TracedFile[]> {
  const { dialect: _, ...settings } = given
  const { version, zone } = await serverAt(url)
  const traced: TracedFile[] = []
  for (const [i, one] of files.entries()) {
    if (ran(one, given)) continue
    const { file, sql } = one
    const history = [...settings.history, ...files.slice(0, i).map((f) => f.sql)]
    const inTransaction = runsInOne(sql, settings.inTransaction)
    const asked = { ...settings, sql, pg: version, zone: settings.zone ?? zone, inTransaction, history }
    const { seen, filled } = await traceSql(() => scratchOn(url), asked)
    const differ = disagreements(seen, judge(asked).findings)
    traced.push({ file, sql, filled, seen: seen.map((s) => ({ ...s, ...told(s, sql, differ) })) })
  }
  return traced
}

const told = (s: Seen, sql: string, differ: readonly Disagreement[]) => ({
  line: places(sql)(s.from).line,
  disagrees: differ.filter((d) => d.to === s.to).map((d) => d.message),
})

async function serverAt(url: string): Promise<{ version: number; zone: string }> {
  const { client } = await connect({ url, applicationName: 'godwit lint' })
  try {
    const { rows } = await client.query<{ version: string; zone: string }>(
      `select current_setting('server_version_num') as version, current_setting('timezone') as zone`,
    )
    return { version: Math.floor(Number(rows[0]!.version) / 10_000), zone: rows[0]!.zone }
  } finally {
    await client.end()
  }
}
