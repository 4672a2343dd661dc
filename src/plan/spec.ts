// Where a migration contradicts itself or the database. All of it is found before anything happens, and listed at once.
import { columnsRead, tableOf } from '../dialects/shape.ts'
import { readOnlyWritten, specWrong } from '../errors/plan.ts'
import { describe, type Node, walk } from '../expr/node.ts'
import { isColumn } from '../expr/words/column.ts'
import { isCompute } from '../expr/words/compute.ts'
import type { Fill } from '../mapping/fill.ts'
import { type MappingFacts, type Output, rootsOf } from '../mapping/mapping.ts'
import type { Migration } from '../migration/migration.ts'
import type { ColumnFacts } from '../schema/column.ts'
import { column, type LiveColumn, type LiveSchema, type LiveTable, qualified, whereIs } from '../schema/schema.ts'
import { isTable, tablesUnder } from '../schema/table.ts'
import { sameType, typeLabel } from '../schema/type.ts'
import { didYouMean, list, plural } from '../text.ts'

export interface Limits {
  /** Tables and schemas that Godwit may only read. */
  readonly readOnly: readonly string[]
}

export interface Finding {
  readonly code: string
  readonly level: 'error' | 'warning' | 'note'
  readonly message: string
  readonly at: string | undefined
  readonly hint: string
}

export function examineMigration(migration: Migration, schema: LiveSchema, limits: Limits): Finding[] {
  const findings = migration.mappings.flatMap((m) => examineMapping(m, schema, limits))
  const errors = findings.filter((f) => f.level === 'error')
  if (errors.length) throw specWrong({ problems: errors })
  return findings
}

function examineMapping(m: MappingFacts, schema: LiveSchema, limits: Limits): Finding[] {
  return [
    ...sourceDrift(m, schema),
    ...sourceColumns(m, schema),
    ...fedTwice(m),
    ...m.outputs.flatMap((o) => examineOutput(m, o, tableOf(schema, o.to.id, o.at), limits)),
    ...(m.fill ? examineFill(m, m.fill, tableOf(schema, m.fill.to.id, m.fill.at), limits) : []),
    ...slowLane(m),
    ...volatile(m),
  ]
}

function sourceColumns(m: MappingFacts, schema: LiveSchema): Finding[] {
  const used = columnsRead(m)
  const all = isTable(m.from) ? tableOf(schema, m.from.id, m.at).columns.map((c) => c.name) : Object.keys(m.from.columns)
  const findings: Finding[] = all
    // in a row that is only filled, everything else stays where it is
    .filter((c) => (m.outputs.length > 0 || !m.fill) && !used.has(c) && m.ignored[c] === undefined)
    .map((c) => ({
      code: 'GW_UNMAPPED',
      level: 'error',
      at: m.at,
      message: `${m.from.id}.${c} is neither used nor ignored.`,
      hint: `Map it, or say why not: ignore: { ${c}: '…' }`,
    }))
  for (const [c, why] of Object.entries(m.ignored)) {
    if (used.has(c) && !m.from.key.includes(c))
      findings.push({
        code: 'GW_USED_AND_IGNORED',
        level: 'error',
        at: m.at,
        message: `${m.from.id}.${c} is mapped, and ignored at the same time ("${why}").`,
        hint: 'One of the two is a mistake.',
      })
    if (!all.includes(c))
      findings.push({
        code: 'GW_COLUMN_MISSING',
        level: 'error',
        at: m.at,
        message: `${m.from.id} has no column ${c} to ignore.`,
        hint: near(c, all),
      })
    if (why.trim() === '')
      findings.push({
        code: 'GW_NO_REASON',
        level: 'error',
        at: m.at,
        message: `${m.from.id}.${c} is ignored without a reason.`,
        hint: 'Say why it goes nowhere: somebody will ask.',
      })
  }
  return findings
}

const near = (name: string, all: readonly string[]): string => {
  const n = didYouMean(name, all)
  return n ? `Did you mean ${n}?` : `It has ${list(all)}.`
}

/** The schema file against the database: what the types were checked with must be what is there. */
function sourceDrift(m: MappingFacts, schema: LiveSchema): Finding[] {
  const findings: Finding[] = []
  const tables = [...tablesUnder(m.from), ...m.outputs.map((o) => o.to)]
  for (const t of new Set(tables)) {
    const live = tableOf(schema, t.id, m.at)
    for (const [name, written] of Object.entries(t.columns as Record<string, ColumnFacts>)) {
      const there = column(live, name)
      const say = (message: string): void => {
        findings.push({ code: 'GW_DRIFT', level: 'error', at: m.at, message, hint: 'godwit pull writes the schema file again.' })
      }
      if (!there) say(`${t.id} has no column ${name}; the schema file says it has.`)
      else if (!sameType(there.type, written.type) && there.type.name !== 'other')
        say(`${t.id}.${name} is ${typeLabel(there.type)}; the schema file says ${typeLabel(written.type)}.`)
      else if (there.nullable && !written.nullable && t === m.from && !m.from.key.includes(name))
        say(`${t.id}.${name} may be null; the schema file says it may not.`)
    }
  }
  return findings
}

function fedTwice(m: MappingFacts): Finding[] {
  const seen = new Map<string, string>()
  const findings: Finding[] = []
  for (const o of m.outputs) {
    const key = o.to.key.map((k: string) => (o.values[k] ? JSON.stringify(describe(o.values[k])) : undefined))
    if (key.some((k: string | undefined) => k === undefined) || !key.length) continue
    const name = `${o.to.id} ${key.join(' ')}`
    const other = seen.get(name)
    if (other)
      findings.push({
        code: 'GW_FED_TWICE',
        level: 'error',
        at: o.at,
        message: `${o.name} and ${other} both write the same row of ${o.to.id}.`,
        hint: 'Write all its columns in one output.',
      })
    seen.set(name, o.name)
  }
  return findings
}

function refuseReadOnly(m: MappingFacts, at: string | undefined, table: LiveTable, limits: Limits): void {
  const owner = limits.readOnly.map((r) => (r.includes('.') ? qualified(r) : r)).find((r) => r === table.schema || r === table.id)
  const away = whereIs(table.id)
  if (away) throw readOnlyWritten({ table: table.id, mapping: m.name, owner: away.database, at })
  if (owner) throw readOnlyWritten({ table: table.id, mapping: m.name, owner, at })
}

/** A fill changes the rows that are mapped, and nothing that tells them apart. */
function examineFill(m: MappingFacts, f: Fill, table: LiveTable, limits: Limits): Finding[] {
  refuseReadOnly(m, f.at, table, limits)
  const findings: Finding[] = []
  const error = (code: string, message: string, hint: string): void => {
    findings.push({ code, level: 'error', at: f.at, message, hint })
  }
  if (m.from.id !== f.to.id)
    error(
      'GW_FILL',
      `${m.name} reads ${m.from.id} and fills ${f.to.id}.`,
      `Map from ${f.to.id}: a row is filled from itself and from what it looks up.`,
    )
  for (const [name, node] of Object.entries(f.values)) {
    const there = column(table, name)
    const all = table.columns.map((c) => c.name)
    if (!there) error('GW_COLUMN_MISSING', `${table.id} has no column ${name}.`, near(name, all))
    else if (there.generated)
      error('GW_GENERATED', `${table.id}.${name} is computed by the database (${there.generated}) and cannot be filled.`, 'Leave it out.')
    else if (m.from.key.includes(name))
      error('GW_FILL', `${table.id}.${name} is the key of the rows that are filled.`, 'Map the rows into another table, with other keys.')
    else findings.push(...narrower(there, table, node, f))
    if (m.outputs.some((o) => o.to.id === table.id && o.values[name]))
      error(
        'GW_FED_TWICE',
        `${table.id}.${name} is filled in place, and written by an output of the same mapping.`,
        'One of the two is a mistake.',
      )
  }
  return [...findings, ...attached(f, table)]
}

function examineOutput(m: MappingFacts, o: Output, table: LiveTable, limits: Limits): Finding[] {
  refuseReadOnly(m, o.at, table, limits)
  const findings: Finding[] = []
  const error = (code: string, message: string, hint: string, at = o.at): void => {
    findings.push({ code, level: 'error', at, message, hint })
  }
  for (const [name, node] of Object.entries(o.values)) {
    const there = column(table, name)
    if (!there)
      error(
        'GW_COLUMN_MISSING',
        `${table.id} has no column ${name}.`,
        near(
          name,
          table.columns.map((c) => c.name),
        ),
      )
    else if (there.generated)
      error('GW_GENERATED', `${table.id}.${name} is computed by the database (${there.generated}) and cannot be mapped.`, 'Leave it out.')
    else findings.push(...narrower(there, table, node, o))
  }
  for (const c of table.columns) {
    const needed = !c.nullable && c.default === undefined && c.identity === undefined && c.generated === undefined
    if (needed && o.values[c.name] === undefined && !table.primaryKey.includes(c.name))
      error('GW_REQUIRED', `${table.id}.${c.name} must have a value, and ${o.name} gives none.`, 'Map it.')
  }
  findings.push(...sharedRows(m, o, table))
  return [...findings, ...attached(o, table)]
}

/** Values that are written down in the mapping and that the column cannot hold. */
function narrower(c: LiveColumn, table: LiveTable, node: Node, o: { readonly at: string | undefined }): Finding[] {
  const values = node.word.values?.(node)?.filter((v) => v !== null)
  if (!values) return []
  const at = node.at ?? o.at
  const length = 'length' in c.type ? c.type.length : undefined
  const tooLong = length === undefined ? [] : values.filter((v) => [...String(v)].length > length)
  if (tooLong.length)
    return [
      {
        code: 'GW_NARROWER',
        level: 'error',
        at,
        message: `${table.id}.${c.name} is ${typeLabel(c.type)}, and the mapping gives it '${tooLong[0]}' (${[...String(tooLong[0])].length} characters).`,
        hint: 'Widen the column, or map to a shorter value.',
      },
    ]
  const allowed = c.type.name === 'enum' ? c.type.labels : allowedBy(table, c.name)
  const unknown = allowed ? values.filter((v) => !allowed.includes(String(v))) : []
  if (!unknown.length) return []
  return [
    {
      code: 'GW_NARROWER',
      level: 'error',
      at,
      message: `${table.id}.${c.name} takes only ${allowed!.map((a) => `'${a}'`).join(', ')}, and the mapping gives it ${unknown.map((v) => `'${String(v)}'`).join(', ')}.`,
      hint: 'Map to a value that it takes, or change the constraint first.',
    },
  ]
}

/** The list of a CHECK (column IN (…)), as Postgres writes it back. */
function allowedBy(table: LiveTable, name: string): readonly string[] | undefined {
  for (const check of table.checks) {
    if (check.columns.length !== 1 || check.columns[0] !== name || !/= ANY \(/i.test(check.sql) || / (OR|AND) /i.test(check.sql)) continue
    const items = [...check.sql.matchAll(/'((?:[^']|'')*)'::/g)].map((x) => x[1]!.replaceAll("''", "'"))
    if (items.length) return items
  }
  return undefined
}

/** A shared row's values must hang on what tells the groups apart, or two source rows could want two things of it. */
function sharedRows(m: MappingFacts, o: Output, table: LiveTable): Finding[] {
  if (!o.per) return []
  const findings: Finding[] = []
  const per = new Set(o.per.map((p) => o.values[p]).filter((n) => n !== undefined))
  for (const p of o.per)
    if (!o.values[p])
      findings.push({
        code: 'GW_PER',
        level: 'error',
        at: o.at,
        message: `${o.name} is made per ${p}, and ${p} is not mapped.`,
        hint: `Give ${p} a value.`,
      })
  // a group that has the source key in it is one row
  const single = m.from.key.every((k: string) => [...per].some((n) => isColumn(n) && n.params['name'] === k))
  const hangs = (n: Node): boolean => single || per.has(n) || n.word.name === 'aggregate' || (!isColumn(n) && n.args.every(hangs))
  for (const [name, node] of Object.entries(o.values)) {
    if (!hangs(node))
      findings.push({
        code: 'GW_PER',
        level: 'error',
        at: node.at ?? o.at,
        message: `${table.id}.${name} can differ between the source rows that share one row of ${o.name}.`,
        hint: `Make it from ${list(o.per)} (a lookup by it, for instance), or aggregate it: min(…), max(…), sum(…).`,
      })
  }
  return findings
}

function attached(o: { readonly at: string | undefined }, table: LiveTable): Finding[] {
  const firing = table.triggers.filter((t) => t.enabled !== 'disabled' && t.enabled !== 'replica' && t.events.some((e) => e !== 'truncate'))
  const notes: Finding[] = firing.map((t) => ({
    code: 'GW_TRIGGER',
    level: 'note',
    at: o.at,
    message: `${table.id} has the trigger ${t.name}: it fires for the rows that Godwit writes.`,
    hint: 'What it changes shows as a difference in verify; what it refuses goes to quarantine.',
  }))
  if (table.rowSecurity)
    notes.push({
      code: 'GW_ROW_SECURITY',
      level: 'warning',
      at: o.at,
      message: `${table.id} has row security.`,
      hint: 'Run as a role that it does not apply to, or rows stay hidden from the comparison; Godwit stops rather than see half of them.',
    })
  return notes
}

function slowLane(m: MappingFacts): Finding[] {
  const seen = new Set<Node>()
  for (const root of rootsOf(m))
    walk(root, (n) => {
      if (isCompute(n)) seen.add(n)
    })
  return [...seen].map((n) => ({
    code: 'GW_IN_NODE',
    level: 'note',
    at: n.at,
    message: `${m.name} computes a value in Node: the rows leave the database and come back.`,
    hint: 'Say it in SQL if it can be said: it is several times faster.',
  }))
}

const changing =
  /\b(random|now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|uuid_generate_v[14]|uuidv4|uuidv7|nextval|setseed|txid_current|pg_backend_pid)\s*\(|\b(current_timestamp|current_date|current_time|localtimestamp|localtime|current_user|session_user)\b/gi

function volatile(m: MappingFacts): Finding[] {
  const findings: Finding[] = []
  const look = (text: string, at: string | undefined, what: string): void => {
    const found = [...new Set([...text.matchAll(changing)].map((x) => (x[1] ?? x[2])!.toLowerCase()))]
    if (found.length)
      findings.push({
        code: 'GW_VOLATILE',
        level: 'error',
        at,
        message: `${what} calls ${list(found)}, which ${plural(found.length, 'gives', 'give').replace(/^\S+ /, '')} another answer each time.`,
        hint: 'A resumed or repeated run would make other rows. Use uuidOf(…) for ids, and a column of the source for times.',
      })
  }
  for (const root of rootsOf(m))
    walk(root, (n) => {
      if (n.word.name === 'sql') look((n.params['text'] as string[]).join(' '), n.at, 'SQL in the mapping')
    })
  if (m.from.query !== undefined) look(m.from.query, m.at, `The query ${m.from.id}`)
  return findings
}
