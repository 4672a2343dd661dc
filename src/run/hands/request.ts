// A call over HTTP that a step makes: within its time, its reply kept up to a size, and no redirect followed unasked.
import { GodwitError } from '../../errors/error.ts'
import { callFailed, outputTooLong } from '../../errors/steps.ts'
import type { Reply, Request } from '../../steps/hands.ts'

const mostBytes = 16 * 1024 * 1024

export async function callOver(what: Request, signal: AbortSignal): Promise<Reply> {
  const began = performance.now()
  const within = AbortSignal.any([signal, AbortSignal.timeout(what.timeoutMs)])
  const where = new URL(what.url)
  try {
    const reply = await fetch(where, {
      method: what.method ?? 'GET',
      headers: { ...what.headers },
      ...(what.body === undefined ? {} : { body: what.body }),
      redirect: 'manual',
      signal: within,
    })
    const body = await textOf(reply, where.host)
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body, ms: performance.now() - began }
  } catch (cause) {
    if (signal.aborted || cause instanceof GodwitError) throw cause
    // only the host: the rest of an address may be a key
    throw callFailed({ host: where.host, said: reasonOf(cause as Error, what.timeoutMs), cause })
  }
}

function reasonOf(error: Error, timeoutMs: number): string {
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  const cause = error.cause as { code?: string; message?: string } | undefined
  return cause?.code ?? cause?.message ?? error.message
}

async function textOf(reply: Response, host: string): Promise<string> {
  const blocks: Uint8Array[] = []
  let bytes = 0
  for await (const block of reply.body ?? []) {
    bytes += (block as Uint8Array).length
    if (bytes > mostBytes) throw outputTooLong({ program: host, which: 'reply', most: mostBytes })
    blocks.push(block as Uint8Array)
  }
  return Buffer.concat(blocks).toString('utf8')
}
