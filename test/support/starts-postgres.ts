// Run as a process of its own by embedded.test.ts: starts a server, says where as a line of JSON, and stays until its input ends or it is killed.
import { startPostgres } from '../../src/databases/embedded/index.ts'

const options = JSON.parse(process.argv[2] ?? '{}')
const { pid, dir, url, config, joined } = await startPostgres(options)
process.stdout.write(`${JSON.stringify({ pid, dir, url, config, joined })}\n`)
process.stdin.resume()
