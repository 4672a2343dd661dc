// Django, where a Python of this place has it: its own `migrate`, with settings of Godwit's own and apps that hold nothing but migrations.
import path from 'node:path'
import type { Order, Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'
import { called, type Dialect, type Installed, saidBy, type Tool, whyIn, workplace } from './tool.ts'

const pythons = ['python', 'python3'] as const

/** Goes through commands of one line each, and says how many statements they came to and where it ended. */
const driver = `import importlib.util
import json
import os
import sys
import urllib.parse

import django
from django.conf import settings

given = json.load(sys.stdin)
url = urllib.parse.urlsplit(given["url"])
engine = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}[given["dialect"]]
database = {"ENGINE": "django.db.backends." + engine, "NAME": given["url"]}
if given["dialect"] != "sqlite":
    part = lambda text: urllib.parse.unquote(text or "")
    database.update(NAME=part(url.path[1:]), USER=part(url.username), PASSWORD=part(url.password), HOST=url.hostname or "", PORT=url.port or "")
    # a socket's folder stands behind the address
    database["HOST"] = urllib.parse.parse_qs(url.query).get("host", [database["HOST"]])[0]
contrib = ["django.contrib." + name for name in given["contrib"]]
settings.configure(
    SECRET_KEY="not a secret",
    DATABASES={"default": database},
    INSTALLED_APPS=contrib + ["apps." + app for app in given["apps"]],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command
from django.db import connection

count = 0
told = ("django_migrations", "django_content_type", "auth_permission")


def counted(execute, sql, params, many, context):
    global count
    if not any(name in sql for name in told) and "pg_catalog" not in sql and not sql.startswith(("SELECT", "PRAGMA", "SHOW")):
        count += 1
    return execute(sql, params, many, context)


done = {"statements": 0}
with connection.execute_wrapper(counted):
    for number, (app, name, fake) in enumerate(given["targets"]):
        try:
            call_command("migrate", app, name, fake=fake, verbosity=0, interactive=False, skip_checks=True)
        except BaseException as problem:
            done["failed"] = {"number": number, "why": "%s: %s" % (type(problem).__name__, str(problem).strip().split("\\n")[0])}
            break
done["statements"] = count
print("godwit " + json.dumps(done))
`

const ofDjango = ['auth', 'contenttypes', 'sessions', 'admin', 'sites', 'messages', 'flatpages', 'redirects', 'postgres', 'gis'] as const

const appOf = (file: string): string => path.posix.basename(path.posix.dirname(path.posix.dirname(file)))
const nameOf = ({ file }: Step): string => path.posix.basename(file, '.py')

const isMigration = (file: string, text: string): boolean =>
  path.posix.basename(path.posix.dirname(file)) === 'migrations' && /^class Migration\b/m.test(text)

const appsIn = ({ files }: Order): string[] => [...new Set([...files].filter(([f, t]) => isMigration(f, t)).map(([f]) => appOf(f)))]

/** Apps that its migrations name as what they come after. */
const namedIn = ({ files }: Order): string[] => {
  const texts = [...files.values()].join('\n')
  const named = [...texts.matchAll(/\(\s*["'](\w+)["']\s*,\s*["'](?:\d{4}\w*|__first__|__latest__)["']\s*,?\s*\)/g)].map(([, app]) => app!)
  return [...new Set([...named, ...(/settings\.AUTH_USER_MODEL/.test(texts) ? ['auth'] : [])])]
}

export const django: Tool = {
  name: 'django',
  format: 'django',
  dialects: ['postgres', 'mysql', 'sqlite'],
  unfit(order) {
    const apps = appsIn(order)
    const strange = namedIn(order).filter((a) => !apps.includes(a) && !(ofDjango as readonly string[]).includes(a))
    if (strange.length) return `its migrations come after those of ${strange.join(', ')}, which are not in the folder`
    const own = [...order.files.values()].some((t) => /["']swappable["']\s*:\s*["']AUTH_USER_MODEL["']/.test(t))
    return own ? "it needs the project's own users, which are models and not migrations alone" : undefined
  },
  installed() {
    for (const python of pythons) {
      const version = saidBy(python, ['-c', 'import django; print(django.__version__)'])
      if (version)
        return { name: `Django ${version}`, runner: (order, root, dialect) => runnerOf(python, `Django ${version}`, order, root, dialect) }
    }
    return undefined
  },
} satisfies Tool & { installed(): Installed | undefined }

function runnerOf(python: string, name: string, order: Order, root: string, dialect: Dialect): Runner {
  const place = workplace('django')
  const apps = appsIn(order)
  const script = place.write('migrate.py', driver)
  place.write('apps/__init__.py', '')
  for (const app of apps) place.write(`apps/${app}/__init__.py`, '')
  for (const [file, text] of order.files)
    if (apps.includes(appOf(file)) && file.includes('/migrations/'))
      place.write(`apps/${appOf(file)}/migrations/${path.posix.basename(file)}`, text)
  for (const app of apps) place.write(`apps/${app}/migrations/__init__.py`, '')
  const named = namedIn(order)
  const contrib = ofDjango.filter((a) => named.includes(a) || (named.includes('auth') && a === 'contenttypes'))
  const migrate = async (url: string, targets: readonly Target[]): Promise<Ran> => {
    const input = JSON.stringify({ url, dialect, apps, contrib, targets: targets.map((t) => [t.app, t.name, t.fake === true]) })
    const env = {
      PYTHONPATH: [place.at, root, process.env['PYTHONPATH']].filter(Boolean).join(path.delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const said = await called(python, [script], { cwd: place.at, env, input })
    const [, told] = /^godwit (\{.*\})$/m.exec(said.stdout) ?? []
    if (told === undefined) return { statements: 0, failed: { id: targets[0]!.id, why: whyIn(said) } }
    const { statements, failed } = JSON.parse(told) as { statements: number; failed?: { number: number; why: string } }
    return failed ? { statements, failed: { id: targets[failed.number]!.id, why: failed.why } } : { statements }
  }
  const target = (step: Step): Target => ({ id: step.id, app: appOf(step.file), name: nameOf(step) })
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => undefined,
    stand: (url, steps) =>
      migrate(
        url,
        steps.map((s) => ({ ...target(s), fake: true })),
      ),
    up: (url, steps) => migrate(url, steps.map(target)),
    down: (url, step) => migrate(url, [{ ...target(step), name: beforeIn(order, step) }]),
    close: place.close,
  }
}

interface Target {
  readonly id: string
  readonly app: string
  readonly name: string
  readonly fake?: true
}

/** What it comes after in its own app, by its file: nothing, where it is the first. */
function beforeIn({ files }: Order, step: Step): string {
  const app = appOf(step.file)
  const text = files.get(step.file) ?? ''
  const own = new RegExp(`\\(\\s*["']${app}["']\\s*,\\s*["'](\\w+)["']\\s*,?\\s*\\)`).exec(
    /dependencies\s*=\s*\[[\s\S]*?\]/.exec(text)?.[0] ?? '',
  )
  return own?.[1] ?? 'zero'
}
