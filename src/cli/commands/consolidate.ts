// Configuration files into one: what becomes of every key, whether the new files say what the old ones said, and what a program would start with.
import { existsSync } from 'node:fs'
import type { Lookup } from '../../consolidate/placeholders.ts'
import type { Proof } from '../../consolidate/prove.ts'
import type { ConsolidateStep } from '../../steps/consolidate.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) => {
  command
    .option('--all', 'every key, not only those that were decided, changed or converted')
    .addHelpText(
      'after',
      examples(
        ['godwit consolidate', 'what becomes of every key, and what is still open; write nothing'],
        ['godwit consolidate verify', 'the new files as they stand, against the old ones'],
        ['godwit consolidate show production', 'what a program would start with, or why it would not'],
      ),
    )
    .action(act((context, options: { all?: boolean }) => look(context, options.all === true)))
  command
    .command('verify')
    .description('read the new files, and compare every value with the old ones')
    .action(act((context) => verify(context)))
  command
    .command('show')
    .argument('<environment>', 'one of those that are declared')
    .description('the new configuration of an environment; refused where anything is missing')
    .action(act((context, environment: string) => show(context, environment)))
}

interface Found {
  readonly step: ConsolidateStep
  readonly root: string
  /** Where an old file stands now. */
  readonly standsAt: (file: string) => string
}

async function stepsOf(context: Context): Promise<readonly Found[]> {
  const [{ configOf }, { chosen, migrationsIn, ownFolder }, { isConsolidate }, { copyAt }, { noConsolidation }] = await Promise.all([
    import('../project.ts'),
    import('../migrations.ts'),
    import('../../steps/consolidate.ts'),
    import('../../consolidate/disk.ts'),
    import('../../errors/consolidate.ts'),
  ])
  const config = await configOf(context)
  const { migration, file } = chosen(await migrationsIn(config), context.globals.migration)
  const steps = migration.steps.map((s) => s.step).filter(isConsolidate)
  if (steps.length === 0) throw noConsolidation({ migration: migration.name, file })
  return steps.map((step) => {
    const copy = (old: string) => copyAt(ownFolder(config), migration.name, step.title, old)
    return { step, root: config.root, standsAt: (old) => (existsSync(copy(old)) ? copy(old) : old) }
  })
}

async function look(context: Context, all: boolean): Promise<Outcome> {
  const [{ consolidated, filesNeeded, settledFiles }, { digestAt, readTexts }, { assertPinned, openFiles }, { consolidationText }] =
    await Promise.all([
      import('../../consolidate/consolidation.ts'),
      import('../../consolidate/disk.ts'),
      import('../../consolidate/pinned.ts'),
      import('../terminal/consolidate-text.ts'),
    ])
  const json: object[] = []
  for (const { step, root, standsAt } of await stepsOf(context)) {
    const result = await consolidated(step.consolidation, readTexts(root, filesNeeded(step.consolidation), standsAt))
    const digestOf = (file: string) => digestAt(root, standsAt(file))
    assertPinned(step.consolidation, result, digestOf, step.at)
    const files = settledFiles(result, step.at)
    const read = openFiles(step.consolidation, result).map((file) => ({ file, sha256: digestOf(file) }))
    for (const line of consolidationText(step, result, all ? read : undefined, context.screen)) context.screen.say(line)
    const { counts, dropped, proof } = result
    json.push({ title: step.title, at: step.at, files: [...files.keys()], read, counts, dropped, ...proof })
  }
  return { json: { consolidations: json } }
}

async function verify(context: Context): Promise<Outcome> {
  const [{ filesNeeded, proof }, { readOld }, { newFilesOf }, { readTexts }, { proofText }] = await Promise.all([
    import('../../consolidate/consolidation.ts'),
    import('../../consolidate/read.ts'),
    import('../../consolidate/declaration.ts'),
    import('../../consolidate/disk.ts'),
    import('../terminal/consolidate-text.ts'),
  ])
  const proofs: Proof[] = []
  for (const { step, root, standsAt } of await stepsOf(context)) {
    const c = step.consolidation
    const old = readTexts(root, filesNeeded(c), standsAt)
    const { sources } = await readOld(c, old)
    const found = await proof(c, sources, new Map([...old, ...readTexts(root, newFilesOf(c))]))
    for (const line of proofText(step, found, context.screen)) context.screen.say(line)
    proofs.push(found)
  }
  return { exit: proofs.every((p) => p.verdict === 'passed') ? 0 : 4, json: { proofs } }
}

async function show(context: Context, environment: string): Promise<Outcome> {
  const [{ effectiveOf, environmentNamed, overrideFile, withVariables }, { readTexts }, { effectiveText, effectiveObject }] =
    await Promise.all([
      import('../../consolidate/start.ts'),
      import('../../consolidate/disk.ts'),
      import('../terminal/consolidate-text.ts'),
    ])
  const json: object[] = []
  for (const { step, root } of await stepsOf(context)) {
    const { into, environments, variables } = step.consolidation
    environmentNamed(environment, environments)
    const effective = await effectiveOf(into, environment, readTexts(root, [into.master, overrideFile(into, environment)]))
    withVariables(effective, await lookupIn(root, variables?.[environment], environment), environment)
    for (const line of effectiveText(step, environment, effective, context.screen)) context.screen.say(line)
    json.push({ title: step.title, environment, values: effectiveObject(effective) })
  }
  return { json: { configurations: json } }
}

/** The file that is declared for the environment, else what Godwit itself would find: the process, .env.ENVIRONMENT, .env. */
async function lookupIn(root: string, file: string | undefined, environment: string): Promise<Lookup> {
  const [{ placesFor }, { join }, { readDotenv }] = await Promise.all([
    import('../../config/variables.ts'),
    import('node:path'),
    import('../../config/dotenv.ts'),
  ])
  const places =
    file === undefined ? placesFor(root, environment, process.env) : [{ name: file, values: readDotenv(join(root, file), file) }]
  return (name) => places.find((p) => p.values?.has(name))?.values?.get(name)
}
