// A process of its own that migrates, tells each unit that it has finished, and can be killed: see migration.test.ts.
import { migrate } from './engine.ts'

const [reader, url] = process.argv.slice(2) as [string, string]
await migrate({ reader, target: { url } }, { chunk: 50, observe: (e) => process.stdout.write(`${e.type}\n`) })
