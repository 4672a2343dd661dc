// How a table of SQLite is written, taken apart and put together again: what is not changed stays to the letter.

export interface Definition {
  /** Columns first, then what is said of the table. */
  readonly items: readonly string[]
  /** `WITHOUT ROWID, STRICT` */
  readonly tail: string
}

const closing: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' }

/** Behind the quote or the comment that begins here; `i` where none does. */
function skipped(sql: string, i: number): number {
  const end = (at: number, past: number) => (at < 0 ? sql.length : at + past)
  if (sql.startsWith('--', i)) return end(sql.indexOf('\n', i), 1)
  if (sql.startsWith('/*', i)) return end(sql.indexOf('*/', i + 2), 2)
  const close = closing[sql[i]!]
  if (!close) return i
  for (let j = i + 1; j < sql.length; j++) {
    if (sql[j] !== close) continue
    // a quote in a text is written twice
    if (close === ']' || sql[j + 1] !== close) return j + 1
    j++
  }
  return sql.length
}

interface Mark {
  readonly at: number
  readonly depth: number
  readonly sign: string
}

/** Brackets, commas and words outside of quotes and comments, each with how deep it stands. */
function marksOf(sql: string): Mark[] {
  const marks: Mark[] = []
  let depth = 0
  for (let i = 0; i < sql.length; ) {
    const past = skipped(sql, i)
    if (past > i) {
      marks.push({ at: i, depth, sign: 'quoted' })
      i = past
      continue
    }
    const word = /^[\p{L}\p{N}_$.+-]+/u.exec(sql.slice(i, i + 200))?.[0]
    if (sql[i] === ')') depth--
    if (word || '(),'.includes(sql[i]!)) marks.push({ at: i, depth, sign: word?.toLowerCase() ?? sql[i]! })
    if (sql[i] === '(') depth++
    i += word?.length ?? 1
  }
  return marks
}

export function definitionOf(sql: string): Definition {
  const marks = marksOf(sql)
  const open = marks.find((m) => m.sign === '(')!
  const close = marks.find((m) => m.sign === ')' && m.depth === 0)!
  const commas = marks.filter((m) => m.sign === ',' && m.depth === 1 && m.at < close.at)
  const items = [...commas, close].map((c, i) => sql.slice(i === 0 ? open.at + 1 : commas[i - 1]!.at + 1, c.at))
  return { items, tail: sql.slice(close.at + 1) }
}

export const written = (name: string, { items, tail }: Definition): string => `CREATE TABLE ${name} (${items.join(',')})${tail}`

/** What is said of the table begins with one of these, and a column with its name. */
const ofTable = /^(constraint|primary|unique|check|foreign)$/

function nameOf(item: string): string | undefined {
  const [first] = saidIn(item)
  return !first || ofTable.test(first.sign) ? undefined : nameAt(item, first)
}

const isColumn =
  (column: string) =>
  (item: string): boolean =>
    nameOf(item)?.toLowerCase() === column.toLowerCase()

/** Behind the last column; behind a comment that ends with its line, on a line of its own. */
export function withColumn(d: Definition, text: string): Definition {
  const last = d.items.findLastIndex((i) => nameOf(i) !== undefined)
  return { ...d, items: d.items.toSpliced(last + 1, 0, ` ${text}`) }
}
export const withConstraint = (d: Definition, text: string): Definition => ({ ...d, items: [...d.items, ` ${text}`] })

const changed = (d: Definition, column: string, change: (item: string) => string): Definition => ({
  ...d,
  items: d.items.map((i) => (isColumn(column)(i) ? change(i) : i)),
})

const behind = (item: string, text: string): string => `${item.trimEnd()}${item.includes('--') ? '\n' : ' '}${text}`

export const withNotNull = (d: Definition, column: string): Definition =>
  changed(d, column, (item) => (notNullIn(item) ? item : behind(item, 'NOT NULL')))

export const withoutNotNull = (d: Definition, column: string): Definition =>
  changed(d, column, (item) => {
    const found = notNullIn(item)
    return found ? `${item.slice(0, found.from).trimEnd()}${item.slice(found.past)}` : item
  })

interface Stretch {
  readonly from: number
  readonly past: number
}

/** `CONSTRAINT given NOT NULL ON CONFLICT ABORT`, with all that belongs to it. */
function notNullIn(item: string): Stretch | undefined {
  const marks = saidIn(item).filter((m) => m.depth === 0)
  const at = marks.findIndex((m, i) => m.sign === 'not' && marks[i + 1]?.sign === 'null')
  if (at < 0) return undefined
  const first = at >= 2 && marks[at - 2]!.sign === 'constraint' ? at - 2 : at
  const isManner = marks[at + 2]?.sign === 'on' && marks[at + 3]?.sign === 'conflict'
  return { from: marks[first]!.at, past: pastMark(item, marks[at + (isManner ? 4 : 1)]!) }
}

/** Without comments. */
const saidIn = (item: string): Mark[] => marksOf(item).filter((m) => !item.startsWith('--', m.at) && !item.startsWith('/*', m.at))

const pastMark = (item: string, { at, sign }: Mark): number => (sign === 'quoted' ? skipped(item, at) : at + sign.length)

/** A name, whatever it is quoted by. */
function nameAt(item: string, mark: Mark): string {
  const text = item.slice(mark.at, pastMark(item, mark))
  return mark.sign === 'quoted' ? text.slice(1, -1).replaceAll(text[0]! + text[0]!, text[0]!) : text
}

/** Where a type ends in a column. */
const behindType = /^(constraint|primary|not|null|unique|check|default|collate|references|generated|as)$/

/** A column that has no type gets one. */
export const withType = (d: Definition, column: string, type: string): Definition =>
  changed(d, column, (item) => {
    const marks = saidIn(item)
    const name = pastMark(item, marks[0]!)
    const next = marks.slice(1).find((m) => m.depth === 0 && behindType.test(m.sign))
    const before = marks.slice(1).filter((m) => !next || m.at < next.at)
    const past = before.length ? pastMark(item, before.at(-1)!) : name
    return `${item.slice(0, name)} ${type}${item.slice(past)}`
  })

/** What is said of the table under a name of its own. */
export interface Constraint {
  /** `check`, `unique`, `primary`, `foreign` */
  readonly kind: string
  /** What stands in its first brackets: a condition, or columns. */
  readonly within: string
  readonly columns: readonly string[]
  /** It stands within this column, and not by itself. */
  readonly column?: string
}

const isNamed =
  (item: string, name: string) =>
  (m: Mark, i: number, all: readonly Mark[]): boolean =>
    m.depth === 0 && m.sign === 'constraint' && all[i + 1] !== undefined && nameAt(item, all[i + 1]!).toLowerCase() === name.toLowerCase()

export function constraintOf(d: Definition, name: string): Constraint | undefined {
  for (const item of d.items) {
    const marks = saidIn(item)
    const at = marks.findIndex(isNamed(item, name))
    if (at < 0) continue
    const column = nameOf(item)
    const open = marks.find((m, i) => i > at + 1 && m.sign === '(')
    const past = marks.find((m) => open && m.at > open.at && m.sign === ')' && m.depth === open.depth)
    const inside = marks.filter((m) => open && past && m.at > open.at && m.at < past.at && m.depth === open.depth + 1)
    const firsts = inside.filter((m, i) => m.sign !== ',' && (i === 0 || inside[i - 1]!.sign === ','))
    return {
      kind: marks[at + 2]?.sign ?? '',
      within: open && past ? item.slice(open.at + 1, past.at) : '',
      columns: firsts.map((m) => nameAt(item, m)),
      ...(column === undefined ? {} : { column }),
    }
  }
  return undefined
}

/** Of one that stands by itself. */
export const withoutConstraint = (d: Definition, name: string): Definition => ({
  ...d,
  items: d.items.filter((item) => nameOf(item) !== undefined || !saidIn(item).some(isNamed(item, name))),
})

export const withDefault = (d: Definition, column: string, value: string | null): Definition =>
  changed(d, column, (item) => {
    const marks = marksOf(item)
    const at = marks.findIndex((m, i) => i > 0 && m.depth === 0 && m.sign === 'default')
    const bare = at < 0 ? item : item.slice(0, marks[at]!.at).trimEnd() + item.slice(endOfDefault(item, marks, at))
    return value === null ? bare : behind(bare, `DEFAULT (${value})`)
  })

/** A value is one word, one text, or what stands in brackets. */
function endOfDefault(item: string, marks: readonly Mark[], at: number): number {
  const value = marks[at + 1]!
  if (value.sign !== '(') return marks[at + 2]?.at === undefined ? item.length : pastMark(item, value)
  return marks.find((m) => m.at > value.at && m.sign === ')' && m.depth === value.depth)!.at + 1
}
