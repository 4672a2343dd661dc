// Prisma: a folder for each migration, with migration.sql in it. There is no way down.
import path from 'node:path'
import type { Folder, Migration, Reader } from '../../types.ts'
import { byNumber, type Dialect, dialectOf, inLine, statementsIn } from '../sql-file.ts'

const isMigration = (file: string): boolean => path.posix.basename(file) === 'migration.sql'

export const prisma: Reader = {
  format: 'prisma',
  knows: (folder) => folder.files.some(isMigration),
  read(folder) {
    const files = folder.files.filter(isMigration).toSorted(byNumber)
    const dialect = providerIn(folder) ?? dialectOf(files.map((f) => folder.text(f) ?? ''))
    return { format: 'prisma', migrations: inLine(files.map((f) => migrationOf(f, folder, dialect))), faults: [] }
  },
}

const providers: Readonly<Record<string, Dialect>> = { postgresql: 'postgres', cockroachdb: 'postgres', mysql: 'mysql', sqlite: 'sqlite' }

function providerIn(folder: Folder): Dialect | undefined {
  const lock = folder.files.find((f) => path.posix.basename(f) === 'migration_lock.toml')
  return providers[/^\s*provider\s*=\s*"(\w+)"/m.exec(lock === undefined ? '' : (folder.text(lock) ?? ''))?.[1] ?? '']
}

function migrationOf(file: string, folder: Folder, dialect: Dialect): Omit<Migration, 'parents'> {
  const text = folder.text(file) ?? ''
  const id = path.posix.basename(path.posix.dirname(file))
  const back = folder.text(file.replace(/migration\.sql$/, 'down.sql'))
  const down = back === undefined ? [] : statementsIn(back, dialect)
  return {
    id,
    file,
    title: id.replace(/^\d+_/, '').replaceAll('_', ' '),
    needs: [],
    up: statementsIn(text, dialect),
    down,
    back: back === undefined ? 'none' : down.length ? 'real' : 'empty',
    unread: [],
    notes: warningsIn(text),
    dialect,
  }
}

/** What Prisma wrote at the top of the file, and whoever merged it has read or not. */
const warningsIn = (text: string): string[] =>
  (/\/\*\s*Warnings:([\s\S]*?)\*\//.exec(text)?.[1] ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*-?\s*/, '').trim())
    .filter(Boolean)
    .map((line) => `Prisma warned: ${line}`)
