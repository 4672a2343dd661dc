// Shows runs, books, who works here, and what comes next.

import type { Plan } from '../../plan/plan.ts'
import { list } from '../../text.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'
import type { Found } from '../migrations.ts'
import type { Project } from '../project.ts'
import type { RunState } from '../state.ts'
import type { MigrationState } from '../terminal/status-text.ts'

export const define: Define = (command, act) =>
  void command
    .addHelpText(
      'after',
      examples(['godwit status', 'all migrations and runs of this database'], ['godwit status --json', 'the same for programs']),
    )
    .action(act((context) => status(context)))

async function status(context: Context): Promise<Outcome> {
  const [{ configOf, withDatabase }, { migrationsIn }, { runsIn, nextStep }, { holderOf }, { statusText }] = await Promise.all([
    import('../project.ts'),
    import('../migrations.ts'),
    import('../state.ts'),
    import('../holder.ts'),
    import('../terminal/status-text.ts'),
  ])
  const config = await configOf(context)
  const found = config.migrations.length ? await migrationsIn(config) : []
  return withDatabase(context, config, async (project) => {
    const { db } = project
    const [runs, holder] = await db.session(async (s) => [await runsIn(s), await holderOf(s)] as const)
    const lines: MigrationState[] = []
    for (const { migration, file } of found) {
      const run = runs.findLast((r) => r.migration === migration.name && r.state !== 'undone')
      const { plan, problem } = await planned(project, found, migration.name)
      const held = holder !== undefined && (holder.run === undefined || holder.run === run?.run)
      lines.push({
        migration: migration.name,
        file,
        run,
        plan: plan?.id,
        problem,
        next: problem
          ? 'mend the migration: godwit plan tells what is wrong'
          : (firstOthers(migration, run, runs) ?? nextStep(plan, run, held)),
      })
    }
    const names = new Set(found.map((f) => f.migration.name))
    for (const run of runs.filter((r) => r.state !== 'undone' && !names.has(r.migration)))
      lines.push({ migration: run.migration, run, plan: undefined, next: 'there is no file of this migration here' })
    for (const line of statusText(config.describe(), lines, runs, holder, context.screen)) context.screen.say(line)
    return { json: { environment: config.name, database: db.name, holder: holder ?? null, migrations: lines, runs } }
  })
}

/** One that comes after others is not begun before they are through. */
function firstOthers({ after }: Found['migration'], run: RunState | undefined, runs: readonly RunState[]): string | undefined {
  if (run) return undefined
  const through = (name: string) =>
    runs.some((r) => r.migration === name && (r.state === 'finished' || (r.cutOver && r.state !== 'undone')))
  const open = after.filter((name) => !through(name))
  return open.length ? `comes after ${list(open)}: ${open.map((name) => `godwit run -m ${name}`).join(', then ')}` : undefined
}

async function planned(project: Project, found: readonly Found[], name: string): Promise<{ plan?: Plan; problem?: string }> {
  const { planFor } = await import('../project.ts')
  try {
    return { plan: await planFor(found.find((f) => f.migration.name === name)!.migration, project) }
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0]! }
  }
}
