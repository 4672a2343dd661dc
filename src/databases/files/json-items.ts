// JSON text cut into its objects: one a line, or the elements of one array. What is in them is looked at elsewhere.
import { fileBroken } from '../../errors/files.ts'
import { count } from '../../text.ts'

export interface Item {
  readonly line: number
  readonly raw: string
}

export interface Items {
  take(block: string): Item[]
  end(): Item[]
}

const longest = 64 * 1024 * 1024

const tooLong = (file: string, line: number): Error =>
  fileBroken({ file, line, why: `begins a value of more than ${count(longest)} bytes` })

export class JsonLines implements Items {
  private readonly file: string
  private text = ''
  private line = 1

  constructor(file: string) {
    this.file = file
  }

  take(block: string): Item[] {
    const end = block.lastIndexOf('\n')
    if (end < 0) {
      this.text += block
      if (this.text.length > longest) throw tooLong(this.file, this.line)
      return []
    }
    const lines = (this.text + block.slice(0, end)).split('\n')
    this.text = block.slice(end + 1)
    return this.items(lines)
  }

  end(): Item[] {
    const { text } = this
    this.text = ''
    return this.items([text])
  }

  private items(lines: readonly string[]): Item[] {
    const items: Item[] = []
    for (const raw of lines) {
      if (raw.trim() !== '') items.push({ line: this.line, raw })
      this.line++
    }
    return items
  }
}

const open = new Map([
  ['{', '}'],
  ['[', ']'],
])

/** `[ {…}, {…} ]`, however it is broken into lines. */
export class JsonArray implements Items {
  private readonly file: string
  /** Of the element under way. */
  private text = ''
  private began = 1
  private line = 1
  private state: 'before' | 'element' | 'after' | 'between' = 'before'
  private closing: string[] = []
  private inString = false
  private escaped = false
  private elements = 0

  constructor(file: string) {
    this.file = file
  }

  take(block: string): Item[] {
    const items: Item[] = []
    let from = 0
    for (let at = 0; at < block.length; at++) {
      const c = block[at]!
      if (c === '\n') this.line++
      if (this.state !== 'element') {
        if (this.outside(c)) {
          from = at
          at--
          this.began = this.line
          this.state = 'element'
        }
      } else if (this.ends(c)) {
        items.push({ line: this.began, raw: this.text + block.slice(from, at) })
        this.text = ''
        this.elements++
        this.state = c === ',' ? 'between' : 'after'
      }
    }
    if (this.state === 'element') this.text += block.slice(from)
    if (this.text.length > longest) throw tooLong(this.file, this.began)
    return items
  }

  end(): Item[] {
    if (this.state !== 'after') throw this.broken(this.state === 'before' ? 'holds no JSON array' : 'ends in the middle of its JSON array')
    return []
  }

  /** True where an element begins. */
  private outside(c: string): boolean {
    if (/\s/.test(c)) return false
    if (this.state === 'before') {
      if (c !== '[') throw this.broken('does not begin with [, as a JSON array does; of objects one a line it is ndjson')
      this.state = 'between'
      return false
    }
    if (this.state === 'after') throw this.broken('goes on behind its JSON array')
    if (c === ']' && this.elements === 0) {
      this.state = 'after'
      return false
    }
    if (c === ']' || c === ',') throw this.broken('has a comma too many')
    return true
  }

  /** Whether the element is over before this character. */
  private ends(c: string): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false
      else if (c === '\\') this.escaped = true
      else if (c === '"') this.inString = false
      return false
    }
    if (c === '"') this.inString = true
    else if (open.has(c)) this.closing.push(open.get(c)!)
    else if (this.closing.length === 0 && (c === ',' || c === ']')) return true
    else if ((c === '}' || c === ']') && this.closing.pop() !== c) throw this.broken(`has ${c} where none is due`)
    return false
  }

  private broken(why: string): Error {
    return fileBroken({ file: this.file, line: this.line, why })
  }
}
