// Open files and pathlib: what is read of a file, and where a file is.
import path from 'node:path'
import { filePath, textIn } from './builtins.ts'
import type { Reading } from './reading.ts'
import { asText, type Given, given, isHoled, Made, type Value } from './values.ts'

const at = (text: string): Value => new Made('pathlib.Path', given([text]))

const ofPath: Readonly<Record<string, (text: string, given: Given, reading: Reading, of: Value) => Value>> = {
  read_text: (_, __, reading, of) => contents(textIn(of, reading)),
  open: (_, __, reading, of) => textIn(of, reading),
  exists: (text, _, reading) => reading.host.file(text) !== undefined,
  is_file: (text, _, reading) => reading.host.file(text) !== undefined,
  resolve: (text) => at(path.posix.normalize(text)),
  absolute: (text) => at(path.posix.normalize(text)),
  joinpath: (text, { args }) => at(path.posix.join(text, ...args.map((a) => asText(a) ?? ''))),
  with_suffix: (text, { args }) => at(text.replace(/\.[^./]*$/, '') + (asText(args[0]) ?? '')),
  with_name: (text, { args }) => at(path.posix.join(path.posix.dirname(text), asText(args[0]) ?? '')),
}

export const contents = (opened: Value): Value => (opened instanceof Made ? opened.given.args[0]! : opened)

export function methodOfFile(of: Value, name: string, given: Given, reading: Reading): Value | undefined {
  const text = filePath(of)
  if (text !== undefined && Object.hasOwn(ofPath, name)) return ofPath[name]!(text, given, reading, of)
  return of instanceof Made && of.name === 'builtins.open' && name === 'read' ? contents(of) : undefined
}

/** `Path(__file__).parent`, and the name of a file. */
export function attributeOfFile(of: Value, name: string): Value | undefined {
  const text = filePath(of)
  if (text === undefined) return undefined
  if (name === 'parent') return at(path.posix.dirname(text))
  if (name === 'name') return path.posix.basename(text)
  return name === 'stem' ? path.posix.basename(text).replace(/\.[^.]*$/, '') : undefined
}

/** `Path(…) / "x"` */
export function below(of: Value, name: Value): Value | undefined {
  const text = filePath(of)
  return text !== undefined && typeof name === 'string' && !isHoled(name) ? at(path.posix.join(text, name)) : undefined
}
