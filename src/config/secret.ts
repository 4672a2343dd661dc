// Values that must not leave: a class that does not say what it holds, and a net that takes known values out of text.

import { inspect } from 'node:util'

export const hidden = '‹secret›'

/** Shorter values occur by chance in any text: taking them out would ruin it and hide nothing. */
const shortest = 4

export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }

  /** The value itself: for the driver that needs it, and never for a message. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [inspect.custom](): string {
    return hidden
  }
}

type Value = string | Secret
const known = new Set<string>()
let net: RegExp | undefined

/** From now on this value is taken out of everything that goes through `scrubKnown`. */
export function registerSecret(value: Value): void {
  const text = reveal(value)
  if (text.length < shortest || known.has(text)) return
  known.add(text)
  net = undefined
}

/** The text without any value that was registered in this process. */
export function scrubKnown(text: string): string {
  if (known.size === 0) return text
  net ??= netFor(known)
  return text.replace(net, hidden)
}

/** The text without these values: as they are, URL-encoded, in JSON and in base64. */
export function scrub(text: string, secrets: Iterable<Value>): string {
  const values = [...secrets].map(reveal).filter((v) => v.length >= shortest)
  return values.length === 0 ? text : text.replace(netFor(values), hidden)
}

const reveal = (value: Value): string => (typeof value === 'string' ? value : value.reveal())

function netFor(values: Iterable<string>): RegExp {
  const forms = new Set<string>()
  for (const value of values) for (const form of formsOf(value)) forms.add(form)
  // the longest first: a password inside its own URL must not leave the rest of the URL standing
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(literal).join('|'), 'g')
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

function formsOf(value: string): string[] {
  const wellFormed = value.toWellFormed()
  const encoded = encodeURIComponent(wellFormed)
  const encodedMore = encoded.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const inForm = new URLSearchParams([['', wellFormed]]).toString().slice(1)
  const urls = [encoded, encodeURI(wellFormed), encodedMore, encodedMore.replaceAll('%20', '+'), inForm]
  const lowerCaseUrls = urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase()))
  return [value, ...urls, ...lowerCaseUrls, JSON.stringify(value).slice(1, -1), ...base64Of(wellFormed)]
}

/** Its base64, alone and as a part of something longer (`user:password`), where it can begin at any of three places. */
function base64Of(value: string): string[] {
  const whole = Buffer.from(value).toString('base64').replace(/=+$/, '')
  const inside = [0, 1, 2].map((before) => {
    const size = before + Buffer.byteLength(value)
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]).toString('base64')
    return text.slice(Math.ceil((before * 8) / 6), Math.floor((size * 8) / 6))
  })
  const forms = [whole, ...inside.filter((part) => part.length >= 8)]
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}
