// MariaDB: scratch databases beside each other on one server. A copy is what the server says that makes them again, with all rows.
import type { Connection } from 'mysql2'
import { asked, openConnection } from '../../../databases/mariadb/connection.ts'
import type { Engine, Worker } from '../engine.ts'
import { contentsOf, rowDigests } from './contents.ts'
import { sampleRows } from './sample.ts'
import { Scratches } from './scratch.ts'

export async function mariadbEngine(server: string): Promise<Engine> {
  const scratches = await Scratches.open(server)
  return {
    dialect: 'mysql',
    server: await scratches.version(),
    fresh: (template) => scratches.fresh(template),
    open: workerOn,
    contentsOf: (url) => within(url, contentsOf),
    rowDigests: (url, wanted) => within(url, (connection) => rowDigests(connection, wanted)),
    sampleRows: (url, manner) => within(url, (connection) => sampleRows(connection, manner)),
    close: () => scratches.close(),
  }
}

const connected = (url: string): Promise<Connection> => openConnection(url, new URL(url).host, [])
const ended = (connection: Connection): Promise<void> => new Promise((done) => connection.end(() => done()))

async function within<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connected(url)
  try {
    return await work(connection)
  } finally {
    await ended(connection)
  }
}

async function workerOn(url: string): Promise<Worker> {
  let connection = await connected(url)
  return {
    refusal: (sql) =>
      asked(connection, sql).then(
        () => undefined,
        (problem: Error) => problem.message,
      ),
    async anew() {
      await ended(connection)
      connection = await connected(url)
    },
    close: () => ended(connection),
  }
}
