// The purge as people meet it: what would go and from when on, the copy that is kept, the name typed, and then what is gone.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { notConfirmed } from '../errors/cli.ts'
import { keptCopyUnfit, nothingRetired } from '../errors/cutover.ts'
import { type Copy, type Purgeable, purge, purgeable } from '../run/purge.ts'
import { shown } from '../steps/retire/shelf.ts'
import { bytes, count, plural } from '../text.ts'
import type { PurgeAsked } from './commands/purge.ts'
import { typed } from './confirm.ts'
import type { Context, Outcome } from './context.ts'
import { around } from './migrations.ts'
import { withPlan } from './project.ts'

export const purgeRetired = (context: Context, asked: PurgeAsked): Promise<Outcome> =>
  withPlan(
    context,
    async ({ plan, db, config }) => {
      const all = await purgeable(plan, db, around(config))
      if (!all.length) throw nothingRetired({ migration: plan.migration })
      for (const line of all.flatMap(linesOf)) context.screen.note(line)
      const copies = await Promise.all((asked.kept ?? []).map((file) => copyAt(file, context.globals.folder)))
      await refuseUntyped(context, plan.migration, asked.confirm)
      if (config.protected) await typed(context, config, `Dropping what ${plan.migration} has retired`, undefined)
      const why = asked.withoutCopy === undefined ? {} : { withoutCopy: asked.withoutCopy }
      const { run, gone } = await purge(plan, db, { ...around(config), copies, ...why })
      for (const each of gone)
        context.screen.say(`${context.screen.paint.green('✓')} ${shown(each)} is gone: ${plural(Number(each.rows), 'row')}`)
      for (const c of copies) context.screen.say(`  kept in ${c.file}: ${count(c.bytes)} bytes, SHA-256 ${c.sha256}`)
      return { json: { run, gone, copies, ...why } }
    },
    { recorded: true },
  )

const linesOf = ({ kept, from }: Purgeable): string[] =>
  kept.retired.map(
    (r) =>
      `${shown(r)}  ${plural(Number(r.rows), 'row')}${r.bytes === null ? '' : `, ${bytes(Number(r.bytes))}`}  retired ${new Date(kept.at).toISOString()}, may go from ${new Date(from).toISOString()} on`,
  )

async function copyAt(file: string, folder: string | undefined): Promise<Copy> {
  const path = resolve(folder ?? '.', file)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw keptCopyUnfit({ file, why: 'is not there' })
  if (found.size === 0) throw keptCopyUnfit({ file, why: 'is empty' })
  const hash = createHash('sha256')
  for await (const block of createReadStream(path)) hash.update(block as Buffer)
  return { file: basename(file), bytes: found.size, sha256: hash.digest('hex') }
}

/** Nothing takes it back: --yes is too easily said. */
async function refuseUntyped({ screen }: Context, name: string, given: string | undefined): Promise<void> {
  if (given === name) return
  const how = `Nothing takes a purge back. Type the name of the migration, or say --confirm ${name}.`
  if (given !== undefined) throw notConfirmed({ what: `--confirm '${given}' is not the name of this migration. Nothing was dropped.`, how })
  if (!screen.canAsk) throw notConfirmed({ what: 'It must be confirmed, and nobody is here to do it. Nothing was dropped.', how })
  const answer = await screen.ask(`Type ${name} to drop this for good:`)
  if (answer?.trim() !== name) throw notConfirmed({ what: 'That is not its name. Nothing was dropped.', how })
}
