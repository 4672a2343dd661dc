// Alembic itself, where it is installed: in an environment of Godwit's own, so that nothing of the project's settings is asked or touched.
import path from 'node:path'
import type { Order, Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'
import { called, saidBy, type Tool, workplace } from './tool.ts'

const program = 'alembic'

export const alembic: Tool = {
  name: 'alembic',
  format: 'alembic',
  dialects: ['postgres'],
  installed() {
    const version = saidBy(program, ['--version'])
    return version === undefined ? undefined : { name: version, runner: (order, root) => runnerOf(order, root, version) }
  },
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

function runnerOf({ files, steps }: Order, root: string, name: string): Runner {
  const place = workplace('alembic')
  const scripts = path.dirname(place.write('scripts/env.py', environment))
  const written = [...files].map(([file, text]) => place.write(`project/${file}`, text))
  const versions = [...new Set(written.filter((f) => f.endsWith('.py')).map((f) => path.dirname(f)))].join(path.delimiter)
  const settings = place.write(
    'alembic.ini',
    `[alembic]\nscript_location = ${scripts}\npath_separator = os\nversion_path_separator = os\nversion_locations = ${versions}\n`,
  )
  const alembic = (url: string, words: readonly string[]) => run(settings, path.join(place.at, 'project'), root, url, words)
  const last = steps.at(-1)?.id ?? ''
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => undefined,
    stand: (url, those) => each(ends(those), (id) => alembic(url, ['stamp', id]), last),
    up: (url, those) => each(ends(those), (id) => alembic(url, ['upgrade', id]), last),
    down: (url, step, to) => each([to?.id ?? step.parents[0] ?? 'base'], (id) => alembic(url, ['downgrade', id]), step.id),
    close: place.close,
  }
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

async function run(settings: string, cwd: string, root: string, url: string, words: readonly string[]): Promise<Ran> {
  const env = {
    GODWIT_PROVE_URL: url,
    PYTHONPATH: [root, process.env['PYTHONPATH']].filter(Boolean).join(path.delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const { failed, stdout, stderr } = await called(program, ['-c', settings, ...words], { cwd, env })
  const statements = Number(/^godwit statements (\d+)$/m.exec(stdout)?.[1] ?? 0)
  return failed ? { statements, failed: failureIn(stderr) } : { statements }
}

/** The last that it was at, and the last line that is no trace. */
function failureIn(stderr: string): { id: string; why: string } {
  const id = [...stderr.matchAll(/Running (?:upgrade|downgrade) \S* ?-> (\w+)/g)].at(-1)?.[1] ?? ''
  const lines = stderr.split('\n').filter((l) => l.trim())
  const why =
    lines.find((l) => /^[\w.]*(Error|Exception|Violation|Undefined\w*|Exists?)\b.*:/.test(l)) ?? lines.at(-1) ?? 'it failed without a word'
  return { id, why: why.trim() }
}
