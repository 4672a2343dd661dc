// The old files, key by key: where each goes, in which environments it counts, and without what is secret in it.
import { configurationFile } from '../errors/consolidate.ts'
import { list } from '../text.ts'
import { asList, type Consolidation, filesOf, type NewKey, type OldFile, saidOf } from './declaration.ts'
import { keyOfFrom } from './declared.ts'
import { type Entry, type Format, Malformed } from './formats/format.ts'
import { endings, formatOf } from './formats/index.ts'
import { isWithin, keyText, type Path, pathOf } from './path.ts'
import { holdsSecret, tellsSecret, textsIn, withoutSecrets } from './secrets.ts'
import { sameValue, shownWithType, type Value } from './value.ts'
import { valueWritten } from './written.ts'

/** A text by the name of its file; undefined where there is no such file. */
export type Texts = ReadonlyMap<string, string | undefined>

export interface Source {
  readonly file: string
  readonly path: Path
  readonly line: number | undefined
  readonly value: Value
  readonly comment: readonly string[]
  readonly environments: readonly string[]
  /** Said for some environments in particular, within its file. */
  readonly particular: boolean
  /** Of a file that knows only texts. */
  readonly untyped: boolean
  /** Nowhere, if it is not mapped. */
  readonly to: Path | undefined
  readonly unit: string | undefined
  /** Why it goes nowhere, if somebody has said so. */
  readonly dropped: string | undefined
}

interface Rule {
  readonly file: string
  readonly from: Path
  readonly to?: Path
  readonly unit?: string | undefined
  readonly dropped?: string
}

export interface Old {
  readonly sources: readonly Source[]
  /** Rules for keys that no file has. */
  readonly idle: readonly { readonly file: string; readonly key: string }[]
}

export async function readOld(c: Consolidation, texts: Texts): Promise<Old> {
  const rules = rulesOf(c)
  const { keys } = saidOf(c)
  const used = new Set<Rule>()
  const sources: Source[] = []
  const secrets: string[] = []
  for (const file of filesOf(c)) {
    for (const entry of await entriesOf(c, file, texts)) {
      const fitting = rulesFor(entry.path, file.file, rules)
      for (const rule of fitting) used.add(rule)
      const found = (fitting.length ? fitting : [undefined]).map((rule) => sourceOf(keys, file, entry, rule))
      if (found.some((s) => holdsSecret(s.value))) secrets.push(...textsIn(entry.value))
      sources.push(...found)
    }
  }
  const idle = rules.filter((r) => r.from.length > 0 && !used.has(r)).map((r) => ({ file: r.file, key: keyText(r.from) }))
  const safe = sources.map((s) => ({ ...s, comment: s.comment.filter((c) => !tellsSecret(c, secrets)) }))
  return { sources: safe, idle }
}

// ── where a key goes ───────────────────────────────────────────────────────────────────────

function rulesOf(c: Consolidation): readonly Rule[] {
  const whole = filesOf(c).flatMap((f): Rule[] => (f.at === undefined ? [] : [{ file: f.file, from: [], to: pathOf(f.at)! }]))
  const named = Object.entries(c.keys ?? {}).flatMap(([key, { from = {} }]) =>
    Object.entries(from).flatMap(([file, of]) =>
      asList(of).map(
        (f): Rule => ({ file, from: pathOf(keyOfFrom(f))!, to: pathOf(key)!, unit: typeof f === 'string' ? undefined : f.unit }),
      ),
    ),
  )
  const gone = Object.entries(c.dropped ?? {}).flatMap(([file, keys]) =>
    Object.entries(keys).map(([key, why]): Rule => ({ file, from: pathOf(key)!, dropped: why })),
  )
  return [...whole, ...named, ...gone]
}

/** Of the rules that are about a key, those that name it most closely. */
function rulesFor(path: Path, file: string, rules: readonly Rule[]): readonly Rule[] {
  const about = rules.filter((r) => r.file === file && isWithin(path, r.from))
  const closest = Math.max(...about.map((r) => r.from.length))
  return about.filter((r) => r.from.length === closest)
}

type Said = Omit<Entry, 'line'> & {
  readonly line?: number | undefined
  readonly environments: readonly string[]
  readonly particular: boolean
  readonly untyped: boolean
}

function sourceOf(keys: ReadonlyMap<string, NewKey>, { file }: OldFile, entry: Said, rule: Rule | undefined): Source {
  const to = rule?.to && [...rule.to, ...entry.path.slice(rule.from.length)]
  const key = to && keys.get(keyText(to))
  const value = withoutSecrets(
    [entry.path, to ?? []].flatMap((path) => path.at(-1) ?? []),
    entry.value,
    key?.secret === undefined ? undefined : key.secret !== false,
  )
  const unit = rule?.unit ?? key?.unit
  // what is said of a secret often says the secret
  const comment = holdsSecret(value) ? [] : entry.comment
  return { ...entry, line: entry.line, file, comment, value, to, unit, dropped: rule?.dropped }
}

/** What was given as a list, as it may be seen: for the plan's id. */
export function shownEntries(
  c: Consolidation,
): readonly { readonly file: string; readonly key: string; readonly environment?: string; readonly value: string }[] {
  const rules = rulesOf(c)
  const { keys } = saidOf(c)
  return (c.entries ?? []).map((e) => {
    const said: Said = {
      path: pathOf(e.key)!,
      value: valueWritten(e.value),
      comment: [],
      environments: [],
      particular: false,
      untyped: false,
    }
    const sources = [...rulesFor(said.path, e.file, rules), undefined].map((rule) => sourceOf(keys, { file: e.file }, said, rule))
    const { value } = sources.find((s) => holdsSecret(s.value)) ?? sources[0]!
    return { ...e, value: shownWithType(value) }
  })
}

// ── what a file says ───────────────────────────────────────────────────────────────────────

async function entriesOf(c: Consolidation, file: OldFile, texts: Texts): Promise<Said[]> {
  const everywhere = file.environments ?? c.environments
  const given = (c.entries ?? []).filter((e) => e.file === file.file)
  if (given.length)
    return given.map((e) => ({
      path: pathOf(e.key)!,
      value: valueWritten(e.value),
      comment: [],
      environments: e.environment === undefined ? everywhere : [e.environment],
      particular: e.environment !== undefined,
      untyped: false,
    }))
  const { entries, format } = await readFile(file.file, texts.get(file.file), file.dialect)
  return entries.map((e) => ({ ...e, environments: everywhere, particular: false, untyped: format.untyped === true }))
}

interface Read {
  readonly format: Format
  readonly entries: readonly Entry[]
}

/** As all of its readers read it; where they would differ, it must be said which one is meant. */
export async function readFile(file: string, text: string | undefined, dialect: string | undefined): Promise<Read> {
  const format = await formatOf(file)
  if (!format)
    throw configurationFile({
      file,
      why: 'is of no kind that is known here',
      hint: `There are: ${endings.join(' ')}, and names that begin with .env`,
    })
  if (text === undefined) throw configurationFile({ file, why: 'is not there', hint: 'Put it there, or take it out of the migration.' })
  if (dialect !== undefined && !format.dialects.includes(dialect))
    throw configurationFile({
      file,
      why: `has no dialect '${dialect}'`,
      hint: format.dialects.length ? `There are: ${list(format.dialects)}.` : 'Leave dialect out.',
    })
  const dialects = dialect === undefined && format.dialects.length ? format.dialects : [dialect]
  const readings = dialects.map((d) => attempt(format, text, d))
  const well = readings.filter((r) => Array.isArray(r)) as (readonly Entry[])[]
  if (well.length === 0) throw malformed(file, readings[0] as Malformed)
  if (well.length === 2) compareReadings(file, format, well[0]!, well[1]!)
  return { format, entries: well[0]! }
}

function attempt(format: Format, text: string, dialect: string | undefined): readonly Entry[] | Malformed {
  try {
    return format.read(text, dialect)
  } catch (error) {
    if (error instanceof Malformed) return error
    throw error
  }
}

const malformed = (file: string, { message, line }: Malformed) =>
  configurationFile({ file, line, why: message, hint: 'Mend it, and run again. Its text is not shown here because it may hold a secret.' })

function compareReadings(file: string, format: Format, one: readonly Entry[], other: readonly Entry[]): void {
  const others = new Map(other.map((e) => [keyText(e.path), e]))
  const differs =
    one.find((e) => !sameEntry(e, others.get(keyText(e.path)))) ??
    (one.length === other.length ? undefined : other.find((e) => !one.some((o) => sameEntry(e, o))))
  if (!differs) return
  const there = others.get(keyText(differs.path))
  const [a, b] = format.dialects
  const [first, second] = [differs.value.type, there?.value.type]
  const why = !there
    ? 'has a key that its readers take for different keys'
    : first === second
      ? `has ${keyText(differs.path)}, in which ${a} and ${b} read different values`
      : `has ${keyText(differs.path)}, which is ${first} to ${a} and ${second} to ${b}`
  throw configurationFile({
    file,
    line: differs.line,
    why,
    hint: `Say for which readers the file is written, dialect: '${a}' or '${b}'; or write it so that all agree, in quotes for instance.`,
  })
}

const sameEntry = (a: Entry, b: Entry | undefined): boolean =>
  b !== undefined && keyText(a.path) === keyText(b.path) && sameValue(a.value, b.value)
