// Lines and columns of a text, both from 1 on; a column counts characters, however many bytes each has.

export interface Place {
  readonly line: number
  readonly column: number
}

export function places(text: string): (offset: number) => Place {
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: Array.from(text.slice(starts[low]!, offset)).length + 1 }
  }
}
