// What can stand between a client and a server: a line that goes dead, a line that breaks at the wrong moment, a pooler.
import net from 'node:net'
import pg from 'pg'

export interface Proxy extends AsyncDisposable {
  /** As the target's, through the proxy. */
  readonly url: string
  /** From now on nothing passes, and nothing breaks: a half-open line. */
  goSilent(): void
  /** The line breaks when a message with this text has come by: before the server has it, or after it has answered. */
  breakAt(text: string, when: 'before' | 'after answer'): void
}

export async function startProxy(target: string): Promise<Proxy> {
  let silent = false
  let rule: { text: string; when: 'before' | 'after answer' } | undefined
  const server = net.createServer((client) => {
    const upstream = connectTo(target)
    let answered = false
    client.on('data', (chunk) => {
      if (silent) return
      if (rule && chunk.includes(rule.text)) {
        if (rule.when === 'before') return void client.destroy()
        answered = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (silent) return
      if (answered) client.destroy()
      else client.write(chunk)
    })
    tie(client, upstream)
  })
  const url = await listen(server, target)
  return {
    url,
    goSilent: () => {
      silent = true
    },
    breakAt: (text, when) => {
      rule = { text, when }
    },
    [Symbol.asyncDispose]: () => stop(server),
  }
}

/** One socket to the server behind an url, be it TCP or a socket file. */
function connectTo(url: string): net.Socket {
  const { host, port } = new pg.Client({ connectionString: url })
  return host.startsWith('/') ? net.connect(`${host}/.s.PGSQL.${port}`) : net.connect(port, host)
}

function tie(a: net.Socket, b: net.Socket): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => {})
    one.on('close', () => other.destroy())
  }
}

const open = new WeakMap<net.Server, Set<net.Socket>>()

async function listen(server: net.Server, target: string): Promise<string> {
  const sockets = new Set<net.Socket>()
  open.set(server, sockets)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const { user, database, password } = new pg.Client({ connectionString: target })
  return `postgres://${user}${password ? `:${password}` : ''}@127.0.0.1:${port}/${database}`
}

async function stop(server: net.Server): Promise<void> {
  for (const socket of open.get(server)!) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
}

export interface Pooler extends AsyncDisposable {
  readonly url: string
}

/**
 * A pooler in transaction mode: a server connection belongs to a client from the first message of a transaction to the
 * ReadyForQuery that says 'I', and the one that was used last is given out first.
 */
export async function startTransactionPooler(target: string): Promise<Pooler> {
  const backends: net.Socket[] = []
  const idle: net.Socket[] = []
  const clientOf = new Map<net.Socket, net.Socket>()
  let startup: Buffer | undefined
  let greeting: Buffer | undefined

  const assign = async (client: net.Socket): Promise<net.Socket> => {
    const backend = idle.pop() ?? (await makeBackend())
    clientOf.set(backend, client)
    return backend
  }
  const makeBackend = async (): Promise<net.Socket> => {
    const backend = connectTo(target)
    backends.push(backend)
    backend.write(startup!)
    greeting = await untilReady(backend)
    backend.on('error', () => {})
    readMessages(backend, (bytes, type, body) => {
      const client = clientOf.get(backend)
      client?.write(bytes)
      if (type === 'Z' && body.toString() === 'I') {
        clientOf.delete(backend)
        idle.push(backend)
        if (client) held.delete(client)
      }
    })
    return backend
  }
  const held = new Map<net.Socket, Promise<net.Socket>>()
  const server = net.createServer((client) => {
    client.on('error', () => {})
    client.once('data', async (first) => {
      startup ??= first
      if (!greeting) idle.push(await makeBackend())
      client.on('data', async (chunk) => {
        const leaves = chunk[0] === 0x58
        if (leaves) return void client.destroy()
        if (!held.has(client)) held.set(client, assign(client))
        ;(await held.get(client)!).write(chunk)
      })
      client.write(greeting!)
    })
  })
  const url = await listen(server, target)
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      for (const backend of backends) backend.destroy()
      await stop(server)
    },
  }
}

/** All that a server says at the start, up to its first ReadyForQuery. */
function untilReady(backend: net.Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const all: Buffer[] = []
    const off = readMessages(backend, (bytes, type) => {
      all.push(bytes)
      if (type !== 'Z') return
      off()
      resolve(Buffer.concat(all))
    })
  })
}

/** Cuts a server's bytes into messages: a letter, four bytes of length, the rest. */
function readMessages(socket: net.Socket, each: (bytes: Buffer, type: string, body: Buffer) => void): () => void {
  let rest = Buffer.alloc(0)
  const read = (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const end = rest.readUInt32BE(1) + 1
      const message = rest.subarray(0, end)
      rest = rest.subarray(end)
      each(message, String.fromCharCode(message[0]!), message.subarray(5))
    }
  }
  socket.on('data', read)
  return () => socket.off('data', read)
}
