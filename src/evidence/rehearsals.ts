// Rehearsals are kept in the project's own folder, one for each plan; a later one of the same plan takes its place.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rehearsed } from '../run/rehearse.ts'

const fileOf = (folder: string, plan: string): string => join(folder, 'rehearsals', `${plan}.json`)

export function keepRehearsal(folder: string, rehearsed: Rehearsed): string {
  const file = fileOf(folder, rehearsed.plan)
  mkdirSync(join(folder, 'rehearsals'), { recursive: true })
  writeFileSync(`${file}.making`, `${JSON.stringify(rehearsed, null, 2)}\n`)
  renameSync(`${file}.making`, file)
  return file
}

export function rehearsalOf(folder: string, plan: string): Rehearsed | undefined {
  const file = fileOf(folder, plan)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Rehearsed) : undefined
}
