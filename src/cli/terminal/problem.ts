// An error as people see it and as programs do: what, where, and what to do now.
import { unexpected } from '../../errors/cli.ts'
import { exit, GodwitError } from '../../errors/error.ts'
import { inOurWords } from '../../run/failures.ts'
import { plainText } from '../../text.ts'
import { wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

/** Whatever was thrown, as an error with a code and an exit. */
export function godwitError(thrown: unknown): GodwitError {
  const said = inOurWords(thrown)
  if (said instanceof GodwitError) return said
  const message = said instanceof Error ? said.message : String(said)
  return unexpected({ message: message || 'An error without a message.', cause: said })
}

export const problemObject = (error: GodwitError) => ({
  code: error.code,
  message: error.message,
  hint: error.hint,
  ...(error.at === undefined ? {} : { at: error.at }),
  exit: error.exit,
})

const margin = ' '.repeat(7)

export function problemText(error: GodwitError, { paintBeside: paint, width }: Pick<Screen, 'paintBeside' | 'width'>): string {
  // who asked for it to stop has made no error
  if (error.exit === exit.interrupted) return `${paint.yellow(plainText(error.message))}\n${plainText(error.hint)}`
  const [first = '', ...more] = plainText(error.message).split('\n')
  const head = `${paint.red(paint.bold('error'))}  ${paint.bold(error.code)}  `
  const lead = wrapped(`error  ${error.code}  ${first}`, '', width).replace(`error  ${error.code}  `, head)
  const body = more.map((line) => wrapped(line, margin, width))
  const mentioned = error.at === undefined || error.message.includes(error.at) || error.hint.includes(error.at)
  const at = mentioned ? [] : [`${margin}${paint.cyan(plainText(error.at!))}`]
  const hint = error.hint ? [wrapped(plainText(error.hint), margin, width)] : []
  return [lead.replaceAll('\n', '\n     '), ...body, ...at, ...hint].join('\n')
}

/** For those who look for a mistake in Godwit: where it was thrown, and by what. */
export function stackOf(error: unknown): string {
  const lines: string[] = []
  for (let e: unknown = error; e instanceof Error; e = e.cause) lines.push(...(e.stack ?? String(e)).split('\n').slice(0, 12))
  return lines.join('\n')
}
