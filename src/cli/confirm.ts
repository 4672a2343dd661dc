// Questions before something that matters. Nobody there to ask is no.
import type { ResolvedConfig } from '../config/config.ts'
import { typedConfirmation } from '../config/config.ts'
import { notConfirmed } from '../errors/cli.ts'
import type { Context } from './context.ts'

/** An ordinary question: --yes answers it. */
export async function confirmed({ globals, screen }: Context, question: string): Promise<void> {
  if (globals.yes) return
  if (!screen.canAsk) throw notConfirmed({ what: `${question} Nobody is here to answer.`, how: 'Say --yes if so. Nothing was changed.' })
  const answer = await screen.ask(`${question} [y/N]`)
  if (!/^y(es)?$/i.test(answer?.trim() ?? ''))
    throw notConfirmed({ what: 'Not confirmed. Nothing was changed.', how: 'Answer y, or say --yes.' })
}

/** In a protected environment a person types the database's name. A plain yes is given too easily. */
export async function typed({ screen }: Context, config: ResolvedConfig, what: string, given: string | undefined): Promise<void> {
  const { needed, word, where } = typedConfirmation(config)
  if (!needed || given === word) return
  const how = `This environment is protected. Type the name of its database, or say --confirm ${word}.`
  if (given !== undefined)
    throw notConfirmed({ what: `--confirm '${given}' is not the name of this database (${where}). Nothing was changed.`, how })
  if (!screen.canAsk)
    throw notConfirmed({ what: `${what} in ${where} must be confirmed, and nobody is here to do it. Nothing was changed.`, how })
  screen.note(`${what} in ${where}.`)
  const answer = await screen.ask(`Type ${word} to go on:`)
  if (answer?.trim() !== word) throw notConfirmed({ what: 'That is not its name. Nothing was changed.', how })
}
