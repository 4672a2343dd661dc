// A process of its own that migrates, tells each unit that it has finished, and can be killed: see hard.test.ts.
import { migrate } from './engine.ts'

const [, , url, chunk] = process.argv
await migrate(url!, { chunk: Number(chunk), observe: (e) => process.stdout.write(`${e.type}\n`) })
