// The tree of a Ruby file, by Ruby's own parser. It runs as WebAssembly that can reach nothing: no file, no clock, no network.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parsePrism } from '@ruby/prism/src/parsePrism.js'

/** A node of the tree, read as the parser leaves it. */
export type Ruby = Record<string, any> & { readonly location: { readonly startOffset: number } }

type Exports = Parameters<typeof parsePrism>[0]

/** As much of it as is needed here: Node's own types leave it to those of browsers. */
interface WebAssembly {
  readonly Module: (new (code: Uint8Array) => object) & { imports(code: object): { module: string; name: string }[] }
  readonly Instance: new (code: object, outside: object) => { exports: Exports & { _initialize?: () => void } }
}

let exports: Exports | undefined

function loaded(): Exports {
  if (exports) return exports
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssembly }
  const code = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve('@ruby/prism/src/prism.wasm')))
  const outside: Record<string, Record<string, () => number>> = {}
  for (const { module, name } of WebAssembly.Module.imports(code)) (outside[module] ??= {})[name] = () => 0
  const { exports: found } = new WebAssembly.Instance(code, outside)
  found._initialize?.()
  exports = found
  return found
}

export interface RubyFile {
  readonly top: Ruby
  readonly errors: boolean
  /** Of a place in the file, counted from 1. */
  line(node: Ruby): number
  text(node: Ruby): string
}

export function parseRuby(text: string): RubyFile {
  const result = parsePrism(loaded(), text)
  const bytes = Buffer.from(text)
  const breaks: number[] = []
  bytes.forEach((byte, i) => {
    if (byte === 10) breaks.push(i)
  })
  return {
    top: result.value as unknown as Ruby,
    errors: result.errors.length > 0,
    line: (node) => breaks.findIndex((b) => b >= node.location.startOffset) + 1 || breaks.length + 1,
    text: (node) => {
      const { startOffset, length } = node.location as { startOffset: number; length: number }
      return bytes.subarray(startOffset, startOffset + length).toString()
    },
  }
}

export const kindOf = (node: Ruby | null | undefined): string => node?.constructor.name.replace(/Node$/, '') ?? ''

/** What stands one after the other in a body. */
export const bodyOf = (node: Ruby | null | undefined): Ruby[] => {
  if (!node) return []
  if (kindOf(node) === 'Begin') return [node]
  return kindOf(node) === 'Statements' ? node['body'] : [node]
}

export const argumentsOf = (call: Ruby): Ruby[] => call['arguments_']?.arguments_ ?? []
