// Alembic itself, where it is installed: in an environment of Godwit's own, so that nothing of the project's settings is asked or touched.
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Order, Step } from './order.ts'
import type { Ran, Runner } from './runner.ts'

const program = 'alembic'

/** Its version; undefined where it is not installed. */
export function alembicVersion(): string | undefined {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined
  } catch {
    return undefined
  }
}

const environment = `import importlib.util
import os

from alembic import context
from sqlalchemy import create_engine, event, make_url, pool

url = make_url(os.environ["GODWIT_PROVE_URL"])
driver = next((d for d in ("psycopg2", "psycopg") if importlib.util.find_spec(d)), None)
if driver is None:
    raise SystemExit("neither psycopg2 nor psycopg is installed beside alembic")
engine = create_engine(url.set(drivername=f"postgresql+{driver}"), poolclass=pool.NullPool)
count = 0


def counted(connection, cursor, statement, parameters, execution, many):
    global count
    if "alembic_version" not in statement and "pg_catalog" not in statement:
        count += 1


with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    event.listen(engine, "before_cursor_execute", counted)
    with context.begin_transaction():
        context.run_migrations()
print(f"godwit statements {count}")
`

/** `root`: of the project, where modules and files are that revisions name. */
export function alembicRunner({ files, steps }: Order, root: string, version: string): Runner {
  const folder = mkdtempSync(path.join(tmpdir(), 'gw-alembic-'))
  const settings = path.join(folder, 'alembic.ini')
  const versions = [
    ...new Set([...files.keys()].filter((f) => f.endsWith('.py')).map((f) => path.join(folder, 'project', path.dirname(f)))),
  ]
  write(folder, settings, files, versions)
  const alembic = (url: string, words: readonly string[]) => run(settings, folder, root, url, words)
  const last = steps.at(-1)?.id ?? ''
  return {
    name: version,
    cannot: () => undefined,
    stand: (url, those) => each(ends(those), (id) => alembic(url, ['stamp', id]), last),
    up: (url, those) => each(ends(those), (id) => alembic(url, ['upgrade', id]), last),
    down: (url, step, to) => each([to?.id ?? step.parents[0] ?? 'base'], (id) => alembic(url, ['downgrade', id]), step.id),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function write(folder: string, settings: string, files: Order['files'], versions: readonly string[]): void {
  const scripts = path.join(folder, 'scripts')
  mkdirSync(scripts)
  writeFileSync(path.join(scripts, 'env.py'), environment)
  for (const [file, text] of files) {
    const to = path.join(folder, 'project', file)
    mkdirSync(path.dirname(to), { recursive: true })
    writeFileSync(to, text)
  }
  writeFileSync(
    settings,
    `[alembic]\nscript_location = ${scripts}\npath_separator = os\nversion_path_separator = os\nversion_locations = ${versions.join(path.delimiter)}\n`,
  )
}

/** Those that no other of them comes after. */
function ends(steps: readonly Step[]): string[] {
  const parents = new Set(steps.flatMap((s) => s.parents))
  return steps.filter((s) => !parents.has(s.id)).map((s) => s.id)
}

async function each(ids: readonly string[], work: (id: string) => Promise<Ran>, last: string): Promise<Ran> {
  let statements = 0
  for (const id of ids) {
    const ran = await work(id)
    statements += ran.statements
    if (ran.failed) return { statements, failed: { id: ran.failed.id || id || last, why: ran.failed.why } }
  }
  return { statements }
}

function run(settings: string, folder: string, root: string, url: string, words: readonly string[]): Promise<Ran> {
  const env = {
    ...process.env,
    GODWIT_PROVE_URL: url,
    PYTHONPATH: [root, process.env['PYTHONPATH']].filter(Boolean).join(path.delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  return new Promise((resolve) =>
    execFile(
      program,
      ['-c', settings, ...words],
      { cwd: path.join(folder, 'project'), env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      (problem, stdout, stderr) => {
        const statements = Number(/^godwit statements (\d+)$/m.exec(stdout)?.[1] ?? 0)
        resolve(problem ? { statements, failed: failureIn(stderr) } : { statements })
      },
    ),
  )
}

/** The last that it was at, and the last line that is no trace. */
function failureIn(stderr: string): { id: string; why: string } {
  const id = [...stderr.matchAll(/Running (?:upgrade|downgrade) \S* ?-> (\w+)/g)].at(-1)?.[1] ?? ''
  const lines = stderr.split('\n').filter((l) => l.trim())
  const why =
    lines.find((l) => /^[\w.]*(Error|Exception|Violation|Undefined\w*|Exists?)\b.*:/.test(l)) ?? lines.at(-1) ?? 'it failed without a word'
  return { id, why: why.trim() }
}
