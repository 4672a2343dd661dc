// An application beside what is measured, and what it felt.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Result } from '../bench.ts'
import type { Latency } from './load.ts'

export interface Load extends AsyncDisposable {
  /** What the application has felt while the work was done. */
  during(work: () => Promise<unknown>): Promise<Latency>
}

const rate = 300

/** `what`: the file with its transactions. */
export async function atWork(url: string, rows: number, what: URL): Promise<Load> {
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)), [url, String(rate), String(rows), what.href])
  await once(child, 'message')
  return {
    async during(work) {
      child.send('begin')
      await work()
      child.send('end')
      const [latency] = await once(child, 'message')
      return latency as Latency
    },
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit')
      child.send('stop')
      await exit
    },
  }
}

/** A server that has been at work for a while writes its log into files that it has had; one that is new makes each, and whoever commits meanwhile waits. */
export const logUsedBefore = [
  `select count(pg_logical_emit_message(false, 'used', repeat('x', 8000))) from generate_series(1, 200000)`,
  'checkpoint',
]

/** Beside something, and just before it. */
export const feltBy = (l: Latency, calm: Latency) =>
  ({
    calm_p99_ms: calm.p99_ms,
    calm_max_ms: calm.max_ms,
    p50_ms: l.p50_ms,
    p99_ms: l.p99_ms,
    max_ms: l.max_ms,
    failed: l.failed.length,
  }) satisfies Partial<Result>
