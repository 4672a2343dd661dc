// What `godwit COMMAND --help` prints, for all commands on one page.
import { Command } from 'commander'
import { commands, type Entry } from '../../src/cli/commands/index.ts'
import { page } from './source.ts'

export async function commandsPage(): Promise<string> {
  const parts: string[] = []
  for (const entry of commands) parts.push(await part(entry))
  return page('Commands', '`godwit COMMAND --help` prints what stands here.', globals, ...parts)
}

const globals = `All of them take these:

\`\`\`text
-C <folder>             the folder of godwit.config.ts
-e, --env <name>        the environment (else GODWIT_ENV, else the default)
-m, --migration <name>  which migration, if there are several
-y, --yes               answer ordinary questions with yes
--json                  one object on stdout, events as NDJSON on stderr
--no-color              no colours (as NO_COLOR=1)
\`\`\``

async function part(entry: Entry): Promise<string> {
  const command = await defined(entry)
  const inner = command.commands.map((c) => `\`\`\`text\n${helpOf(c)}\n\`\`\``)
  return [`## ${entry.name}`, `\`\`\`text\n${helpOf(command)}\n\`\`\``, ...inner].join('\n\n')
}

/** As the command line defines it, with nothing behind it. */
async function defined(entry: Entry): Promise<Command> {
  const command = new Command('godwit').command(entry.name).summary(entry.summary).description(entry.summary)
  ;(await entry.load()).define(command, () => () => {})
  return command
}

function helpOf(command: Command): string {
  let text = ''
  command
    .configureHelp({ helpWidth: 100, sortSubcommands: false })
    .configureOutput({
      writeOut: (s) => {
        text += s
      },
    })
    .helpOption('-h, --help', 'what there is, or what a command takes')
  command.outputHelp()
  return text.trim()
}
