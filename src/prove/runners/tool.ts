// A tool that migrations were written for, as it is run: in a folder of Godwit's own with the files of one order, on the address that it is given.
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Engine } from '../engines/engine.ts'
import type { Order, Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'

export type Dialect = Engine['dialect']

export interface Tool {
  /** As `--runner` has it. */
  readonly name: string
  /** Of the piles that it carries out. */
  readonly format: string
  readonly dialects: readonly Dialect[]
  /** It knows no socket: the server is to listen at a port. */
  readonly atPort?: true
  /** Why it cannot carry out these files, where they tell that. */
  unfit?(order: Order): string | undefined
  /** Undefined where it is not installed: neither in the project nor for everybody. */
  installed(root: string): Installed | undefined
}

export interface Installed {
  /** With its version, for the certificate. */
  readonly name: string
  /** `root`: of the project, where modules and files are that migrations name. */
  runner(order: Order, root: string, dialect: Dialect): Runner
}

/** What a program says first; undefined where there is none. */
export function saidBy(program: string, words: readonly string[]): string | undefined {
  try {
    return execFileSync(program, [...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined
  } catch {
    return undefined
  }
}

export interface Workplace {
  readonly at: string
  write(file: string, text: string): string
  /** Takes away all that was written below. */
  empty(folder: string): void
  close(): void
}

export function workplace(name: string): Workplace {
  const at = mkdtempSync(path.join(tmpdir(), `gw-${name}-`))
  return {
    at,
    write(file, text) {
      const to = path.join(at, file)
      mkdirSync(path.dirname(to), { recursive: true })
      writeFileSync(to, text)
      return to
    },
    empty: (folder) => rmSync(path.join(at, folder), { recursive: true, force: true }),
    close: () => rmSync(at, { recursive: true, force: true }),
  }
}

export interface Said {
  readonly failed: boolean
  readonly stdout: string
  readonly stderr: string
}

interface Call {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

export function called(program: string, words: readonly string[], { cwd, env, input }: Call): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...words],
      { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
      (problem, stdout, stderr) =>
        resolve({ failed: problem !== null, stdout, stderr: stderr || (problem && !stdout ? problem.message : '') }),
    )
    child.stdin?.end(input ?? '')
  })
}

/** The line that says what was wrong, of all that a tool says about it. */
export function whyIn({ stdout, stderr }: Said): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((l) => l.trim())
  const why = lines.find((l) =>
    /\b(error|exception|violat\w+|fail(ed|ure)|fatal)\b.*:|:.*\b(error|does not exist|already exists)\b/i.test(l),
  )
  return (why ?? lines.at(-1) ?? 'it failed without a word').trim()
}

const manyIn = (operations: Step['up']): number => operations.filter((o) => o.sql !== undefined).length

/** Tools that say nothing of statements have carried out as many as were read. */
export const asRead = (steps: readonly Step[]): number => steps.reduce((sum, s) => sum + manyIn(s.up), 0)
export const backAsRead = ({ down }: Step): number => manyIn(down)

/** Files of those that come after this one, which are not to be there yet. */
export function notYet({ steps }: Order, last: Step): ReadonlySet<string> {
  const at = steps.findIndex((s) => s.id === last.id)
  return new Set(steps.slice(at + 1).map((s) => s.file))
}

export const outcome = (said: Said, last: Step, statements: number): Ran =>
  said.failed ? { statements: 0, failed: { id: last.id, why: whyIn(said) } } : { statements }
