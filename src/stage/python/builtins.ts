// The language's own functions, and those of its library that name files.
import path from 'node:path'
import type { Reading } from './reading.ts'
import { asText, Dict, type Given, given, isHoled, itemsOf, List, Made, textOf, truth, unknown, type Value } from './values.ts'

type Call = (called: Value, given: Given) => Value
type Builtin = (given: Given, reading: Reading, call: Call) => Value | undefined

const list: Builtin = ({ args }) => {
  const items = args.length ? itemsOf(args[0]!) : []
  return new List([...(items ?? [])], items !== undefined)
}

function dictOf({ args: [first], named }: Given): Value {
  const dict = new Dict()
  if (first instanceof Dict) for (const [key, value] of first.entries.values()) dict.set(key, value)
  else if (first !== undefined)
    for (const pair of itemsOf(first) ?? [unknown])
      if (pair instanceof List && pair.items.length === 2) dict.set(pair.items[0]!, pair.items[1]!)
      else dict.whole = false
  for (const [key, value] of named) dict.set(key, value)
  return dict
}

function range({ args }: Given): Value {
  if (!args.every((a) => typeof a === 'number')) return unknown
  const [a = 0, b, step = 1] = args as number[]
  const [from, to] = b === undefined ? [0, a] : [a, b]
  const length = step === 0 ? 0 : Math.max(0, Math.ceil((to - from) / step))
  return length > 10_000 ? unknown : new List(Array.from({ length }, (_, i) => from + i * step))
}

const enumerate: Builtin = ({ args: [of = unknown, start], named }) => {
  const first = named.get('start') ?? start
  const items = itemsOf(of)
  return items ? new List(items.map((item, i) => new List([i + (typeof first === 'number' ? first : 0), item]))) : unknown
}

const zip: Builtin = ({ args }) => {
  const lists = args.map(itemsOf)
  if (lists.some((l) => l === undefined)) return unknown
  const length = Math.min(...lists.map((l) => l!.length))
  return new List(Array.from({ length }, (_, i) => new List(lists.map((l) => l![i]!))))
}

const sorted: Builtin = (g) => {
  const items = itemsOf(g.args[0] ?? unknown)
  return items ? new List(items.every((i) => typeof i === 'string') ? items.toSorted() : [...items]) : unknown
}

const anyOf =
  (wanted: boolean): Builtin =>
  ({ args }) => {
    const items = itemsOf(args[0] ?? unknown)?.map(truth)
    if (!items) return unknown
    if (items.includes(wanted)) return wanted
    return items.includes(undefined) ? unknown : !wanted
  }

const mapped: Builtin = ({ args: [f = unknown, of = unknown] }, _, call) => {
  const items = itemsOf(of)
  return items ? new List(items.map((item) => call(f, given([item])))) : unknown
}

const kept: Builtin = ({ args: [f = null, of = unknown] }, _, call) => {
  const items = itemsOf(of)
  const holds = items?.map((item) => truth(f === null ? item : call(f, given([item]))))
  return items && holds && !holds.includes(undefined) ? new List(items.filter((_item, i) => holds[i])) : unknown
}

const joined: Builtin = ({ args }) =>
  args.every((a) => typeof a === 'string' && !isHoled(a)) && args.length ? path.posix.join(...(args as string[])) : unknown

const onPath =
  (work: (text: string) => string): Builtin =>
  ({ args: [of] }) => {
    const text = asText(of)
    return text === undefined || isHoled(text) ? unknown : work(text)
  }

const same: Builtin = ({ args: [of = unknown] }) => of
const nothing: Builtin = () => null

export const builtins: Readonly<Record<string, Builtin>> = {
  'builtins.len': ({ args: [of = unknown] }) => (typeof of === 'string' && !isHoled(of) ? of.length : (itemsOf(of)?.length ?? unknown)),
  'builtins.range': (g) => range(g),
  'builtins.enumerate': enumerate,
  'builtins.zip': zip,
  'builtins.sorted': sorted,
  'builtins.reversed': (g) =>
    new List([...(itemsOf(g.args[0] ?? unknown) ?? [])].toReversed(), itemsOf(g.args[0] ?? unknown) !== undefined),
  'builtins.list': list,
  'builtins.tuple': list,
  'builtins.set': list,
  'builtins.frozenset': list,
  'builtins.dict': (g) => dictOf(g),
  'builtins.str': ({ args: [of = ''] }) => textOf(of),
  'builtins.int': ({ args: [of = 0] }) =>
    typeof of === 'number' ? Math.trunc(of) : typeof of === 'string' && /^\s*-?\d+\s*$/.test(of) ? Number(of) : unknown,
  'builtins.bool': ({ args: [of = false] }) => truth(of) ?? unknown,
  'builtins.any': anyOf(true),
  'builtins.all': anyOf(false),
  'builtins.map': mapped,
  'builtins.filter': kept,
  'builtins.print': nothing,
  'builtins.open': ({ args: [file = unknown] }, reading) => textIn(file, reading),
  'builtins.isinstance': () => unknown,
  'os.path.join': joined,
  'os.path.dirname': onPath((text) => path.posix.dirname(text)),
  'os.path.basename': onPath((text) => path.posix.basename(text)),
  'os.path.abspath': onPath((text) => path.posix.normalize(text)),
  'os.path.realpath': onPath((text) => path.posix.normalize(text)),
  'os.path.normpath': onPath((text) => path.posix.normalize(text)),
  'os.path.exists': there,
  'os.path.isfile': there,
  'os.getcwd': () => unknown,
  'pathlib.Path': ({ args }) => (args.length === 1 ? pathOf(args[0]!) : unknown),
  'textwrap.dedent': same,
  'inspect.cleandoc': same,
}

const pathOf = (value: Value): Value => (typeof value === 'string' && !isHoled(value) ? new Made('pathlib.Path', given([value])) : unknown)

function there({ args: [file] }: Given, reading: Reading): Value {
  const name = asText(file)
  return name === undefined || isHoled(name) ? unknown : reading.host.file(name) !== undefined
}

/** What a file that is read gives: its text, as an open file and as what is read of it. */
export function textIn(file: Value, reading: Reading): Value {
  const name = file instanceof Made ? asText(file.given.args[0]) : asText(file)
  const text = name === undefined || isHoled(name) ? undefined : reading.host.file(name)
  return new Made('builtins.open', given([text ?? unknown]))
}

export const filePath = (value: Value): string | undefined =>
  value instanceof Made && value.name === 'pathlib.Path' ? asText(value.given.args[0]) : undefined
