// A service at a port of this machine, for as long as the test needs it.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (method: string, body: string, headers: IncomingHttpHeaders) => readonly [status: number, body: string]

export async function serving(answer: Answer): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const block of request) body += (block as Buffer).toString('utf8')
    const [status, text] = answer(request.method!, body, request.headers)
    response.writeHead(status, { connection: 'close' }).end(text)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  }
}
