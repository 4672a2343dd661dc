// A way to reach people. A kind is one file in channels/: its keys in the configuration, what is wrong with their values, and how it sends.
import type { Notice, Occasion } from './notice.ts'

/** What is sent: the same id each time that it has to be sent again. */
export interface Letter {
  readonly id: string
  readonly notice: Notice
}

export interface Sending {
  /** Milliseconds. */
  now(): number
  readonly signal: AbortSignal
}

/** An open channel. */
export interface Way {
  /** Where it goes, for people: nothing that is secret. */
  readonly to: string
  /** What may appear in no output. */
  readonly secrets: readonly string[]
  /** Resolves when the other side has taken it; throws `Undelivered` where it has not. */
  send(letter: Letter, sending: Sending): Promise<void>
}

export interface Channel extends Way {
  readonly name: string
  readonly kind: string
  readonly on: ReadonlySet<Occasion>
}

/** A key of the configuration: `must` completes "… must be". */
export interface Key {
  readonly must: string
  readonly holds: (value: unknown) => boolean
}

export interface ChannelKind<Said> {
  /** Also the key that says where it goes. */
  readonly kind: string
  readonly keys: { readonly [K in keyof Said]-?: Key }
  /** The others of its keys that have to be said. */
  readonly needs: readonly (keyof Said & string)[]
  /** With all variables put in. Throws `Unfit` for a value that cannot be. */
  open(said: Said, place: { readonly root: string }): Way
}

/** A value of the configuration that makes no channel; `key` tells which, and nothing is said of the value. */
export class Unfit extends Error {
  readonly key: string
  constructor(key: string, what: string) {
    super(what)
    this.key = key
  }
}

/** It was not taken. `final`: trying again would not help. */
export class Undelivered extends Error {
  readonly final: boolean
  /** When the other side wants to be asked again. */
  readonly againMs: number | undefined
  constructor(what: string, options: { final?: boolean; againMs?: number | undefined } = {}) {
    super(what)
    this.final = options.final ?? false
    this.againMs = options.againMs
  }
}

export const isLine = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && !/[\u0000-\u001f\u007f]/.test(value)

export const aLine = (must: string): Key => ({ must, holds: isLine })

export const wholeLines = (must: string): Key => ({
  must,
  holds: (value) => Array.isArray(value) && value.length > 0 && value.every(isLine),
})
