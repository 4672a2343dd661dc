// Files of the application, each with the phase that it may ship with: by the names of what the phases make, fill and take away.
import path from 'node:path'
import type { Part, StagePlan } from '../phases.ts'
import type { Settings } from '../settings.ts'
import type { Use } from '../verdict/objects.ts'
import type { Application, ChangedFile } from './changed.ts'
import { type FileKind, kindOf } from './kinds.ts'
import { formsOf, formsOfTable, lineOf, wordsIn } from './names.ts'

export interface PlacedFile {
  readonly file: string
  readonly change: 'new' | 'changed' | 'gone'
  readonly kind: FileKind
  /** Which of the phases of the plan it ships with. */
  readonly place: number
  readonly reasons: readonly string[]
}

/** A file that fails in a phase: because of what is not there yet, or not there any more. */
export interface Broken {
  readonly file: string
  readonly line: number
  readonly place: number
  readonly why: string
  /** As it is in the base, or as it is on the branch. */
  readonly as: 'base' | 'branch'
}

export interface ApplicationFiles {
  readonly files: readonly PlacedFile[]
  readonly broken: readonly Broken[]
}

interface Thing {
  readonly says: string
  readonly place: number
  /** In a file that names one of each. */
  readonly words: readonly (readonly string[])[]
}

export function applicationFiles(plan: StagePlan, application: Application, settings: Settings): ApplicationFiles {
  const made = thingsOf(plan, ['makes'], 'first')
  const gone = thingsOf(plan, ['drops'], 'last').filter((t) => !made.some((m) => m.says === t.says))
  const filled = thingsOf(plan, ['adds', 'writes'], 'last')
  const wanted = application.changed.filter(
    (c) => c.file !== 'stage.yaml' && !settings.files.ignore.some((p) => path.posix.matchesGlob(c.file, p)),
  )
  const placed = wanted.map((c) => placedFile(c, { made, gone, filled }, plan, settings))
  return { files: placed.map((p) => p.placed), broken: [...placed.flatMap((p) => p.broken), ...brokenBase(gone, application)] }
}

/** What is too short to be told from other words is left out. */
const plain = new Set(['id', 'name', 'type', 'state', 'status', 'value', 'date', 'data'])

function thingsOf({ phases }: StagePlan, uses: readonly Use[], which: 'first' | 'last'): Thing[] {
  const found = new Map<string, number>()
  for (const [place, { parts }] of phases.entries())
    for (const object of objectsOf(parts, uses)) if (which === 'last' || !found.has(object)) found.set(object, place)
  return [...found].flatMap(([object, place]) => {
    const [, kind, name] = /^(table|type|column|rows):(.+)$/.exec(object) ?? []
    if (!name) return []
    if (kind !== 'column')
      return [
        { says: `${kind === 'rows' ? 'rows of' : kind} ${name}`, place, words: [kind === 'type' ? formsOf(name) : formsOfTable(name)] },
      ]
    const [table, column] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)]
    return plain.has(column) ? [] : [{ says: `column ${name}`, place, words: [formsOfTable(table), formsOf(column)] }]
  })
}

const objectsOf = (parts: readonly Part[], uses: readonly Use[]): string[] =>
  parts.flatMap((p) => p.operations.flatMap((o) => o.touched.filter((t) => uses.includes(t.use)).map((t) => t.object)))

interface Things {
  readonly made: readonly Thing[]
  readonly gone: readonly Thing[]
  readonly filled: readonly Thing[]
}

const names = (text: string | undefined, words: ReadonlySet<string>, { words: all }: Thing): boolean =>
  text !== undefined && all.every((forms) => forms.some((w) => words.has(w)))

function placedFile(
  { file, before, after }: ChangedFile,
  { made, gone, filled }: Things,
  plan: StagePlan,
  settings: Settings,
): { placed: PlacedFile; broken: Broken[] } {
  const kind = kindOf(file, settings.files.kinds)
  const [was, is] = [wordsIn(before ?? ''), wordsIn(after ?? '')]
  const starts = (t: Thing) => names(after, is, t) && !names(before, was, t)
  const stops = gone.filter((t) => names(before, was, t) && !names(after, is, t))
  const needs = [
    ...made.filter(starts).map((t) => ({ ...t, why: `it uses ${t.says}, which comes with ${titleAt(plan, t.place)}` })),
    // who shows rows shows none before they are there; a model only has to fit
    ...(kind === 'model'
      ? []
      : filled.filter(starts).map((t) => ({ ...t, why: `it uses ${t.says}, which ${titleAt(plan, t.place)} fills` }))),
  ]
  const least = Math.max(0, ...needs.map((n) => n.place))
  const usual = Math.max(least, kind === 'etl' ? plan.phases.findIndex((p) => p.name === 'backfill') : 0)
  const wish = [...settings.files.ship].find(([pattern]) => path.posix.matchesGlob(file, pattern))
  const asked = wish ? plan.phases.findIndex((p) => p.name === wish[1]) : -1
  const place = asked >= 0 ? asked : usual
  const early = needs.filter((n) => n.place > place && after !== undefined)
  const late = [...gone.filter((t) => names(after, is, t)), ...stops.filter((t) => t.place < place)]
  return {
    placed: {
      file,
      change: before === undefined ? 'new' : after === undefined ? 'gone' : 'changed',
      kind,
      place,
      reasons: [
        ...needs.filter((n) => n.place === least).map((n) => n.why),
        ...stops.map((t) => `it lets go of ${t.says}, which goes with ${titleAt(plan, t.place)}`),
        ...(asked >= 0 ? ['stage.yaml puts it there'] : []),
      ],
    },
    broken: [
      ...early.map((n) => broken(file, after!, n, place, 'branch', n.why)),
      ...late.map((t) =>
        broken(
          file,
          after ?? before!,
          t,
          t.place,
          after === undefined || !names(after, is, t) ? 'base' : 'branch',
          `it uses ${t.says}, which goes with ${titleAt(plan, t.place)}`,
        ),
      ),
    ],
  } // prettier-ignore
}

const titleAt = ({ phases }: StagePlan, place: number): string => {
  const { name, number } = phases[place]!
  return `${name}${number > 1 ? ` ${number}` : ''}`
}

const broken = (file: string, text: string, { words }: Thing, place: number, as: Broken['as'], why: string): Broken => ({
  file,
  line: lineOf(text, words.at(-1)!),
  place,
  why,
  as,
})

/** Files that the branch leaves as they are, and that name what goes. */
function brokenBase(gone: readonly Thing[], application: Application): Broken[] {
  const texts = application.naming([...new Set(gone.flatMap((t) => t.words.at(-1)!))])
  return [...texts].flatMap(([file, text]) => {
    const words = wordsIn(text)
    return gone
      .filter((t) => names(text, words, t))
      .map((t) => broken(file, text, t, t.place, 'base', `it uses ${t.says}, which goes, and the branch leaves it as it is`))
  })
}
