// A line between a client and a server that a test can cut, silence or slow down.
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'

export interface Line extends AsyncDisposable {
  readonly port: number
  /** So many bytes of the server's answers still pass, over all connections together; then the line does what is said. */
  after(bytes: number, then: 'cut' | 'silence'): void
  /** Bytes a second of the server's answers, and how long each piece is under way. */
  slow(bytesPerSecond: number, latencyMs: number): void
  /** New connections are refused for so long. */
  closeFor(ms: number): void
  heal(): void
  readonly connections: number
}

type Where = { readonly host: string; readonly port: number } | { readonly path: string }

export async function proxyTo(server: Where): Promise<Line> {
  const open = new Set<Socket>()
  let left = Number.POSITIVE_INFINITY
  let then: 'cut' | 'silence' = 'cut'
  let pace: { bytesPerSecond: number; latencyMs: number } | undefined
  let closedUntil = 0
  let connections = 0

  const pass = (to: Socket, from: Socket, block: Buffer) => {
    if (pace) {
      from.pause()
      const { bytesPerSecond, latencyMs } = pace
      setTimeout(
        () => {
          if (!to.destroyed) to.write(block)
          from.resume()
        },
        latencyMs + (block.length / bytesPerSecond) * 1000,
      )
    } else if (!to.write(block)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  }
  const listener = createServer((client) => {
    if (Date.now() < closedUntil) return void client.destroy()
    connections++
    const upstream = dial(server)
    for (const s of [client, upstream]) {
      open.add(s)
      s.on('error', () => {})
      s.on('close', () => open.delete(s))
    }
    client.on('data', (block) => {
      if (left > 0 || then !== 'silence') pass(upstream, client, block)
    })
    upstream.on('data', (block) => {
      left -= block.length
      if (left > 0) return pass(client, upstream, block)
      if (then === 'cut') {
        left = Number.POSITIVE_INFINITY
        client.resetAndDestroy()
        upstream.destroy()
      }
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => {
      if (left > 0 || then !== 'silence') client.destroy()
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    port: (listener.address() as AddressInfo).port,
    after(bytes, what) {
      left = bytes
      then = what
    },
    slow(bytesPerSecond, latencyMs) {
      pace = { bytesPerSecond, latencyMs }
    },
    closeFor(ms) {
      closedUntil = Date.now() + ms
    },
    heal() {
      left = Number.POSITIVE_INFINITY
      pace = undefined
      closedUntil = 0
    },
    get connections() {
      return connections
    },
    [Symbol.asyncDispose]: async () => {
      for (const s of open) s.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
