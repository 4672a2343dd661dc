// Which phase is merged into which branch, which database has it, and what is next.
import type { ShippedPhase } from '../../../stage/branches/phases.ts'
import type { Staging } from '../../../stage/staging.ts'
import type { Where } from '../../../stage/status/next.ts'
import { plainText } from '../../../text.ts'
import type { Context, Outcome } from '../../context.ts'
import { several } from '../../define.ts'
import { format, nameOption, type StagedOptions, settingsOption, staged, type Verb } from './looked.ts'

interface StatusOptions extends StagedOptions {
  readonly base: string
  readonly name: string
  readonly into?: readonly string[]
  readonly database?: readonly string[]
}

export const status: Verb = (command, act) => {
  command
    .command('status')
    .description('say which phase is merged into which branch, which database has it, and what is next')
    .argument('<folder>', 'where the migrations stand, on the branch that is staged')
    .addOption(format())
    .requiredOption('--base <branch>', 'the branch, or the commit, that the phases were made from')
    .addOption(settingsOption())
    .addOption(nameOption())
    .option('--into <branches>', 'where they are to be merged (else the base)', several)
    .option('--database <urls>', "what the tool has written down there: a Postgres' URL, with a name and = before it if you like", several)
    .action(act(work))
}

async function work(context: Context, given: string, options: StatusOptions): Promise<Outcome> {
  const { folder, staging } = await staged(context, given, options)
  const [{ shippedPhases }, { mergedIn }, { nextOf }] = await Promise.all([
    import('../../../stage/branches/phases.ts'),
    import('../../../stage/status/merged.ts'),
    import('../../../stage/status/next.ts'),
  ])
  const phases = shippedPhases(staging, options.name)
  const merged = (options.into ?? [options.base]).map((branch) => mergedIn(branch, phases, folder.root))
  const where = await Promise.all((options.database ?? []).map((database) => asked(database, staging, phases)))
  const next = nextOf(phases, merged, where)
  const { screen } = context
  for (const { n, name, branch } of phases) {
    screen.say(plainText(`${n}. ${name}  ${branch}`))
    for (const m of merged) screen.say(plainText(`   ${m.branch}: ${mergedWords[m.phases[n - 1]!.state]}`))
    for (const w of where)
      screen.say(
        plainText(`   ${w.database}: ${w.deployed.phases[n - 1]!.state === 'no' ? 'not deployed' : w.deployed.phases[n - 1]!.state}`),
      )
  }
  for (const w of where) for (const note of w.deployed.notes) screen.say(plainText(`${w.database}: ${note}`))
  screen.say('')
  for (const line of next) screen.say(plainText(`next: ${line}`))
  return { json: { phases: phases.map(({ n, name, branch, files }) => ({ n, name, branch, files })), merged, databases: where, next } }
}

const mergedWords = { merged: 'merged', partly: 'partly merged', no: 'not merged', other: 'there, and not as it was staged' } as const

async function asked(given: string, staging: Staging, phases: readonly ShippedPhase[]): Promise<Where> {
  const [{ migratedIn }, { deployedOf }] = await Promise.all([
    import('../../../databases/postgres/migrated.ts'),
    import('../../../stage/status/deployed.ts'),
  ])
  const [, name, url = given] = /^([\w.-]+)=(.*)$/.exec(given) ?? []
  const { database, known } = await migratedIn(url)
  const own = known.filter((k) => k.formats.includes(staging.format))
  const deployed = deployedOf(
    staging,
    phases,
    own.flatMap((k) => k.ids),
  )
  const empty = own.length ? [] : [`there is no table of ${staging.format} in it: it has run nothing`]
  return { database: name ?? database, deployed: { ...deployed, notes: [...deployed.notes, ...empty] } }
}
