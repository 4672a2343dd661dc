// What the demo says between the commands. Plain lines where there is no terminal.
const { stdout } = process

/** As the command line decides it: NO_COLOR says no, FORCE_COLOR yes, else a terminal. */
export const colours =
  !process.env.NO_COLOR &&
  process.env.FORCE_COLOR !== '0' &&
  (Boolean(process.env.FORCE_COLOR) || (stdout.isTTY === true && process.env.TERM !== 'dumb'))

const painted = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
const [bold, dim, red, green] = [painted(1), painted(2), painted(31), painted(32)]

export const say = (text: string): void => void stdout.write(`${text}\n`)
export const title = (text: string): void => say(bold(text))
export const chapter = (number: string, text: string): void => say(`\n${bold(`── ${number}. ${text}`)}`)
export const command = (text: string): void => say(`\n${dim('$')} ${bold(text)}`)
export const blow = (text: string): void => say(red(`✗ ${text}`))
export const end = (says: string, more: string): void => say(`\n${green(bold(says))}\n${dim(more)}`)

/** The first lines of a long answer, and how many more there are. */
export function cut(text: string, lines: number): void {
  const all = text.trimEnd().split('\n')
  say(all.slice(0, lines).join('\n'))
  if (all.length > lines) say(dim(`      … and ${all.length - lines} lines more`))
}

/** A command that was killed may have left a line half drawn. */
export function restore(): void {
  if (stdout.isTTY) stdout.write('\u001b[0m\u001b[?25h\n')
}
