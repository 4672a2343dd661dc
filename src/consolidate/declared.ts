// What a declaration says wrongly by itself, found before any file is read.
import { consolidationWrong } from '../errors/consolidate.ts'
import { didYouMean, list } from '../text.ts'
import { asList, type Consolidation, type From, filesOf, newFilesOf } from './declaration.ts'
import { pathOf } from './path.ts'
import { isReference, looksSecret } from './secrets.ts'
import { valueWritten, type Written } from './written.ts'

interface Wrong {
  readonly what: string
  readonly hint: string
}

export function checkDeclared(c: Consolidation, at: string | undefined): void {
  const wrong = [environments, into, files, pins, layers, keys, dropped, reasons, secrets].flatMap((check) => check(c))[0]
  if (wrong) throw consolidationWrong({ ...wrong, at })
}

function environments(c: Consolidation): Wrong[] {
  if (c.environments.length === 0)
    return [{ what: 'No environment is declared.', hint: "Name them: environments: ['development', 'production']." }]
  const bad = c.environments.filter((e, i) => !/^[\w-]+$/.test(e) || c.environments.indexOf(e) < i)
  return bad.map((e) => ({ what: `The environment '${e}' stands twice, or is no plain name.`, hint: 'Use letters, digits, _ and -.' }))
}

/** All places where an environment is named. */
function namedEnvironments(c: Consolidation): readonly { readonly name: string; readonly where: string }[] {
  const of = (where: string, names: readonly string[] = []) => names.map((name) => ({ name, where }))
  return [
    ...(c.files ?? []).flatMap((f) => of(f.file, f.environments)),
    ...(c.entries ?? []).flatMap((e) => of(e.file, e.environment === undefined ? [] : [e.environment])),
    ...Object.entries({ ...c.decide }).flatMap(([k, d]) => asList(d).flatMap((one) => of(k, one.environments))),
    ...Object.entries({ ...c.changes }).flatMap(([k, d]) => asList(d).flatMap((one) => of(k, one.environments))),
    ...of('variables', Object.keys(c.variables ?? {})),
  ]
}

function into(c: Consolidation): Wrong[] {
  const unknown = namedEnvironments(c).find(({ name }) => !c.environments.includes(name))
  if (unknown) {
    const near = didYouMean(unknown.name, c.environments)
    return [
      {
        what: `${unknown.where} names the environment '${unknown.name}', which is not declared.${near ? ` Did you mean '${near}'?` : ''}`,
        hint: `There are: ${list(c.environments)}.`,
      },
    ]
  }
  const made = newFilesOf(c)
  if (new Set(made).size === made.length) return []
  return [
    {
      what: `Two new files would have one name: ${c.into.overrides}.`,
      hint: 'Put {environment} into overrides, and another name into master.',
    },
  ]
}

function pins(c: Consolidation): Wrong[] {
  const bad = (c.files ?? []).find((f) => f.sha256 !== undefined && !/^[0-9a-f]{64}$/.test(f.sha256))
  return bad ? [{ what: `What is pinned of ${bad.file} is no SHA-256.`, hint: 'Write its 64 hexadecimal digits, in small letters.' }] : []
}

function files(c: Consolidation): Wrong[] {
  const names = filesOf(c).map((f) => f.file)
  if (names.length === 0) return [{ what: 'No old file is declared.', hint: 'Name them under files, or give entries.' }]
  const twice = names.find((f, i) => names.indexOf(f) < i)
  if (twice !== undefined) return [{ what: `${twice} is declared twice.`, hint: 'Declare each file once.' }]
  const others = [
    ...Object.keys(c.dropped ?? {}),
    ...Object.values(c.keys ?? {}).flatMap((k) => Object.keys(k.from ?? {})),
    ...filesOf(c).flatMap((f) => asList(f.over)),
  ]
  const unknown = others.find((f) => !names.includes(f))
  if (unknown === undefined) return []
  const near = didYouMean(unknown, names)
  return [
    {
      what: `${unknown} is named, but not declared under files.${near ? ` Did you mean ${near}?` : ''}`,
      hint: `There are: ${list(names)}.`,
    },
  ]
}

function layers(c: Consolidation): Wrong[] {
  const over = new Map(filesOf(c).map((f) => [f.file, asList(f.over)]))
  const circular = [...over.keys()].find((file) => below(file, over).has(file))
  return circular === undefined
    ? []
    : [
        {
          what: `${circular} lies over itself, by way of other files.`,
          hint: 'Say over only of the file that counts where both have a key.',
        },
      ]
}

/** All files that one lies over, directly or by way of others. */
export function below(file: string, over: ReadonlyMap<string, readonly string[]>, found = new Set<string>()): ReadonlySet<string> {
  for (const next of over.get(file) ?? []) {
    if (found.has(next)) continue
    found.add(next)
    below(next, over, found)
  }
  return found
}

export const keyOfFrom = (from: From): string => (typeof from === 'string' ? from : from.key)

function keys(c: Consolidation): Wrong[] {
  const texts = [
    ...Object.entries(c.keys ?? {}).flatMap(([k, n]) => [k, ...Object.values(n.from ?? {}).flatMap((f) => asList(f).map(keyOfFrom))]),
    ...Object.values(c.dropped ?? {}).flatMap((d) => Object.keys(d)),
    ...Object.keys(c.decide ?? {}),
    ...Object.keys(c.changes ?? {}),
    ...(c.entries ?? []).map((e) => e.key),
    ...filesOf(c).flatMap((f) => f.at ?? []),
  ]
  const bad = texts.find((t) => pathOf(t) === undefined)
  return bad === undefined
    ? []
    : [
        {
          what: `'${bad}' is not a key.`,
          hint: 'Write segments with dots between: kpi.par90; a segment with a dot in it in quotes: logging."my.app".',
        },
      ]
}

function dropped(c: Consolidation): Wrong[] {
  const all = Object.entries(c.dropped ?? {}).flatMap(([file, d]) => Object.entries(d).map(([key, why]) => ({ file, key, why })))
  const silent = all.find(({ why }) => why.trim() === '')
  return silent
    ? [
        {
          what: `${silent.key} of ${silent.file} is dropped without a reason.`,
          hint: 'Somebody will ask, long after it was decided: write it in a few words.',
        },
      ]
    : []
}

function reasons(c: Consolidation): Wrong[] {
  const all = [...Object.entries({ ...c.decide }), ...Object.entries({ ...c.changes })]
  const silent = all.find(([, d]) => asList<{ why: string; by: string }>(d).some((one) => !one.why?.trim() || !one.by?.trim()))
  return silent
    ? [
        {
          what: `${silent[0]} is decided without saying why, or by whom.`,
          hint: 'Write why and by: a decision that nobody stands for is none.',
        },
      ]
    : []
}

/** A secret that is written out in a migration stands in its history for ever. */
function secrets(c: Consolidation): Wrong[] {
  const all = [...Object.entries({ ...c.decide }), ...Object.entries({ ...c.changes })]
  const out = all.find(([key, d]) => asList<{ value?: Written }>(d).some((one) => one.value !== undefined && isSecretly(c, key, one.value)))
  return out
    ? [
        {
          what: `The value of ${out[0]} is a secret, and is written out.`,
          hint: "Write a reference: value: '${NAME}'. If it is no secret, say so: keys: { …: { secret: false } }.",
        },
      ]
    : []
}

function isSecretly(c: Consolidation, key: string, value: Written): boolean {
  const said = c.keys?.[key]?.secret
  const given = valueWritten(value)
  if (said === false || isReference(given)) return false
  return said !== undefined || looksSecret(pathOf(key)!.at(-1) ?? '', given)
}
