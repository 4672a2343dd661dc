// A branch for each phase; without --apply only what would be made.

import type { Branch } from '../../../stage/branches/branches.ts'
import { plainText, plural } from '../../../text.ts'
import type { Context, Outcome } from '../../context.ts'
import { format, nameOption, type StagedOptions, settingsOption, shipped, staged, type Verb } from './looked.ts'

interface BranchesOptions extends StagedOptions {
  readonly base: string
  readonly name: string
  readonly apply?: boolean
}

export const branches: Verb = (command, act) => {
  command
    .command('branches')
    .description('make a branch for each phase, on the one before it, with a commit for each migration; without --apply, say which')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .requiredOption('--base <branch>', 'the branch that they are to be merged into')
    .addOption(settingsOption())
    .addOption(nameOption())
    .option('--apply', 'make them; those made before are made anew where the pile has changed')
    .action(act(work))
}

async function work(context: Context, given: string, options: BranchesOptions): Promise<Outcome> {
  const found = await staged(context, given, options)
  const { folder, staging, notes } = found
  const { branchesOf } = await import('../../../stage/branches/branches.ts')
  const phases = await shipped(found, options.name)
  const apply = options.apply === true
  const { branches: made, left } = branchesOf({ base: options.base, phases, folder, apply })
  const { screen } = context
  for (const branch of made) for (const line of textOf(branch)) screen.say(plainText(line))
  for (const { id, why } of staging.whole) screen.say(`not cut: ${plainText(id)}: ${plainText(why)}`)
  for (const note of notes) screen.say(plainText(note))
  for (const name of left) screen.say(`left from before: ${plainText(name)}`)
  screen.say(apply ? `\n${plural(made.length, 'branch', 'branches')}: your work tree is what it was.` : '\nNothing was made: say --apply.')
  return { json: { applied: apply, branches: made.map(objectOf), left, whole: staging.whole, notes } }
}

const textOf = ({ name, onto, state, commits }: Branch): string[] => [
  `${name}  ${state}, on ${onto}`,
  ...commits.flatMap((c) => [`  ${c.id.slice(0, 10)}  ${c.subject}`, ...c.files.map((f) => `              ${f}`)]),
]

const objectOf = ({ name, phase, onto, state, tip, commits }: Branch) => ({
  name,
  phase: phase.name,
  n: phase.n,
  onto,
  state,
  tip,
  commits,
  files: phase.files,
})
