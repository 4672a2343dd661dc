// All statements of a backup, in the order in which they can be carried out, and what the canonical form says of the same objects.

import type { Scope } from '../../backup.ts'
import type { Session } from '../../database.ts'
import { catalogueLines } from '../canonical.ts'
import { textArray } from '../names.ts'
import { type LeftOut, leftOut } from './left.ts'
import { positionsOf } from './positions.ts'
import { type Belonging, belonging } from './scope.ts'
import { type Statement, sections, type Writing, type Written, writtenFrom } from './statement.ts'
import { partWritings } from './write-parts.ts'
import { rightWritings } from './write-rights.ts'
import { tableWritings } from './write-tables.ts'
import { typeWritings } from './write-types.ts'

const writings: readonly Writing[] = [...typeWritings, ...tableWritings, ...partWritings, ...rightWritings]
/** Of what does not hang on one another, which kind goes first. */
const rank = new Map(['schema', 'extension', ...writings.map((w) => w.kind), 'position'].map((kind, i) => [kind, i] as const).toReversed())

export interface Catalogue {
  readonly statements: readonly Statement[]
  /** What the canonical form says of it all: `kind id facts`. */
  readonly lines: readonly string[]
  readonly belonging: Belonging
  readonly left: LeftOut['left']
}

/** In the snapshot of the session. */
export async function readCatalogue(session: Session, scope: Scope): Promise<Catalogue> {
  const found = await belonging(session, scope)
  const written: Written[] = []
  for (const w of writings) {
    const oids = found.get(w.class)
    if (!oids) continue
    const { rows } = await session.query(w.sql, [textArray(oids)])
    written.push(...rows.map((r) => writtenFrom(r, w)))
  }
  const positions = await positionsOf(session, found)
  const out = await leftOut(session, scope, found)
  const statements = ordered([...written, ...positions.written], await dependencies(session))
  return {
    statements,
    lines: [...(await linesOf(session, statements, scope, found, new Set(out.lines))), ...positions.lines],
    belonging: found,
    left: out.left,
  }
}

type Edges = ReadonlyMap<string, readonly string[]>

async function dependencies(session: Session): Promise<Edges> {
  const { rows } = await session.query(
    `select distinct classid::regclass::text || ' ' || objid as one, refclassid::regclass::text || ' ' || refobjid as other from pg_depend where objid >= 16384 and refobjid >= 16384 and (classid, objid) <> (refclassid, refobjid)`,
  )
  return new Map([...Map.groupBy(rows, (r) => r['one']!)].map(([one, of]) => [one, of.map((r) => r['other']!)]))
}

/** Each after what it needs. What is no statement itself (the type of a table's rows, an array) is looked through. */
function ordered(written: readonly Written[], edges: Edges): Statement[] {
  const byKey = new Map(written.flatMap((w) => [w.key, ...w.also].map((k) => [k, w] as const)))
  const needs = new Map(written.map((w) => [w, needsOf(w, byKey, edges)]))
  const order = inTurn(written.toSorted(byRank), needs)
  const numbers = new Map(order.map((w, n) => [w, n]))
  return order.map((w) => {
    const part = w.partOf === undefined ? undefined : byKey.get(w.partOf)
    return {
      ...w.statement,
      needs: [...needs.get(w)!].map((x) => numbers.get(x)!).toSorted((a, b) => a - b),
      ...(part && part !== w ? { part: numbers.get(part)! } : {}),
    }
  })
}

const placeOf = ({ statement: s }: Written): number => sections.indexOf(s.section) * 1000 + rank.get(s.kind)!
const byRank = (a: Written, b: Written): number =>
  placeOf(a) - placeOf(b) || (a.statement.what < b.statement.what ? -1 : a.statement.what > b.statement.what ? 1 : a.key < b.key ? -1 : 1)

function needsOf(w: Written, byKey: ReadonlyMap<string, Written>, edges: Edges): Set<Written> {
  const found = new Set<Written>()
  const seen = new Set<string>()
  const look = (key: string): void => {
    if (seen.has(key)) return
    seen.add(key)
    const other = byKey.get(key)
    if (other && other !== w) found.add(other)
    else for (const k of edges.get(key) ?? []) look(k)
  }
  for (const key of [w.key, ...w.also]) look(key)
  for (const key of w.hangs) {
    const other = byKey.get(key)
    if (other && other !== w) found.add(other)
  }
  return found
}

/** Sections stay whole: a need in a later one is a circle, which the statements themselves have to break. */
function inTurn(written: readonly Written[], needs: ReadonlyMap<Written, ReadonlySet<Written>>): Written[] {
  const order: Written[] = []
  const seen = new Set<Written>()
  const visit = (w: Written): void => {
    if (seen.has(w)) return
    seen.add(w)
    for (const n of [...needs.get(w)!].toSorted(byRank))
      if (sections.indexOf(n.statement.section) <= sections.indexOf(w.statement.section)) visit(n)
    order.push(w)
  }
  for (const w of written) visit(w)
  return order
}

/** These are listed as left. */
const ofTheServer = /^(database|event trigger|publication|settings|extension plpgsql) /

/** Only what belongs to the backup, and not what is left. */
async function linesOf(
  session: Session,
  statements: readonly Statement[],
  scope: Scope,
  found: Belonging,
  left: ReadonlySet<string>,
): Promise<string[]> {
  const names = await session.query(
    `select distinct quote_ident(n.nspname) as quoted, n.nspname as name from pg_namespace n where n.oid = any ($1::oid[]) or n.oid in (select relnamespace from pg_class where oid = any ($2::oid[]))`,
    [textArray(found.get('pg_namespace') ?? []), textArray(found.get('pg_class') ?? [])],
  )
  const lines: string[] = []
  const mine = scope.tables ? await ofTables(session, statements, found) : (line: string) => !ofTheServer.test(line)
  for await (const line of catalogueLines(session, textArray(names.rows.map((r) => r['name']!)), { sequences: false }))
    if (mine(line) && !isIn(left, line)) lines.push(line)
  return lines
}

/** `column public.a.b {…}` is what `column public.a.b` names. */
export const isIn = (names: ReadonlySet<string>, line: string): boolean => names.has(nameIn(line))

/** Within a quoted name quotes are doubled, so that this cannot stand in one. */
export function nameIn(line: string): string {
  const end = line.search(/ \{"(?!")/)
  return line.slice(0, end < 0 ? line.lastIndexOf(' ') : end)
}

async function ofTables(session: Session, statements: readonly Statement[], found: Belonging): Promise<(line: string) => boolean> {
  const oids = [textArray(found.get('pg_class') ?? []), textArray(found.get('pg_type') ?? []), textArray(found.get('pg_proc') ?? [])]
  const { rows } = await session.query(
    `select case when c.relkind in ('i', 'I') then 'index ' when c.relkind = 'S' then 'sequence ' else 'relation ' end || format('%I.%I', n.nspname, c.relname) as line from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = any ($1::oid[])
      union all select 'type ' || format('%I.%I', n.nspname, t.typname) from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.oid = any ($2::oid[])
      union all select 'routine ' || p.oid::regprocedure from pg_proc p where p.oid = any ($3::oid[])`,
    oids,
  )
  const whole = new Set([
    ...rows.map((r) => r['line']!),
    ...statements.flatMap((s) =>
      s.kind === 'schema' || s.kind === 'extension' || s.kind === 'collation' || s.kind === 'statistics' ? [s.what] : [],
    ),
  ])
  const tables = rows.flatMap((r) => (r['line']!.startsWith('relation ') ? [`${r['line']!.slice('relation '.length)}.`] : []))
  const parts = /^(column|constraint|trigger|rule|policy) /
  return (line) => {
    if (isIn(whole, line)) return true
    const kind = parts.exec(line)
    return kind !== null && tables.some((t) => line.startsWith(t, kind[0].length))
  }
}
