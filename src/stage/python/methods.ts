// Methods of texts, lists and dicts, as far as they are used to put SQL together.
import { asText, Dict, type Given, hole, isHoled, itemsOf, List, textOf, unknown, type Value } from './values.ts'

type Method<T> = (of: T, given: Given) => Value

const stripped = (characters: Value | undefined, side: 'start' | 'end' | 'both') => (text: string) => {
  const set = typeof characters === 'string' ? characters : ' \t\n\r\f\v'
  let [from, to] = [0, text.length]
  if (side !== 'end') while (from < to && set.includes(text[from]!)) from++
  if (side !== 'start') while (to > from && set.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}

function splitBy(text: string, given: Given): Value {
  if (isHoled(text) && given.args.length === 0) return unknown
  const separator = asText(given.args[0])
  return new List(separator === undefined ? text.split(/\s+/).filter(Boolean) : text.split(separator))
}

function formatted(text: string, { args, named }: Given): Value {
  let next = 0
  return text.replace(/\{\{|\}\}|\{(\w*)(?:![rs])?(?::[^{}]*)?\}/g, (all, key: string | undefined) => {
    if (all === '{{' || all === '}}') return all[0]!
    if (key === undefined) return hole
    return textOf((key === '' ? args[next++] : /^\d+$/.test(key) ? args[Number(key)] : named.get(key)) ?? unknown)
  })
}

const sure =
  (work: (text: string, first: string) => Value): Method<string> =>
  (text, { args }) =>
    isHoled(text) || typeof args[0] !== 'string' || isHoled(args[0]) ? unknown : work(text, args[0])

const ofText: Readonly<Record<string, Method<string>>> = {
  strip: (text, { args }) => stripped(args[0], 'both')(text),
  lstrip: (text, { args }) => stripped(args[0], 'start')(text),
  rstrip: (text, { args }) => stripped(args[0], 'end')(text),
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  title: (text) => text.replace(/\w+/g, (w) => w[0]!.toUpperCase() + w.slice(1).toLowerCase()),
  capitalize: (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
  replace: (text, { args: [from, to] }) =>
    typeof from === 'string' && from && to !== undefined ? text.replaceAll(from, textOf(to)) : unknown,
  split: splitBy,
  splitlines: (text) => new List(text.split(/\r?\n/)),
  join: (text, { args }) => {
    const items = itemsOf(args[0] ?? unknown)
    return items ? items.map(textOf).join(text) : hole
  },
  format: formatted,
  startswith: sure((text, first) => text.startsWith(first)),
  endswith: sure((text, first) => text.endsWith(first)),
  find: sure((text, first) => text.indexOf(first)),
  index: sure((text, first) => text.indexOf(first)),
  count: sure((text, first) => text.split(first).length - 1),
  isdigit: (text) => (isHoled(text) ? unknown : /^\d+$/.test(text)),
  encode: (text) => text,
  zfill: (text, { args: [width] }) => (typeof width === 'number' ? text.padStart(width, '0') : unknown),
}

function extended(list: List, value: Value | undefined): Value {
  const items = itemsOf(value ?? unknown)
  list.items.push(...(items ?? []))
  list.whole &&= items !== undefined
  return null
}

const ofList: Readonly<Record<string, Method<List>>> = {
  append(list, { args }) {
    list.items.push(args[0] ?? unknown)
    return null
  },
  add: (list, given) => ofList['append']!(list, given),
  extend: (list, { args }) => extended(list, args[0]),
  update: (list, { args }) => extended(list, args[0]),
  insert(list, { args: [place, value] }) {
    list.items.splice(typeof place === 'number' ? place : 0, 0, value ?? unknown)
    return null
  },
  pop: (list) => (list.whole ? (list.items.pop() ?? unknown) : unknown),
  copy: (list) => new List([...list.items], list.whole),
  sort: () => null,
  reverse: (list) => {
    list.items.reverse()
    return null
  },
  union: (list, { args }) => {
    const both = new List([...list.items], list.whole)
    extended(both, args[0])
    return both
  },
}

const pairs = (dict: Dict): Value[] => [...dict.entries.values()].map(([key, value]) => new List([key, value]))

const ofDict: Readonly<Record<string, Method<Dict>>> = {
  items: (dict) => new List(pairs(dict), dict.whole),
  keys: (dict) =>
    new List(
      [...dict.entries.values()].map(([key]) => key),
      dict.whole,
    ),
  values: (dict) =>
    new List(
      [...dict.entries.values()].map(([, value]) => value),
      dict.whole,
    ),
  get: (dict, { args: [key, other] }) =>
    dict.get(key ?? unknown) ?? (dict.whole && key !== undefined && !isHoled(key) ? (other ?? null) : unknown),
  setdefault(dict, { args: [key = unknown, other = null] }) {
    const found = dict.get(key)
    if (found !== undefined) return found
    dict.set(key, other)
    return other
  },
  pop: (dict, { args: [key, other] }) => dict.get(key ?? unknown) ?? other ?? unknown,
  update(dict, { args: [more], named }) {
    if (more instanceof Dict) for (const [key, value] of more.entries.values()) dict.set(key, value)
    else if (more !== undefined) dict.whole = false
    for (const [key, value] of named) dict.set(key, value)
    return null
  },
  copy(dict) {
    const other = new Dict()
    for (const [key, value] of dict.entries.values()) other.set(key, value)
    other.whole = dict.whole
    return other
  },
}

/** Undefined for what is no method that is known here. */
export function methodOf(of: Value, name: string, given: Given): Value | undefined {
  if (typeof of === 'string') return Object.hasOwn(ofText, name) ? ofText[name]!(of, given) : undefined
  if (of instanceof List) return Object.hasOwn(ofList, name) ? ofList[name]!(of, given) : undefined
  return of instanceof Dict && Object.hasOwn(ofDict, name) ? ofDict[name]!(of, given) : undefined
}
