// Says yes to a question that a run has come to; or takes replies that were signed elsewhere.
import { InvalidArgumentError } from 'commander'
import type { Outcome } from '../context.ts'
import { type Define, examples, several, wholeNumber } from '../define.ts'

interface Options {
  readonly step?: string
  readonly as?: string[]
  readonly by?: string
  readonly note?: string
  readonly acceptQuarantine?: number
  readonly token?: string
  readonly listen?: { readonly host: string | undefined; readonly port: number }
}

export const define: Define = (command, act) =>
  void command
    .argument('[run]', 'r4, as godwit status names it')
    .option('--step <id>', 'cutover.1, where a run asks more than one question')
    .option('--as <roles>', 'in which roles, with commas (else all that you have)', several)
    .option('--by <name>', 'who says so (else GODWIT_USER, else the user of this machine)')
    .option('--note <words>', 'kept with the answer')
    .option('--accept-quarantine <rows>', 'so many rows may stay in quarantine when a protected environment is cut over', wholeNumber)
    .option('--token <file>', 'an answer that was signed elsewhere, as JSON; - for stdin')
    .option('--listen <[host:]port>', 'take signed answers over HTTP until Ctrl-C; from this machine only, unless a host is named', door)
    .addHelpText(
      'after',
      examples(
        ['godwit approve r4', 'yes, to the one question that r4 waits for'],
        ['godwit approve r4 --step cutover.1 --as dba --note "seen it"', 'in one role, with a word for the record'],
        ['godwit approve r4 --accept-quarantine 12', 'these 12 rows need not go'],
        ['godwit approve --token answer.json', 'an answer that was signed elsewhere'],
        ['godwit approve --listen 8123', 'a door for signed answers'],
      ),
    )
    .action(
      act(async (context, run: string | undefined, { token, listen, acceptQuarantine, ...said }: Options): Promise<Outcome> => {
        const here = await import('../answering.ts')
        if (listen) return here.listenForAnswers(context, listen)
        if (token !== undefined) return here.takeToken(context, token)
        if (acceptQuarantine !== undefined) return here.acceptRows(context, run, acceptQuarantine, said)
        return here.giveAnswer(context, run, 'approved', said)
      }),
    )

/** '8123' and '0.0.0.0:8123'. */
function door(text: string): { host: string | undefined; port: number } {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  if (port === undefined || Number(port) > 65_535) throw new InvalidArgumentError(`It is a port, or HOST:PORT, and not '${text}'.`)
  return { host: host?.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}
