// Says everything that is wrong with a configuration at once, each with its place. No value of a string is shown: it may be a secret.

import { configInvalid, type Problem } from '../errors/config.ts'
import { didYouMean, list, plainText } from '../text.ts'
import { wrongChannels } from './check-channels.ts'
import { wrongPeople } from './check-people.ts'
import type { Config, Settings } from './config.ts'
import { shapeOf } from './shape.ts'
import { hasReference, templateProblem } from './variables.ts'
import { lineOf } from './where.ts'

type Path = readonly PropertyKey[]

interface Wrong {
  readonly path: Path
  /** Completes a sentence that begins with the key. */
  readonly what: string
}

/** The text of a configuration, by which keys are found again. */
export interface Written {
  readonly shown: string
  readonly source: string
}

/** `godwit.config.ts:12` */
export function linePlace({ shown, source }: Written, path: Path): string {
  const line = lineOf(source, path)
  return line === undefined ? shown : `${shown}:${line}`
}

/** `godwit.config.ts:12: environments.prod.database` */
export const placeOf = (written: Written, path: Path): string => `${linePlace(written, path)}: ${keyText(path)}`

/** The configuration, if nothing is wrong with it. Throws GW_CONFIG_INVALID. */
export async function checked(value: unknown, written: Written): Promise<Config> {
  const problems = inOrder([...(await wrongShape(value)), ...(isObject(value) ? wrongMeaning(value) : [])], written)
  if (problems.length > 0) throw configInvalid({ file: written.shown, problems })
  return value as Config
}

export const problemAt = (written: Written, path: Path, what: string): Problem => ({
  at: linePlace(written, path),
  what: `${path.length > 0 ? keyText(path) : 'The default export'} ${what}`,
})

function inOrder(wrongs: readonly Wrong[], written: Written): Problem[] {
  const line = (wrong: Wrong) => lineOf(written.source, wrong.path) ?? 0
  const problems = wrongs.toSorted((a, b) => line(a) - line(b)).map(({ path, what }) => problemAt(written, path, what))
  // one wrong key at the top can be wrong for several environments
  return [...new Map(problems.map((problem) => [problem.what, problem])).values()]
}

const keyText = (path: Path): string =>
  plainText(
    path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('')
      .replace(/^\./, ''),
  )

/** The path as it would be at the top: without environments.NAME. */
const withinSettings = (path: Path): Path => (path[0] === 'environments' ? path.slice(2) : path)

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

// ── shape ──────────────────────────────────────────────────────────────────────────────────

interface Issue {
  readonly code?: string | undefined
  readonly path: Path
  readonly message: string
  readonly keys?: readonly string[] | undefined
  readonly errors?: readonly (readonly Issue[])[] | undefined
}

async function wrongShape(value: unknown): Promise<Wrong[]> {
  const { z } = await import('zod') // 55 ms that only those pay who have a configuration
  const { shape, knownKeys } = shapeOf(z)
  const { error } = shape.safeParse(value)
  return ((error?.issues ?? []) as readonly Issue[]).flatMap((issue) => wrongsIn(issue, value, knownKeys))
}

function wrongsIn(issue: Issue, root: unknown, knownKeys: ReadonlyMap<string, readonly string[]>): Wrong[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys')
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], what: unknownKey(path, key, knownKeys) }))
  if (issue.code === 'invalid_union') {
    // one of the forms has the right type, and something in it is wrong: speak of that one
    const form = issue.errors?.find((issues) => issues.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'))
    if (form) return form.flatMap((inner) => wrongsIn({ ...inner, path: [...path, ...inner.path] }, root, knownKeys))
  }
  return [{ path, what: `must be ${issue.message}, and is ${described(valueAt(root, path), path)}.` }]
}

function unknownKey(path: Path, key: string, knownKeys: ReadonlyMap<string, readonly string[]>): string {
  const inner = withinSettings(path).join('.')
  const named = inner.replace(/^sources\.[^.]+(\.tables)?(\.[^.]+)?$/, starred).replace(/^(notify\.channels|people)\.[^.]+$/, '$1.*')
  const place = inner === '' && path.length > 0 ? 'environments.*' : named
  const known = knownKeys.get(place) ?? []
  const homes = [...knownKeys].filter(([home, keys]) => !home.endsWith('*') && keys.includes(key))
  if (homes.length > 0)
    return `does not belong here. It belongs ${list(
      homes.map(([place]) => (place === '' ? 'at the top' : `in ${place}`)),
      'or',
    )}.`
  const nearest = didYouMean(key, known)
  return `is not a key that Godwit knows. ${nearest ? `Did you mean '${nearest}'?` : `Known here: ${known.join(', ')}.`}`
}

const starred = (_: string, tables = '', table = ''): string => `sources.*${tables}${table && '.*'}`

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    root,
  )
}

function described(value: unknown, path: Path): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === '') return 'empty'
  // a setting of a run is never a secret
  if (typeof value === 'string' && withinSettings(path)[0] === 'run') return `'${plainText(value).slice(0, 40)}'`
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

// ── meaning ────────────────────────────────────────────────────────────────────────────────

function wrongMeaning(config: Record<string, unknown>): Wrong[] {
  const environments = isObject(config.environments) ? config.environments : {}
  const settings: [Path, unknown][] = [
    [[], config],
    ...Object.entries(environments).map(([name, own]): [Path, unknown] => [['environments', name], own]),
  ]
  return [
    ...wrongPrototypes(config, [], new Set()),
    ...wrongTexts(config, [], new Set()),
    ...wrongNames(config, Object.keys(environments)),
    ...settings.flatMap(([path, own]) =>
      isObject(own) ? [...wrongSources(own, path), ...wrongChannels(own, path), ...wrongPeople(own, path)] : [],
    ),
    ...settings.flatMap(([path, own]) => (isObject(own) ? [...wrongOwns(own, path), ...committedPassword(own, path, config)] : [])),
  ]
}

/** `{ __proto__: … }` makes no key: what is in it would hold without being seen. */
function wrongPrototypes(value: unknown, path: Path, seen: Set<object>): Wrong[] {
  if (!isObject(value) || seen.has(value)) return []
  seen.add(value)
  const prototype = Object.getPrototypeOf(value)
  const own =
    prototype === null || Object.getPrototypeOf(prototype) === null
      ? []
      : [
          {
            path,
            what: 'must be a plain object: it inherits from another (is a key in it called __proto__, or is it an instance of a class?).',
          },
        ]
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => wrongPrototypes(inner, [...path, key], seen))]
}

const mayRefer = (path: Path): boolean =>
  /^(database|workshop|backup\.scratch|runAs|sources\.[^.]+(\.(database|files))?|notify\.channels\.[^.]+\..+|people\..+\.key)$/.test(
    withinSettings(path).map(String).join('.'),
  )

function wrongTexts(value: unknown, path: Path, seen: Set<object>): Wrong[] {
  if (typeof value === 'string') return hasReference(value) ? wrongReference(value, path) : []
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  const entries: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => wrongTexts(inner, [...path, key], seen))
}

function wrongReference(text: string, path: Path): Wrong[] {
  const what = mayRefer(path)
    ? templateProblem(text)
    : `cannot hold \${…}: only database, workshop, backup.scratch, sources, runAs, channels and keys can`
  return what === undefined ? [] : [{ path, what: `${what}.` }]
}

function wrongNames(config: Record<string, unknown>, names: readonly string[]): Wrong[] {
  const wrongs: Wrong[] = names
    .filter((name) => !/^[A-Za-z0-9][\w.-]*$/.test(name)) // it becomes a part of a file's name: .env.NAME
    .map((name) => ({ path: ['environments', name], what: 'cannot be the name of an environment. Use letters, digits, and . _ - inside.' }))
  const chosen = config.defaultEnvironment
  if (typeof chosen !== 'string' || names.includes(chosen)) return wrongs
  const nearest = didYouMean(chosen, names)
  const known = names.length > 0 ? `There ${names.length === 1 ? 'is' : 'are'} ${list(names)}.` : 'There are none.'
  return [
    ...wrongs,
    { path: ['defaultEnvironment'], what: `is not one of the environments. ${nearest ? `Did you mean '${nearest}'?` : known}` },
  ]
}

/** It becomes a part of the names that the tables go by. */
function wrongSources(settings: Settings, path: Path): Wrong[] {
  const sources = isObject(settings.sources) ? Object.entries(settings.sources) : []
  return sources.flatMap(([name, source]) => {
    const place = [...path, 'sources', name]
    return [
      ...(/^[A-Za-z][\w-]*$/.test(name) ? [] : [{ path: place, what: 'cannot be the name of a source. Use letters, digits, _ and -.' }]),
      ...(isObject(source) ? wrongSource(source, place) : []),
    ]
  })
}

/** A database or a folder, and what belongs to each. */
function wrongSource(source: Record<string, unknown>, path: Path): Wrong[] {
  const has = (key: string) => source[key] !== undefined
  if (has('database') === has('files')) return [{ path, what: 'must say either database or files: where its rows are.' }]
  return [['load', 'database', 'a database'] as const, ['tables', 'files', 'a folder of files'] as const].flatMap(([key, of, words]) =>
    has(key) && !has(of) ? [{ path: [...path, key], what: `belongs to ${words}: to ${of}.` }] : [],
  )
}

function wrongOwns(settings: Settings, path: Path): Wrong[] {
  const { readOnly, schemas } = isObject(settings.owns) ? settings.owns : {}
  if (!Array.isArray(readOnly) || !Array.isArray(schemas)) return []
  return schemas
    .filter((name) => readOnly.includes(name))
    .map((name) => ({
      path: [...path, 'owns'],
      what: `says of '${name}' both that Godwit may only read it and that it may write there. Name single tables under readOnly.`,
    }))
}

/** A protected environment's password has no place in a file that is committed. */
function committedPassword(settings: Settings, path: Path, top: Settings): Wrong[] {
  const isProtected = settings.protected ?? (path.length > 0 && top.protected)
  const from =
    settings.database !== undefined ? { path: [...path, 'database'], text: settings.database } : { path: ['database'], text: top.database }
  if (isProtected !== true || typeof from.text !== 'string') return []
  const written = from.text.replace(/\$\{\w+(:-)?\}/g, '')
  if (!/:\/\/[^/?#@\s]*:[^/?#@\s]+@/.test(written)) return []
  return [
    {
      path: from.path,
      what: `has a password written in it, and the environment is protected. Write \${NAME} and put the value in the process environment.`,
    },
  ]
}
