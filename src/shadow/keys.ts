// The key that an object of JSON has twice: readers of JSON take one of the two values, and say nothing.

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/** Of JSON that can be read. Keys are the same where what they stand for is: "a" and "\u0061". */
export function keyTwice(text: string): string | undefined {
  /** Of each object that is open its keys; nothing of a list. */
  const open: (Set<string> | undefined)[] = []
  let said: string | undefined
  for (const [found] of text.matchAll(token)) {
    if (found === '{') open.push(new Set())
    else if (found === '[') open.push(undefined)
    else if (found === '}' || found === ']') open.pop()
    else if (found === ':') {
      const [keys, key] = [open.at(-1)!, JSON.parse(said!) as string]
      if (keys.has(key)) return key
      keys.add(key)
    } else if (found !== ',') said = found
  }
  return undefined
}
