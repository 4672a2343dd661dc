// Rows written through the new shape since the cutover, a file for each table, and a word in the ledger that they are kept.
import { join } from 'node:path'
import { runUnknown } from '../errors/cli.ts'
import { type ExportedFile, keepExported, newWrites } from '../run/new-writes.ts'
import { plural } from '../text.ts'
import type { Context, Outcome } from './context.ts'
import { type ExportOptions, fromDatabase, shapeOf } from './export.ts'
import { around } from './migrations.ts'
import { withPlan } from './project.ts'
import { theRunOf } from './state.ts'

export const exportNewWrites = (context: Context, run: string | undefined, options: ExportOptions): Promise<Outcome> =>
  withPlan(
    context,
    async (project) => {
      const { plan, db, config } = project
      const there = await theRunOf(db, plan.migration)
      if (run !== undefined && run !== `r${there.id}`) throw runUnknown({ run, known: [`r${there.id} of ${plan.migration}`] })
      const format = options.format ?? 'csv'
      const files: ExportedFile[] = []
      for (const { table, what, rows, digest, query } of await newWrites(plan, db, around(config))) {
        const file = `${table}.${what}.${format}${options.gzip ? '.gz' : options.zstd ? '.zst' : ''}`
        const out = join(options.out, file)
        const written = await fromDatabase(project, { query }, shapeOf({ ...options, format, out }), out)
        context.screen.say(
          `${context.screen.paint.green('✓')} ${plural(rows, 'row')} of ${table} (${what}): ${out}, SHA-256 ${written.sha256}`,
        )
        files.push({ table, what, rows, digest, file, sha256: written.sha256 })
      }
      if (!files.length) context.screen.say('Nothing was written through the new shape since the cutover.')
      await keepExported(plan, db, files, around(config))
      return { json: { run: `r${there.id}`, folder: options.out, files } }
    },
    { recorded: true },
  )
