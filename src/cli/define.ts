// How a command's file says what it takes and what it does.
import { type Command, InvalidArgumentError } from 'commander'
import type { Context, Outcome } from './context.ts'

/** Wraps what a command does: it is given the context, then what commander gives. */
export type Act = <A extends unknown[]>(
  work: (context: Context, ...given: A) => Promise<Outcome>,
) => (...given: unknown[]) => void | Promise<void>
export type Define = (command: Command, act: Act) => void

export const examples = (...lines: readonly (readonly [string, string])[]): string => {
  const widest = Math.max(...lines.map(([command]) => command.length))
  return `\nExamples:\n${lines.map(([command, says]) => `  ${command.padEnd(widest)}  ${says}`).join('\n')}`
}

export function wholeNumber(text: string): number {
  const n = /^\d{1,9}(_\d{3})*$/.test(text) ? Number(text.replaceAll('_', '')) : 0
  if (n < 1) throw new InvalidArgumentError(`It is a whole number from 1 on, and not '${text}'.`)
  return n
}

/** Options that may be given several times. */
export const several = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  ...value
    .split(',')
    .map((v) => v.trim())
    .filter(Boolean),
]
