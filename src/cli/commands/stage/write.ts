// The staged pile as files in a folder of their own: what was cut and what has another place, beside what stays.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { stageFolder } from '../../../errors/stage.ts'
import type { Staging } from '../../../stage/staging.ts'
import type { Stamp } from '../../../stage/stamps.ts'
import { plainText } from '../../../text.ts'
import type { Context } from '../../context.ts'
import { type StagedOptions, staged } from './looked.ts'

/** Under the names that the files have in the project. What was written, for programs. */
export async function writeStaged(context: Context, given: string, options: StagedOptions, out: string): Promise<object> {
  const { folder, staging, notes } = await staged(context, given, options)
  const [{ stagedFiles }, { stampsOf }] = await Promise.all([import('../../../stage/staging.ts'), import('../../../stage/stamps.ts')])
  const to = path.resolve(context.globals.folder ?? '.', out)
  if (existsSync(to) && readdirSync(to).length > 0)
    throw stageFolder({ folder: out, why: 'it is not empty, and nothing is written over what is there' })
  const files = stagedFiles(staging, folder)
  for (const [file, text] of files) write(path.join(to, file), text)
  const stamps = stampsOf(staging)
  for (const line of [...textOf(staging, stamps, out), ...notes]) context.screen.say(plainText(line))
  return {
    folder: out,
    migrations: staging.migrations.map((m) => ({
      id: m.id,
      of: m.judged.migration.id,
      phase: m.phase,
      change: m.change,
      parent: m.parent ?? null,
      files: m.files.map((f) => f.file),
    })),
    whole: staging.whole,
    stamps,
    notes,
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const changes: Readonly<Record<string, string>> = {
  none: 'as it was',
  parent: 'with another parent',
  name: 'under another name',
  part: 'cut out',
}

function textOf({ migrations, whole }: Staging, stamps: readonly Stamp[], out: string): string[] {
  const told = stamps.map(({ at, stamp, skipped, again }) => {
    const untold = [
      ...(skipped.length ? [`untold it would miss ${skipped.join(', ')}`] : []),
      ...(again.length ? [`untold it would do again ${again.join(', ')}`] : []),
    ]
    return `  ${at}: ${stamp ? `says the same as ${stamp}` : 'no staged migration says what it has'}${untold.length ? `; ${untold.join('; ')}` : ''}`
  })
  return [
    '',
    `written to ${out}:`,
    ...migrations.map(
      (m) => `  ${m.phase.padEnd(15)}${m.id}  ${changes[m.change]}${m.change === 'part' ? ` of ${m.judged.migration.id}` : ''}`,
    ),
    ...whole.map(({ id, why }) => `not cut: ${id}: ${why}`),
    ...(told.length ? ['a database that has run the originals and stands at', ...told] : []),
  ]
}
