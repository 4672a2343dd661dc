// How long one waits for the report and the dossier of a run of many steps.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migration, none } from 'godwit'
import { connect, plan as planOf, run as runPlan } from '../../src/api.ts'
import { fitsTogether, gatherEvidence, readDossier, writeDossier } from '../../src/evidence/index.ts'
import { gatherReport, renderReport } from '../../src/report/index.ts'
import { atMost, type Bench, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'
import { startServer } from '../server.ts'

const steps = 1000

/** Checks by turns in assess, verify and cutover: each is a step, a mark, an event and an answer. */
function manySteps() {
  const check = (n: number) =>
    none(`question ${n}`, { of: 'select count(*) from public.thing', rows: `select id from public.thing where id = -${n + 1}` })
  const checks = Array.from({ length: steps }, (_, n) => check(n))
  return migration('bench-evidence', { assess: checks.slice(0, 400), verify: checks.slice(400, 600), cutover: checks.slice(600) })
}

async function run({ repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await using server = await startServer(say)
  const client = await server.connect()
  await client.query('create table public.thing (id bigint primary key); insert into public.thing select generate_series(1, 100)')
  await client.end()
  const db = await connect(server.url)
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-bench-'))
  try {
    const plan = await planOf(manySteps(), db)
    say(`running ${steps} steps`)
    await runPlan(plan, db)
    let n = 0
    const results = [
      await timed(`report as html, ${steps} steps`, repeat, async () => renderReport(await gatherReport(plan, db), 'html')),
      await timed(`dossier, ${steps} steps`, repeat, async () =>
        writeDossier(await gatherEvidence(plan, db, { showValues: false }), path.join(folder, String(n++))),
      ),
      await timed('the dossier checked', repeat, async () => fitsTogether(readDossier(path.join(folder, '0')))),
    ]
    const [report, dossier] = results.map((r) => r.wall_s)
    return { bench: 'evidence', rows: 0, results, goals: [atMost('report and dossier of 1,000 steps, seconds', 2, report! + dossier!)] }
  } finally {
    await db.close()
    rmSync(folder, { recursive: true })
  }
}

async function timed(name: string, repeat: number, work: () => Promise<unknown>): Promise<Result> {
  const seconds: number[] = []
  for (let i = 0; i < repeat; i++) {
    const began = performance.now()
    await work()
    seconds.push((performance.now() - began) / 1000)
  }
  return { name, wall_s: rounded(median(seconds)), server_cpu_s: null, rss_mb: null, ratio: null }
}

export const evidence: Bench = { about: 'report and dossier of a run of 1,000 steps', options: '--repeat K (1)', run }
