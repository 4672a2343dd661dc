// One migration of the example in a process of its own, to be killed: `child.ts URL NAME`.
import { all, migrate } from './engine.ts'

const [url, name] = process.argv.slice(2) as [string, string]
await migrate(url, all.find((m) => m.name === name)!)
