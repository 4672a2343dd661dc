// Files of SQL cut and put in order by their names: plain ones, Flyway's and Prisma's.
import path from 'node:path'
import type { PhaseName } from '../phase.ts'
import { besides, byMarks } from '../readers/sql/reader.ts'
import { byNumber } from '../readers/sql-file.ts'
import type { Folder, Migration, Pile } from '../types.ts'
import { following } from './numbers.ts'
import { cutSql } from './sql-cut.ts'
import type { Group, Piece, Slice, StagedFile, StagedMigration, Uncut, Writer } from './writer.ts'

interface Names {
  /** The file with its way back, where that is one of its own. */
  back(migration: Migration, folder: Folder): string | undefined
  /** The number that a migration is ordered by. */
  numberOf(migration: Migration): string
  /** A path with another number, and more at its end. */
  renamed(file: string, migration: Migration, number: string, more: string): string
  idOf(file: string, migration: Migration): string
  /** What the text of a part says in it of its name. */
  part?(text: string, phase: PhaseName): string
}

interface Manner extends Names {
  readonly format: string
}

const writerOf = (manner: Manner): Writer => ({
  format: manner.format,
  cut: (migration, groups, folder) => cut(migration, groups, folder, manner),
  write: inOrderOfNames(manner),
})

function cut(migration: Migration, groups: readonly Group[], folder: Folder, manner: Manner): readonly Slice[] | Uncut {
  if (migration.repeatable) return { why: 'it is run anew whenever it changes' }
  const text = folder.text(migration.file) ?? ''
  const marked = manner.format === 'sql' ? byMarks(text) : undefined
  const ups = cutSql(marked?.up ?? text, migration, groups, 'up', migration.up.length)
  if ('why' in ups) return ups
  const backFile = marked ? undefined : manner.back(migration, folder)
  const backText = marked ? marked.down : backFile && folder.text(backFile)
  const downs = backText === undefined ? undefined : cutSql(backText, migration, groups, 'down', migration.down.length)
  if (downs && 'why' in downs) return { why: `its way back: ${downs.why}` }
  if (!marked) return ups.map((up, g) => ({ up, ...(downs ? { down: downs[g]! } : {}) }))
  // what stands before, between and behind the two is their frame
  const start = text.indexOf(marked.up)
  const end = start + marked.up.length
  const downStart = marked.down === undefined ? text.length : text.length - marked.down.length
  return ups.map((up, g) => ({ up: `${text.slice(0, start)}\n${up}${text.slice(end, downStart)}${downs ? `\n${downs[g]}` : ''}` }))
}

/** Each under a number that comes after the one before it. */
export const inOrderOfNames =
  (names: Names): Writer['write'] =>
  (pieces, before, pile, folder) =>
    write(pieces, before, pile, folder, names)

function write(pieces: readonly Piece[], before: readonly Migration[], pile: Pile, folder: Folder, manner: Names): StagedMigration[] {
  const original = pile.migrations.filter((m) => !m.repeatable && pieces.some((p) => p.judged.migration.id === m.id))
  const versioned = pieces.filter((p) => !p.judged.migration.repeatable)
  // as long as the order is what it was, so are the names
  const kept = versioned.findIndex((p, i) => p.slice || p.judged.migration !== original[i])
  const last =
    pile.migrations
      .filter((m) => !m.repeatable)
      .map(manner.numberOf)
      .toSorted(byNumber)
      .at(-1) ?? '0'
  let parent = before.at(-1)?.id
  return pieces.map((piece) => {
    const place = versioned.indexOf(piece)
    const number = kept < 0 || place < kept ? undefined : following(last, place - kept + 1)
    const staged = named(piece, number, folder, manner)
    const found = { ...staged, parent }
    parent = staged.id
    return found
  })
}

function named(piece: Piece, number: string | undefined, folder: Folder, manner: Names): Omit<StagedMigration, 'parent'> {
  const { migration } = piece.judged
  const back = manner.back(migration, folder)
  const more = piece.slice ? `_${piece.phase.replaceAll('-', '_')}` : ''
  const nameOf = (file: string) => (number === undefined ? file : manner.renamed(file, migration, number, more))
  const texts: StagedFile[] = [
    { file: nameOf(migration.file), text: partOf(piece, manner) ?? folder.text(migration.file) ?? '' },
    ...(back === undefined ? [] : [{ file: nameOf(back), text: piece.slice?.down ?? folder.text(back) ?? '' }]),
  ]
  return {
    ...piece,
    id: number === undefined ? migration.id : manner.idOf(texts[0]!.file, migration),
    files: texts,
    gone: number === undefined ? [] : [migration.file, ...(back === undefined ? [] : [back])],
    change: piece.slice ? 'part' : number === undefined ? 'none' : 'name',
  }
}

const partOf = ({ slice, phase }: Piece, { part }: Names): string | undefined => (slice && part ? part(slice.up, phase) : slice?.up)

/** The folder or the file that has the name of the migration. */
function renamedIn(file: string, id: string, name: string): string {
  const parts = file.split('/')
  const at = parts.findLastIndex((p) => p.startsWith(id))
  return parts.map((p, i) => (i === at ? name + p.slice(id.length) : p)).join('/')
}

const leading = /^(V?)(\d{4}-\d\d-\d\d|\d+)(.*)$/

const plain: Pick<Names, 'numberOf' | 'renamed' | 'idOf'> = {
  numberOf: ({ id }) => leading.exec(id)?.[2] ?? '0',
  renamed(file, { id }, number, more) {
    const [, letter = '', , rest = ''] = leading.exec(id) ?? []
    return renamedIn(file, id, `${letter}${number}${rest}${more}`)
  },
  idOf(file, { id }) {
    const name = path.posix.basename(file)
    return /^(up|down|migration)\.sql$/i.test(name)
      ? path.posix.basename(path.posix.dirname(file))
      : name.replace(/([._-]up)?\.sql$/i, '') || id
  },
}

export const sqlWriter: Writer = writerOf({ format: 'sql', back: ({ file }, folder) => besides(file, folder), ...plain })

export const prismaWriter: Writer = writerOf({
  format: 'prisma',
  back({ file }, folder) {
    const back = file.replace(/migration\.sql$/, 'down.sql')
    return folder.text(back) === undefined ? undefined : back
  },
  ...plain,
})

const versioned = /^([VU])(\d[\d._]*?)__(.*)\.sql$/

export const flywayWriter: Writer = writerOf({
  format: 'flyway',
  back({ id, repeatable }, folder) {
    const isUndo = (file: string) => versioned.exec(path.posix.basename(file))?.[1] === 'U' && versionIn(file) === id
    return repeatable ? undefined : folder.files.find(isUndo)
  },
  // versions have dots: the next whole one comes after all of them
  numberOf: ({ id }) => id.split('.')[0]!,
  renamed(file, _, number, more) {
    const [, kind, , title] = versioned.exec(path.posix.basename(file)) ?? []
    return path.posix.join(path.posix.dirname(file), `${kind}${number}__${title}${more}.sql`)
  },
  idOf: (file) => versionIn(file),
})

const versionIn = (file: string): string => (versioned.exec(path.posix.basename(file))?.[2] ?? '').replaceAll('_', '.')
