// How a key is named: segments with dots between, a segment that has a dot itself in quotes.

export type Path = readonly string[]

const plain = /^[^\s."'\\]+$/

/** kpi.par90 · logging."my.app".level */
export const keyText = (path: Path): string => path.map((s) => (plain.test(s) ? s : JSON.stringify(s))).join('.')

const segment = /\s*(?:"((?:\\.|[^"\\])*)"|([^\s."'\\]+))\s*(\.|$)/y

/** The segments, or undefined where the text is no key. Nothing at all is the root. */
export function pathOf(text: string): Path | undefined {
  if (text === '') return []
  const path: string[] = []
  segment.lastIndex = 0
  for (;;) {
    const found = segment.exec(text)
    if (!found) return undefined
    path.push(found[1] === undefined ? found[2]! : (JSON.parse(`"${found[1]}"`) as string))
    if (found[3] === '') return path
  }
}

export const isWithin = (path: Path, whole: Path): boolean => whole.length <= path.length && whole.every((s, i) => s === path[i])
