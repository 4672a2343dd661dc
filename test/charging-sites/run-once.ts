// A process of its own that migrates, tells each unit that it has finished, and can be killed: see migration.test.ts.
import { migrate } from './engine.ts'

await migrate(process.argv[2]!, { chunk: 50, observe: (e) => process.stdout.write(`${e.type}\n`) })
