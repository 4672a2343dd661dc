// Files are written whole or not at all.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

export function writeWhole(file: string, text: string): void {
  const unfinished = `${resolve(file)}.${process.pid}.unfinished`
  mkdirSync(dirname(unfinished), { recursive: true })
  try {
    writeFileSync(unfinished, text)
    renameSync(unfinished, resolve(file))
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}
