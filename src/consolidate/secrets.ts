// Secrets, by name only: what looks like one, what stands in for it, and how two of them are compared without being known.
import { createHmac, randomBytes } from 'node:crypto'
import { hasPlaceholder } from './placeholders.ts'
import { shownWithType, text, type Value } from './value.ts'

const words = new Set('password passwd passphrase pwd pw secret secrets token credential credentials apikey authorization'.split(' '))
const pairs = ['api key', 'private key', 'secret key', 'access key', 'auth key', 'signing key', 'encryption key', 'connection string']

const wordsIn = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)

function soundsSecret(name: string): boolean {
  const all = wordsIn(name)
  const said = ` ${all.join(' ')} `
  return all.some((w) => words.has(w)) || pairs.some((p) => said.includes(` ${p} `))
}

const withPassword = /[a-z][a-z\d+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i
const keyBlock = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
/** Long, of letters and digits mixed: under a name that ends in `key` that is no word. */
const random = /^(?=.*\d)(?=.*[A-Za-z])[\w+/=.-]{16,}$/

/** A key whose name says so, or a value that holds a password. A text that is a ${NAME} is none: it holds nothing. */
export function looksSecret(name: string, value: Value): boolean {
  if (value.type === 'null' || value.type === 'boolean') return false
  const content = value.type === 'text' ? withoutReferences(value.text) : undefined
  if (content !== undefined && (content === '' || withPassword.test(content) || keyBlock.test(content))) return content !== ''
  return soundsSecret(name) || (wordsIn(name).at(-1) === 'key' && content !== undefined && random.test(content))
}

/** What is left of a text without its ${NAME}: a default (${NAME:-hunter2}) is left, because it is a value. */
const withoutReferences = (t: string): string => t.replace(/\$\{\w+(:?\?[^}]*)?\}/g, '')

/** Of this process alone: a digest that was written somewhere could be tried against a list of passwords. */
const salt = randomBytes(32)

export const digestOf = (value: Value): string => createHmac('sha256', salt).update(shownWithType(value)).digest('hex')

export const hidden = (value: Value): Value => ({ type: 'secret', digest: digestOf(value), text: value.type === 'text' })

/** Secrets in it hidden, in lists as well. `names`: the old one and the new one; `declared` is what is said of the key itself. */
export function withoutSecrets(names: readonly string[], value: Value, declared: boolean | undefined): Value {
  if (declared === true && !isReference(value)) return hidden(value)
  if (value.type === 'list') return { type: 'list', items: value.items.map((v) => withoutSecrets(names, v, declared)) }
  if (value.type === 'map')
    return { type: 'map', fields: new Map([...value.fields].map(([k, v]) => [k, withoutSecrets([k], v, declared)])) }
  return declared !== false && names.some((name) => looksSecret(name, value)) ? hidden(value) : value
}

/** A ${NAME} alone, without a default: it can be shown, and stands for itself. */
export const isReference = (value: Value): boolean =>
  value.type === 'text' && hasPlaceholder(value.text) && withoutReferences(value.text) === ''

/** SUPABASE_KEY */
export const variableFor = (path: readonly string[]): string =>
  path
    .flatMap(wordsIn)
    .filter(Boolean)
    .join('_')
    .toUpperCase()
    .replace(/^(?=\d)/, '_')

/** What can be written: a ${NAME} in the place of each secret. */
export function referenced(value: Value, path: readonly string[], name = variableFor(path)): Value {
  if (value.type === 'secret') return text(`\${${name}}`)
  if (value.type === 'list') return { type: 'list', items: value.items.map((v, i) => referenced(v, [...path, String(i)])) }
  if (value.type === 'map') return { type: 'map', fields: new Map([...value.fields].map(([k, v]) => [k, referenced(v, [...path, k])])) }
  return value
}

export const holdsSecret = (value: Value): boolean =>
  value.type === 'secret' ||
  (value.type === 'list' && value.items.some(holdsSecret)) ||
  (value.type === 'map' && [...value.fields.values()].some(holdsSecret))

/** The texts of a value that holds a secret: kept no longer than it takes to look for them in comments. */
export const textsIn = (value: Value): readonly string[] => {
  if (value.type === 'list') return value.items.flatMap(textsIn)
  if (value.type === 'map') return [...value.fields.values()].flatMap(textsIn)
  return 'text' in value && typeof value.text === 'string' ? [value.text] : []
}

/** A comment that has a secret in it, or a line that was one: `# DB_PASSWORD=…`. */
export const tellsSecret = (comment: string, secrets: readonly string[]): boolean =>
  secrets.some((s) => s.length >= shortest && comment.includes(s)) ||
  [...comment.matchAll(/([\w.-]+)["']?\s*[:=]\s*(\S+)/g)].some(([, name, value]) => looksSecret(name!, text(value!)))

/** Shorter ones stand in any comment by chance. */
const shortest = 4
