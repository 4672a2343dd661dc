// How many statements are judged in a second, and how long a folder of migrations takes from the start of the command to its end.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { judge } from '../../src/lint/judge.ts'
import { ready } from '../../src/lint/read.ts'
import { rules } from '../../src/lint/rules/index.ts'
import { type Bench, median, type Options, type Outcome, type Result, rounded } from '../bench.ts'

const command = fileURLToPath(new URL('../../bin/godwit.mjs', import.meta.url))
const files = 138
const rounds = 10

async function run({ repeat }: Options, say: (line: string) => void): Promise<Outcome> {
  await ready()
  const cases = rules.flatMap((r) => [r.bad, r.good]).map((e) => ({ sql: e.sql, history: [e.schema] }))
  const statements = cases.reduce((n, c) => n + judged(c).statements, 0) * rounds
  say(`${cases.length} examples of the rules, ${rounds} times: ${statements} statements, each with its schema`)
  const each = await seconds(repeat, () => {
    for (let i = 0; i < rounds; i++) for (const c of cases) judged(c)
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-bench-'))
  try {
    const names = migrations(folder)
    say(`${files} files of migrations, one after the other`)
    const whole = await seconds(repeat, () => program(folder, names))
    return {
      bench: 'lint',
      rows: 0,
      results: [line(`${statements} statements, one by one`, each), line(`${files} files, the whole command`, whole)],
      goals: [
        { name: 'statements a second', goal: '≥ 2,000', measured: Math.round(statements / each), met: statements / each >= 2_000 },
        { name: `${files} files, seconds`, goal: '< 2', measured: rounded(whole), met: whole < 2 },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const judged = ({ sql, history }: { sql: string; history: readonly string[] }) =>
  judge({ sql, pg: 18, inTransaction: undefined, zone: undefined, history, closed: false })

/** The first time is thrown away: it compiles what later ones find ready. */
async function seconds(repeat: number, work: () => unknown): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i <= repeat; i++) {
    const began = performance.now()
    await work()
    if (i > 0) taken.push((performance.now() - began) / 1000)
  }
  return median(taken)
}

/** Each makes a table, fills it, and changes one that an earlier file made. */
function migrations(folder: string): string[] {
  return Array.from({ length: files }, (_, i) => {
    const name = `${String(i).padStart(4, '0')}.sql`
    const old = `ALTER TABLE t${Math.max(0, i - 5)} ADD COLUMN more_${i} text DEFAULT now()::text;`
    const made = `CREATE TABLE t${i} (id bigserial PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now(), parent bigint);
CREATE INDEX t${i}_name ON t${i} (name);
INSERT INTO t${i} (name) SELECT 'n' FROM generate_series(1, 10);`
    writeFileSync(path.join(folder, name), `${made}\n${i > 0 ? old : ''}\n`)
    return name
  })
}

const program = (folder: string, names: readonly string[]): Promise<void> =>
  new Promise((done, failed) => {
    // 4: there is something dangerous among them, as there should be
    execFile(process.execPath, [command, 'lint', ...names, '-C', folder], { maxBuffer: 1 << 26 }, (problem) => {
      if (problem && problem.code !== 4) failed(problem)
      else done()
    })
  })

const line = (name: string, wall: number): Result => ({ name, wall_s: rounded(wall), server_cpu_s: null, rss_mb: null, ratio: null })

export const lint: Bench = {
  about: 'statements judged in a second, and a folder of migrations',
  options: '--repeat K (1)',
  run,
}
