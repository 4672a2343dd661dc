// The template of an announcement: a text, or a function in a file of its own.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { templateUnreadable } from '../errors/notify.ts'
import type { Audience, Facts } from '../notify/announce/announcement.ts'
import { filled } from '../notify/announce/write.ts'
import type { Format } from '../notify/markup.ts'

interface Wanted {
  readonly audience: Audience
  readonly format: Format
}

export const fromTemplate = (file: string, facts: Facts, wanted: Wanted): Promise<string> =>
  /\.[cm]?[jt]s$/.test(file) ? fromFunction(file, facts, wanted) : fromText(file, facts, wanted)

async function fromText(file: string, facts: Facts, { format }: Wanted): Promise<string> {
  return filled({ file, text: read(file) }, facts, format)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw templateUnreadable({ file, what: `${file} cannot be read.`, cause })
  }
}

async function fromFunction(file: string, facts: Facts, wanted: Wanted): Promise<string> {
  const module = await imported(file)
  if (typeof module.default !== 'function') throw templateUnreadable({ file, what: `${file} exports no function as its default.` })
  const text: unknown = await module.default(facts, wanted)
  if (typeof text !== 'string') throw templateUnreadable({ file, what: `The function of ${file} gave no text.` })
  return text
}

async function imported(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as { readonly default?: unknown }
  } catch (cause) {
    throw templateUnreadable({ file, what: `${file} could not be loaded: ${(cause as Error).message.split('\n')[0]}`, cause })
  }
}
