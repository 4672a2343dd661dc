// The command line as a child process: what people type, and one who pulls the plug.
import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as tell from './tell.ts'

const root = path.resolve(import.meta.dirname, '../..')
const where = ['-C', 'examples/pad', '--env', 'qa']

export class Godwit {
  private readonly environment: NodeJS.ProcessEnv
  private child: ChildProcess | undefined

  constructor(url: string) {
    const { GODWIT_ENV: _, DATABASE_URL: __, ...others } = process.env
    this.environment = { ...others, QA_DATABASE_URL: url, ...(tell.colours ? { FORCE_COLOR: '1' } : {}) }
  }

  /** Types it and shows what it says; of a long answer the first lines. */
  async show(words: readonly string[], lines?: number): Promise<void> {
    tell.command(`godwit ${[...words, ...where].join(' ')}`)
    const child = this.start(words, lines === undefined ? 'inherit' : 'pipe')
    const said = lines === undefined ? undefined : collected(child)
    const code = await ended(child)
    if (said !== undefined) tell.cut(await said, lines!)
    if (code !== 0) throw new Error(`godwit ${words.join(' ')} ended with ${code}.`)
  }

  /** Types it, waits until it is time, and kills it as an operating system kills: at once, with nothing said. */
  async killWhen(words: readonly string[], itIsTime: () => Promise<boolean>): Promise<number> {
    tell.command(`godwit ${[...words, ...where].join(' ')}`)
    const child = this.start(words, 'inherit')
    const end = ended(child)
    while (child.exitCode === null && !(await itIsTime())) await pause(20)
    if (child.exitCode !== null) throw new Error('The run was over before it could be killed.')
    child.kill('SIGKILL')
    await end
    tell.restore()
    return child.pid!
  }

  stop(): void {
    this.child?.kill('SIGKILL')
  }

  private start(words: readonly string[], output: 'inherit' | 'pipe'): ChildProcess {
    this.child = spawn(process.execPath, [path.join(root, 'bin/godwit.mjs'), ...words, ...where], {
      cwd: root,
      env: this.environment,
      stdio: ['ignore', output, 'inherit'],
    })
    return this.child
  }
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((done, failed) => {
    child.once('exit', (code) => done(code))
    child.once('error', failed)
  })

async function collected(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const piece of child.stdout!.setEncoding('utf8')) text += piece
  return text
}
