// A SQLite file made of SQL files, where there is none yet: whole or not at all.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { loadFailed } from '../../errors/cli.ts'

/** Nothing is done to a file that is there. */
export async function makeSqlite(file: string, load: readonly string[]): Promise<void> {
  if (!load.length || existsSync(file)) return
  mkdirSync(dirname(file), { recursive: true })
  const { DatabaseSync } = await import('node:sqlite')
  const making = `${file}.making-${process.pid}`
  rmSync(making, { force: true })
  const db = new DatabaseSync(making)
  try {
    for (const sql of load) {
      try {
        db.exec(readFileSync(sql, 'utf8'))
      } catch (problem) {
        throw loadFailed({
          file: relative(process.cwd(), sql),
          line: undefined,
          message: (problem as Error).message,
          sqlstate: undefined,
          cause: problem,
        })
      }
    }
  } catch (problem) {
    db.close()
    rmSync(making, { force: true })
    throw problem
  }
  db.close()
  // two commands may make it at once: each whole file is as good as the other
  renameSync(making, file)
}
