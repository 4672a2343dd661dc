// A web server that keeps what it is sent, and answers as it is told to.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Call {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly calls: Call[]
  /** Of the next calls; a function may also do something, such as never to answer. */
  status: number
  headers: Readonly<Record<string, string>>
  /** While false, nobody is there: connections are cut. */
  up: boolean
  onCall: (call: Call) => void
}

export async function receiver(): Promise<Receiver> {
  const calls: Call[] = []
  const server = createServer(async (request, response) => {
    if (!self.up) return void request.socket.destroy()
    let body = ''
    for await (const block of request.setEncoding('utf8')) body += block as string
    const call = { path: request.url ?? '', headers: request.headers, body }
    calls.push(call)
    self.onCall(call)
    response.writeHead(self.status, self.headers).end('ok')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const self: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    status: 200,
    headers: {},
    up: true,
    onCall: () => {},
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  return self
}
