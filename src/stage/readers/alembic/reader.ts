// Alembic: a folder of revisions in Python.
import path from 'node:path'
import { call } from '../../python/calls.ts'
import { moduleScope, Reading } from '../../python/reading.ts'
import { run } from '../../python/statements.ts'
import { asText, Func, given, itemsOf, type Scope, type Value } from '../../python/values.ts'
import type { Folder, Migration, Reader, Unread, Way } from '../../types.ts'
import { inOrder } from '../chain.ts'
import { type Files, filesOf } from '../python-files.ts'
import { AlembicHost } from './host.ts'
import type { Known } from './operations.ts'

const isRevision = (text: string): boolean => /^revision\b[^=\n]*=/m.test(text) && /^down_revision\b[^=\n]*=/m.test(text)

export const alembic: Reader = {
  format: 'alembic',
  knows: (folder) => folder.files.some((file) => file.endsWith('.py') && isRevision(folder.text(file) ?? '')),
  read(folder) {
    const known: Known = { types: new Set() }
    const revisions = folder.files
      .filter((f) => f.endsWith('.py') && isRevision(folder.text(f) ?? ''))
      .map((file) => revisionIn(file, folder))
    const { ordered, faults } = inOrder(revisions)
    return { format: 'alembic', migrations: ordered.map((r) => read(r, folder, known)), faults }
  },
}

interface Revision {
  readonly id: string
  readonly file: string
  readonly text: string
  readonly parents: readonly string[]
  readonly needs: readonly string[]
}

/** By the code, and never by the comment at its top. */
function revisionIn(file: string, folder: Folder): Revision {
  const text = folder.text(file) ?? ''
  const { scope } = opened(file, text, new AlembicHost(noFiles, { types: new Set() }))
  const named = (name: string) => namesIn(scope.names.get(name))
  return {
    id: named('revision')[0] ?? path.posix.basename(file, '.py'),
    file,
    text,
    parents: named('down_revision'),
    needs: named('depends_on'),
  }
}

const noFiles: Files = { module: () => undefined, file: () => undefined }

const namesIn = (value: Value | undefined): string[] =>
  typeof value === 'string' ? [value] : value === undefined || value === null ? [] : (itemsOf(value) ?? []).flatMap((v) => asText(v) ?? [])

function opened(file: string, text: string, host: AlembicHost): { readonly scope: Scope; readonly reading: Reading } {
  const { scope, tree } = moduleScope(file, text)
  const reading = new Reading(host)
  reading.modules.set(file, scope)
  reading.within(() => void run(tree, scope, reading, { returned: [] }))
  return { scope, reading }
}

function read(revision: Revision, folder: Folder, known: Known): Migration {
  const { id, file, text, parents, needs } = revision
  const up = direction('upgrade', revision, folder, known)
  const down = direction('downgrade', revision, folder, { types: new Set(known.types) })
  return {
    id,
    file,
    title: /^\s*(?:"""|''')\s*(.*?)\s*(?:"""|'''|$)/m.exec(text)?.[1]?.trim() || id,
    parents,
    needs,
    up: up.held.operations,
    down: down.held.operations,
    back: wayBack(down),
    unread: [...up.held.unread, ...(up.there ? [] : [missing(file)])],
    notes: [...told(revision), ...up.notes],
    dialect: 'postgres',
    before: up.held.before,
  }
}

interface Direction {
  readonly held: AlembicHost['held']
  readonly there: boolean
  readonly notes: readonly string[]
}

/** Where nothing else is done, it is done to objects that a session keeps, or by what cannot be read. */
function onlyElsewhere(host: AlembicHost): void {
  const { strange, committed, held } = host
  if (held.operations.length || held.unread.length) return
  if (committed) held.operations.push({ kind: 'session.commit', line: committed.line, effect: 'rows', live: true })
  else if (strange) host.unread(`${strange.name} is not read`, strange.at)
}

const missing = (file: string): Unread => ({ file, line: 1, why: 'there is no upgrade()', grave: true })

function direction(name: string, { file, text }: Revision, folder: Folder, known: Known): Direction {
  const host = new AlembicHost(filesOf(folder), known)
  const { scope, reading } = opened(file, text, host)
  // what stands at the top of the file is done however it is run
  const body = scope.names.get(name)
  if (!(body instanceof Func)) return { held: host.held, there: false, notes: [] }
  const whole = reading.within(() => void call(body, given([]), body.body, scope, reading))
  if (!whole) host.unread(`${name}() is too long to be followed to its end`, reading.at(scope, body.body))
  onlyElsewhere(host)
  const source = text.slice(body.body.from, body.body.to)
  return { held: host.held, there: true, notes: name === 'upgrade' ? noteworthy(source) : [] }
}

const noteworthy = (source: string): string[] => [
  ...(/\.commit\(\)/.test(source) ? ['it commits by itself: what was done before a failure stays'] : []),
  ...(/except\b[^:\n]*:\s*\n\s*(pass|print\(|log)/.test(source) && !/except[\s\S]*\braise\b/.test(source)
    ? ['an error is swallowed: it may do nothing, and be called done']
    : []),
]

function wayBack({ held, there }: Direction): Way {
  if (!there) return 'none'
  return held.operations.length > 0 || held.unread.length > 0 ? 'real' : 'empty'
}

/** Where the comment at the top says something else than the code. */
function told({ text, parents, id }: Revision): string[] {
  const comment = /^Revises:[^\S\n]*([^\n]*)$/m.exec(text)?.[1]?.trim()
  const said = (comment ?? '').split(/[\s,]+/).filter((w) => w && w !== 'None')
  const differs = comment !== undefined && (said.length !== parents.length || said.some((s) => !parents.includes(s)))
  return [
    ...(differs
      ? [`the comment says that it revises ${said.join(', ') || 'nothing'}; the code says ${parents.join(', ') || 'nothing'}`]
      : []),
    ...(/^[0-9a-f]+$/.test(id) ? [] : ['its id is not hexadecimal: nobody but a person made it']),
  ]
}
