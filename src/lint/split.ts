// Where statements end, for what no parser reads whole: quotes, dollar quotes and comments are stepped over.

export interface Piece {
  readonly from: number
  readonly to: number
}

export interface Manner {
  /** "\'" ends no text, and # begins a comment. */
  readonly mysql?: boolean
}

const quoted: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`' }

export function split(sql: string, manner: Manner = {}): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (let i = 0; i < sql.length; ) {
    const past = skipped(sql, i, manner)
    if (past > i) i = past
    else {
      if (sql[i] === ';') {
        pieces.push({ from, to: i })
        from = i + 1
      }
      i++
    }
  }
  pieces.push({ from, to: sql.length })
  return pieces.map((p) => trimmed(sql, p, manner)).filter((p) => p.to > p.from)
}

/** Where the quote or comment that begins here ends; `i` where none does. */
export function skipped(sql: string, i: number, { mysql = false }: Manner): number {
  const c = sql[i]!
  if (c === '-' && sql[i + 1] === '-') return endOfLine(sql, i)
  if (mysql && c === '#') return endOfLine(sql, i)
  if (c === '/' && sql[i + 1] === '*') return endOfComment(sql, i, mysql)
  if (c === '$' && !mysql && !/[\w$]/.test(sql[i - 1] ?? '')) return endOfDollar(sql, i)
  const close = quoted[c]
  if (!close) return i
  const escapes = mysql ? c !== '`' : c === "'" && /[eE]/.test(sql[i - 1] ?? '') && !/\w/.test(sql[i - 2] ?? '')
  return endOfQuote(sql, i, close, escapes)
}

function endOfLine(sql: string, i: number): number {
  const end = sql.indexOf('\n', i)
  return end < 0 ? sql.length : end + 1
}

function endOfComment(sql: string, i: number, flat: boolean): number {
  let depth = 0
  for (let j = i; j < sql.length; j++) {
    if (sql.startsWith('/*', j) && (depth === 0 || !flat)) {
      depth++
      j++
    } else if (sql.startsWith('*/', j)) {
      j++
      if (--depth === 0) return j + 1
    }
  }
  return sql.length
}

function endOfDollar(sql: string, i: number): number {
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(sql.slice(i, i + 66))?.[0]
  if (!tag) return i
  const end = sql.indexOf(tag, i + tag.length)
  return end < 0 ? sql.length : end + tag.length
}

function endOfQuote(sql: string, i: number, close: string, escapes: boolean): number {
  for (let j = i + 1; j < sql.length; j++) {
    if (escapes && sql[j] === '\\') j++
    else if (sql[j] === close) {
      if (sql[j + 1] !== close) return j + 1
      j++
    }
  }
  return sql.length
}

/** Without the blanks and comments in front, and the blanks behind. */
function trimmed(sql: string, { from, to }: Piece, manner: Manner): Piece {
  let i = from
  for (;;) {
    while (i < to && /\s/.test(sql[i]!)) i++
    const comment = sql.startsWith('--', i) || (sql.startsWith('/*', i) && sql[i + 2] !== '!') || (manner.mysql && sql[i] === '#')
    if (i >= to || !comment) break
    i = skipped(sql, i, manner)
  }
  let end = to
  while (end > i && /\s/.test(sql[end - 1]!)) end--
  return { from: Math.min(i, end), to: end }
}
