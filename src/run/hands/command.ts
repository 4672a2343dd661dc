// A program that a step runs: no shell in between, its output kept up to a size, ended when its time is over.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { commandMissing, outputTooLong } from '../../errors/steps.ts'
import type { Command, CommandSaid } from '../../steps/hands.ts'

const mostBytes = 16 * 1024 * 1024
/** Between the polite signal and the other one. */
const graceMs = 2000

export function runCommand(what: Command, root: string, signal: AbortSignal): Promise<CommandSaid> {
  const [program, ...args] = what.run
  const began = performance.now()
  const child = spawn(program, args, {
    cwd: resolve(root, what.cwd ?? '.'),
    env: { ...process.env, ...what.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // its children end with it
    detached: process.platform !== 'win32',
  })
  let timedOut = false
  const end = endingOf(child)
  const timer = setTimeout(() => {
    timedOut = true
    end()
  }, what.timeoutMs)
  signal.addEventListener('abort', end, { once: true })
  return new Promise<CommandSaid>((done, fail) => {
    const out = gathered(child.stdout, () => tooLong('output'))
    const err = gathered(child.stderr, () => tooLong('errors'))
    const tooLong = (which: string) => {
      end()
      fail(outputTooLong({ program, which, most: mostBytes }))
    }
    child.once('error', (cause: NodeJS.ErrnoException) => fail(commandMissing({ program, said: cause.message, cause })))
    child.once('close', (exit) => done({ exit, out: out(), err: err(), ms: performance.now() - began, timedOut }))
    // who does not read what it is given is not broken by that
    child.stdin.on('error', () => {})
    child.stdin.end(what.input ?? '')
  }).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  })
}

/** Asked to end, and a little later ended; with all that it has started. */
function endingOf(child: ReturnType<typeof spawn>): () => void {
  const send = (name: NodeJS.Signals) => {
    try {
      if (child.pid === undefined || child.exitCode !== null) return
      if (process.platform === 'win32') child.kill(name)
      else process.kill(-child.pid, name)
    } catch {
      // it has just gone by itself
    }
  }
  return () => {
    send('SIGTERM')
    setTimeout(() => send('SIGKILL'), graceMs).unref()
  }
}

function gathered(stream: NodeJS.ReadableStream, full: () => void): () => string {
  const blocks: Buffer[] = []
  let bytes = 0
  stream.on('data', (block: Buffer) => {
    bytes += block.length
    if (bytes <= mostBytes) blocks.push(block)
    else full()
  })
  return () => Buffer.concat(blocks).toString('utf8')
}
