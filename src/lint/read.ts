// SQL text into statements with their places. One that cannot be read is a statement with an error: the others are judged all the same.
import { loadModule, parseSync } from 'libpg-query'
import { inner, kindOf, type Node } from './ast.ts'
import { withoutWayBack } from './directive.ts'
import { split } from './split.ts'

export interface Statement {
  readonly kind: string
  readonly node: Node
  /** Characters in the text, not bytes. */
  readonly from: number
  readonly to: number
  readonly error?: string
}

export const ready = (): Promise<void> => loadModule()

export function read(sql: string): readonly Statement[] {
  const text = withoutPsql(withoutWayBack(sql))
  try {
    return whole(text)
  } catch {
    return split(text).flatMap(({ from, to }) => one(text, from, to))
  }
}

/** Schemas come again and again, and are long. */
const most = 32
const kept = new Map<string, readonly Statement[]>()

export function readAgain(sql: string): readonly Statement[] {
  const found = kept.get(sql) ?? read(sql)
  kept.delete(sql)
  kept.set(sql, found)
  if (kept.size > most) kept.delete(kept.keys().next().value!)
  return found
}

function whole(text: string): Statement[] {
  const toCharacter = characters(text)
  return (parseSync(text).stmts ?? []).map((raw) => {
    const start = toCharacter(raw.stmt_location ?? 0)
    const end = raw.stmt_len ? toCharacter((raw.stmt_location ?? 0) + raw.stmt_len) : text.length
    const node = (raw.stmt ?? {}) as Node
    return { kind: kindOf(node), node: inner(node), ...firstWord(text, start, end) }
  })
}

function one(text: string, from: number, to: number): Statement[] {
  const piece = text.slice(from, to)
  try {
    return whole(piece).map((s) => ({ ...s, from: s.from + from, to: s.to + from }))
  } catch (thrown) {
    return [{ kind: 'Unreadable', node: {}, from, to, error: (thrown as Error).message }]
  }
}

/** A statement begins where its first word does, and not with the comment in front of it. */
function firstWord(text: string, start: number, end: number): { from: number; to: number } {
  const [piece] = split(text.slice(start, end))
  return piece ? { from: start + piece.from, to: start + piece.to } : { from: start, to: end }
}

/** The parser counts bytes of UTF-8. */
function characters(text: string): (byte: number) => number {
  if (!/[^\u0000-\u007f]/.test(text)) return (byte) => byte
  const bytes = Buffer.from(text)
  let [lastByte, lastCharacter] = [0, 0]
  return (byte) => {
    if (byte < lastByte) [lastByte, lastCharacter] = [0, 0]
    lastCharacter += bytes.toString('utf8', lastByte, byte).length
    lastByte = byte
    return lastCharacter
  }
}

/** psql's own commands and the rows of COPY are blanked out, so that places stay what they are. */
export function withoutPsql(sql: string): string {
  if (!/^\\/m.test(sql) && !sql.includes('\0')) return sql
  const blank = (text: string) => text.replace(/[^\n]/g, ' ')
  return sql
    .replaceAll('\0', ' ')
    .replace(/(\bfrom\s+stdin\b[^;]*;[^\n]*\n)([\s\S]*?^\\\.[^\n]*$)/gim, (_, copy: string, rows: string) => copy + blank(rows))
    .replace(/^\\[^\n]*/gm, blank)
}
