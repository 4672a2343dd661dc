// Whether what was brought back is what the snapshot had: rows by their digests, everything else line by line.
import { count } from '../../../text.ts'
import type { Kept, Restored, Restoring } from '../../backup.ts'
import type { Database } from '../../database.ts'
import { catalogueLines } from '../canonical.ts'
import { textArray } from '../names.ts'
import { isIn, nameIn } from './catalogue.ts'
import { digested } from './form.ts'
import { notOurs } from './scope.ts'
import type { Statement } from './statement.ts'
import { type KeptCatalogue, type TableRows, tablesNamed, together } from './take.ts'

const moment = { isolation: 'repeatable read', readOnly: true } as const

export async function difference(
  db: Database,
  kept: Kept,
  catalogue: KeptCatalogue,
  restoring: Pick<Restoring, 'tables' | 'signal'>,
  restored: Restored,
): Promise<string | undefined> {
  const tables = tablesNamed(catalogue, restoring.tables)
  return (
    (await inRows(db, kept, tables, restoring.signal)) ??
    (restoring.tables || restored.there.some((w) => !w.endsWith('schema public')) ? undefined : inCatalogue(db, catalogue, restored))
  )
}

async function inRows(db: Database, kept: Kept, tables: readonly TableRows[], signal: AbortSignal): Promise<string | undefined> {
  const waiting = tables.map((t) => ({ t, had: kept.tables.find((k) => k.id === t.id)! })).toSorted((a, b) => b.had.rows - a.had.rows)
  const found: string[] = []
  const one = () =>
    db.session(async (s) => {
      await s.query(`select set_config('work_mem', '256MB', false), set_config('statement_timeout', '0', false)`)
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        signal.throwIfAborted()
        const { t, had } = next
        const is = await s.transaction((tx) => digested(tx, t.asked), moment)
        if (is.rows !== had.rows) found.push(`${t.id} has ${count(is.rows)} rows, and had ${count(had.rows)}`)
        else if (is.digest !== had.digest) found.push(`${t.id}: of its ${count(is.rows)} rows some are not what they were`)
      }
    })
  await together([one(), one()], () => waiting.splice(0))
  return found[0]
}

/** What had to be left of these kinds is a fact of the lines of what they were to be set on. */
const factOf: Readonly<Record<string, string>> = { owner: 'owner', grants: 'grants', comment: 'comment', tablespace: 'tablespace' }
const lineOf: Readonly<Record<string, RegExp>> = { policy: /^policy /, 'default grants': /^default grants / }

async function inCatalogue(db: Database, { statements, lines }: KeptCatalogue, restored: Restored): Promise<string | undefined> {
  const refused = statements.filter((s) => restored.left.some((l) => l.what === s.what))
  const names = new Set(refused.flatMap((s) => s.line ?? []))
  const wanted = comparable(lines, refused, names)
  const there = comparable(await linesThere(db, statements), refused, names)
  const [missing, more] = [[...wanted].filter(([name]) => !there.has(name)), [...there].filter(([name]) => !wanted.has(name))]
  if (missing[0]) return `${missing[0][0]} is missing`
  if (more[0]) return `${more[0][0]} is there, and was not`
  const given = statements.flatMap((x) => x.sql)
  const other = [...wanted].find(([name, facts]) => !alike(facts, there.get(name)!, given))
  return other && `${other[0]} is ${excerpt(there.get(other[0])!, other[1])}, and was ${excerpt(other[1], there.get(other[0])!)}`
}

async function linesThere(db: Database, statements: readonly Statement[]): Promise<string[]> {
  const lines: string[] = []
  const public_ = statements.some((s) => s.what === 'schema public')
  const plain = new Set(statements.flatMap((s) => (s.kind === 'extension' ? [s.what] : [])))
  await db.session((s) =>
    s.transaction(async (tx) => {
      const { rows } = await tx.query(
        `select nspname as name from pg_namespace where nspname not in ${notOurs} and nspname !~ '^pg_(toast|temp)'`,
      )
      for await (const line of catalogueLines(tx, textArray(rows.map((r) => r['name']!)), {})) {
        if (/^(database|event trigger|publication|settings) /.test(line)) continue
        if (line.startsWith('extension ') && !isIn(plain, line)) continue
        if (line.startsWith('schema public ') && !public_) continue
        lines.push(line)
      }
    }, moment),
  )
  return lines
}

function comparable(lines: readonly string[], refused: readonly Statement[], names: ReadonlySet<string>): Map<string, string> {
  const facts = refused.flatMap((s) => factOf[s.kind] ?? [])
  const kinds = refused.flatMap((s) => lineOf[s.kind] ?? [])
  const kept = lines.filter((line) => !names.has(nameIn(line)) && !kinds.some((k) => k.test(line)))
  return new Map(kept.map((line) => [nameIn(line), without(line.slice(nameIn(line).length + 1), facts)]))
}

/**
 * Postgres writes an expression that it has read from its own text in other words at times (a list of texts cast as a whole, or one by one). Where it
 * was given word for word what it had said, the two are the same.
 */
function alike(was: string, is: string, given: readonly string[]): boolean {
  if (was === is) return true
  if (!was.startsWith('{') || !is.startsWith('{')) return false
  const [before, now] = [JSON.parse(was) as Facts, JSON.parse(is) as Facts]
  const same = (a: unknown, b: unknown): boolean =>
    JSON.stringify(a) === JSON.stringify(b) ||
    (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => same(x, b[i]))) ||
    (typeof a === 'string' && typeof b === 'string' && isExpression(a) && given.some((sql) => sql.includes(a.replace(/[; ]+$/, ''))))
  return Object.keys({ ...before, ...now }).every((name) => same(before[name], now[name]))
}
type Facts = Readonly<Record<string, unknown>>
const isExpression = (text: string): boolean => /[( ]/.test(text)

function without(facts: string, names: readonly string[]): string {
  if (!facts.startsWith('{') || !names.length) return facts
  return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(facts) as object).filter(([name]) => !names.includes(name))))
}

/** From where the two part. */
function excerpt(text: string, other: string): string {
  const at = [...text].findIndex((c, i) => c !== other[i])
  const from = Math.max(0, at - 30)
  return `${from ? '…' : ''}${text.slice(from, from + 80)}${text.length > from + 80 ? '…' : ''}`
}
