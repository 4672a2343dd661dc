// Title and description of each phase, written to files or said. Nothing is sent anywhere.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Context, Outcome } from '../../context.ts'
import { format, nameOption, type StagedOptions, settingsOption, shipped, staged, textOf, type Verb } from './looked.ts'

interface PrsOptions extends StagedOptions {
  readonly name: string
  readonly template?: string
  readonly out?: string
}

export const prs: Verb = (command, act) => {
  command
    .command('prs')
    .description('write title and description of a pull request for each phase; nothing is sent anywhere')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: only what it does not have is staged')
    .addOption(settingsOption())
    .addOption(nameOption())
    .option('--template <file>', 'a text of your own with {{words}} in it; its first line is the title')
    .option('--out <folder>', 'a file for each there, in place of saying them')
    .action(act(work))
}

async function work(context: Context, given: string, options: PrsOptions): Promise<Outcome> {
  const at = context.globals.folder ?? '.'
  const found = await staged(context, given, options)
  const [{ pullRequests }, { usualTemplate }] = await Promise.all([
    import('../../../stage/prs/prs.ts'),
    import('../../../stage/prs/template.ts'),
  ])
  const made = pullRequests(found.staging, await shipped(found, options.name), textOf(options.template, at) ?? usualTemplate)
  const written = made.map((pr) => ({ ...pr, text: `# ${pr.title}\n\n${pr.body}`, file: `${pr.n}-${pr.phase}.md` }))
  if (options.out !== undefined) mkdirSync(path.resolve(at, options.out), { recursive: true })
  for (const { text, file } of written) {
    if (options.out === undefined) for (const line of text.split('\n')) context.screen.say(line)
    else {
      writeFileSync(path.resolve(at, options.out, file), text)
      context.screen.say(path.join(options.out, file))
    }
  }
  return { json: { prs: made, notes: found.notes } }
}
