// An audit of the data before a migration is run: set questions over every table that it touches. Asks, and writes nothing anywhere.

import { bareTable } from '../databases/bare.ts'
import type { Database } from '../databases/database.ts'
import { queryOf } from '../dialects/flat-writer.ts'
import { GodwitError } from '../errors/error.ts'
import { type MappingFacts, relationOf } from '../mapping/mapping.ts'
import { whereIs } from '../schema/schema.ts'
import { isTable, tablesUnder } from '../schema/table.ts'
import { maskedBy, plainText } from '../text.ts'
import { type Assessment, assessmentVersion, type Finding, type Unlooked } from './assessment.ts'
import { type Audited, concernOf } from './concern.ts'
import { meet } from './mapped/rows.ts'
import { type Budget, suspicionsOf, twinsOf } from './mapped/suspicions.ts'
import type { Filled } from './mapped/writer.ts'
import { type Place, placesFor } from './place.ts'
import type { Known, Subject } from './question.ts'
import { kinds } from './questions/index.ts'
import { type Answers, type Asking, none, scan, together } from './scan.ts'
import { askServer } from './server.ts'
import { subjectsOf } from './subjects.ts'
import { askTwins } from './twins.ts'
import { sorted, verdictOf } from './verdict.ts'
import { emptySources, roomNeeded } from './volumes.ts'

export interface AssessOptions {
  /** For each question; half a minute, if nothing is said. */
  readonly patienceMs?: number | undefined
  /** Values of rows as they are, and not by their shape only. */
  readonly showValues?: boolean | undefined
  /** What a run would be stopped by. */
  readonly budget?: Budget | undefined
  readonly environment?: string | undefined
  readonly tell?: ((what: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

const usualPatienceMs = 30_000
const usualBudget: Budget = { rows: 1000, percent: 1 }

/** `now`: the time that it is kept with. */
export async function assessData(migration: Audited, db: Database, now: number, options: AssessOptions = {}): Promise<Assessment> {
  const masked = options.showValues !== true
  const patienceMs = options.patienceMs ?? usualPatienceMs
  const asking: Asking = { patienceMs, mask: maskedBy(masked), tell: options.tell ?? (() => {}), signal: options.signal }
  const concern = concernOf(migration)
  const { all: places, notLookedAt } = await placesFor(db, [...concern.roles.keys()])
  const met = await subjectsOf(concern, places, patienceMs)
  const budget = options.budget ?? usualBudget
  const filled = new Set([...concern.roles].flatMap(([id, as]) => (as.has('written') ? [id] : [])))
  const answers = together([
    ...(await eachInTurn(met.subjects, (s) => askAbout(s, asking, met.subjects))),
    ...(await eachInTurn(migration.mappings, (m) => askOfMapping(m, places, met.subjects, { budget, filled, asking }))),
  ])
  const target = places[0]!
  const server = await askServer(db, target, concern)
  const room = await roomNeeded(met.subjects, target, patienceMs)
  const findings = sorted([...emptySources(met.volumes), ...answers.findings, ...server.findings, ...room.findings])
  const unlooked = distinct([
    ...concern.unnamed,
    ...notLookedAt,
    ...met.notLookedAt,
    ...answers.notLookedAt,
    ...server.notLookedAt,
    ...room.notLookedAt,
  ])
  return {
    format: 'godwit assessment',
    version: assessmentVersion,
    madeAt: new Date(now).toISOString(),
    migration: migration.name,
    environment: options.environment,
    database: db.name,
    verdict: verdictOf(findings, unlooked, met.volumes),
    masked,
    tables: met.volumes,
    findings,
    notLookedAt: unlooked,
    asked: answers.asked,
  }
}

async function eachInTurn<T>(of: readonly T[], ask: (one: T) => Promise<Answers>): Promise<Answers[]> {
  const all: Answers[] = []
  for (const one of of) all.push(await ask(one))
  return all
}

async function askAbout(subject: Subject, asking: Asking, all: readonly Subject[]): Promise<Answers> {
  const rows =
    subject.rows === 0
      ? none
      : await scan(
          subject,
          kinds.flatMap((k) => k.suspicions?.(subject) ?? []),
          asking,
        )
  const twins =
    subject.rows === 0
      ? []
      : await askTwins(
          subject,
          kinds.flatMap((k) => k.twins?.(subject) ?? []),
          asking,
        )
  const several = await eachInTurn(kinds, async (k) => k.several?.(subject, asking, all) ?? none)
  const known: Known[] = []
  for (const k of kinds) known.push(...((await k.known?.(subject)) ?? []))
  return together([rows, ...twins, ...several, { ...none, findings: known.map((k) => findingOf(k, subject)) }])
}

const findingOf = (k: Known, { id, place }: Subject): Finding => ({
  found: undefined,
  of: undefined,
  examples: [],
  query: undefined,
  at: undefined,
  ...k,
  place: place.shown,
  table: id,
})

/** Of what the mapping makes of each row, in the database that the rows are in. */
async function askOfMapping(
  m: MappingFacts,
  places: readonly Place[],
  subjects: readonly Subject[],
  { budget, filled, asking }: { readonly budget: Budget; readonly filled: Filled; readonly asking: Asking },
): Promise<Answers> {
  const left = (why: string): Answers => ({ ...none, notLookedAt: [{ what: `mapping ${m.name}`, why }] })
  if (m.from.derived && !wherePostgres(m, places)) return left('its rows are made of others when it is run')
  const target = places[0]!
  try {
    const subject = isTable(m.from) ? subjects.find((s) => s.id === m.from.id) : madeOf(m, places)
    // what could not be counted has been told
    if (!subject || subject.rows === 0) return none
    const met = meet(m, subject.place, subject.named, (id) => target.tables.get(id), filled)
    const rows = await scan(subject, suspicionsOf(m, subject, met, budget), asking)
    const twins = await askTwins(subject, twinsOf(subject, met), asking)
    return together([{ ...none, notLookedAt: met.notLookedAt }, rows, ...twins])
  } catch (problem) {
    if (asking.signal?.aborted) throw problem
    return left(
      problem instanceof GodwitError
        ? 'its rows are made of rows that the migration itself makes'
        : plainText((problem as Error).message.split('\n')[0]!),
    )
  }
}

/** The one Postgres that all tables are in of which its rows are made: only there can they be made to look at. */
function wherePostgres(m: MappingFacts, places: readonly Place[]): Place | undefined {
  const names = new Set(tablesUnder(m.from).map((t) => whereIs(t.id)?.database))
  const place = names.size === 1 ? places.find((p) => p.name === [...names][0]) : undefined
  return place?.spelling.engine === 'postgres' ? place : undefined
}

/** The rows of a query are asked where it is asked. */
function madeOf(m: MappingFacts, places: readonly Place[]): Subject {
  const place = wherePostgres(m, places) ?? places[0]!
  const { id } = m.from
  const setting = {
    sql: place.spelling.sql,
    schema: { serverVersion: place.serverVersion, database: '', user: '', tables: place.tables },
    migration: '',
    dense: new Set<string>(),
  }
  const table = bareTable({ id, schema: '', name: id, kind: 'view', owner: '', columns: [], primaryKey: m.from.key })
  return { id, place, table, roles: new Set(['source']), named: `(${queryOf(relationOf(m.from), new Map(), setting)})`, rows: undefined }
}

const distinct = (all: readonly Unlooked[]): Unlooked[] => [...new Map(all.map((u) => [`${u.what}\n${u.why}`, u])).values()]
