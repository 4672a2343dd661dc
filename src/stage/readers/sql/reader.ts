// Plain SQL: 001_x.up.sql beside 001_x.down.sql, 001_x.sql with both in it by marks, folders with up.sql and down.sql, or files with a number.
import path from 'node:path'
import type { Folder, Migration, Reader } from '../../types.ts'
import type { Dialect } from '../sql-file.ts'
import { byNumber, dialectOf, inLine, statementsIn, twice } from '../sql-file.ts'

interface Pair {
  readonly id: string
  readonly file: string
  readonly up: string
  readonly upLine: number
  readonly down: string | undefined
}

const numbered = /^V?\d+|^\d{4}-\d{2}-\d{2}/

export const sql: Reader = {
  format: 'sql',
  knows: (folder) => pairsIn(folder).length > 0,
  read(folder) {
    const pairs = pairsIn(folder).toSorted((a, b) => byNumber(a.id, b.id))
    const dialect = dialectOf(pairs.map((p) => p.up))
    const migrations = inLine(pairs.map((p) => migrationOf(p, dialect)))
    return { format: 'sql', migrations, faults: twice(pairs.map((p) => /^V?\d+/.exec(path.posix.basename(p.id))?.[0] ?? p.id)) }
  },
}

function pairsIn(folder: Folder): Pair[] {
  const files = folder.files.filter((f) => f.endsWith('.sql') && !/[._-](down|undo|rollback)\.sql$|\/(down|undo|rollback)\.sql$/i.test(f))
  return files.flatMap((file) => {
    const text = folder.text(file) ?? ''
    const name = path.posix.basename(file)
    const inFolder = /^(up|migration)\.sql$/i.test(name)
    const id = inFolder ? path.posix.basename(path.posix.dirname(file)) : name.replace(/([._-]up)?\.sql$/i, '')
    if (!inFolder && !numbered.test(id)) return []
    const marked = byMarks(text)
    return [
      {
        id,
        file,
        up: marked?.up ?? text,
        upLine: marked?.line ?? 1,
        down: marked ? marked.down : folder.text(besides(file, folder) ?? ''),
      },
    ]
  })
}

/** The file with its way back. */
export function besides(file: string, folder: Folder): string | undefined {
  const names = [
    file.replace(/([._-])up\.sql$/i, '$1down.sql'),
    file.replace(/\/(up|migration)\.sql$/i, '/down.sql'),
    file.replace(/\.sql$/i, '.down.sql'),
    file.replace(/\.sql$/i, '.undo.sql'),
  ]
  return names.find((n) => n !== file && folder.text(n) !== undefined)
}

const upMark = /^--[^\S\n]*(?:\+goose[^\S\n]+up|migrate:up|\+migrate[^\S\n]+up|@up|up[^\S\n]*$)[^\n]*$/im
const downMark = /^--[^\S\n]*(?:\+goose[^\S\n]+down|migrate:down|\+migrate[^\S\n]+down|@down|\/\/@undo|down[^\S\n]*$)[^\n]*$/im

interface Marked {
  readonly up: string
  readonly line: number
  readonly down: string | undefined
}

/** Words of goose, dbmate, sql-migrate and others. */
export function byMarks(text: string): Marked | undefined {
  const [up, down] = [upMark.exec(text), downMark.exec(text)]
  if (!up && !down) return undefined
  const start = up ? up.index + up[0].length : 0
  const end = down && down.index >= start ? down.index : text.length
  return {
    up: text.slice(start, end),
    line: text.slice(0, start).split('\n').length,
    down: down ? text.slice(down.index + down[0].length) : undefined,
  }
}

function migrationOf({ id, file, up, upLine, down }: Pair, dialect: Dialect): Omit<Migration, 'parents'> {
  const back = down === undefined ? [] : statementsIn(down, dialect)
  return {
    id,
    file,
    title:
      id
        .replace(/^[\dV_.-]+/, '')
        .replace(/[_-]+/g, ' ')
        .trim() || id,
    needs: [],
    up: statementsIn(up, dialect, upLine),
    down: back,
    back: down === undefined ? 'none' : back.length ? 'real' : 'empty',
    unread: [],
    notes: [],
    dialect,
  }
}
