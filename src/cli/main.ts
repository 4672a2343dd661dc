// Where the command begins. What Node has compiled once it need not compile again: that is most of the time that --help takes.
import { enableCompileCache } from 'node:module'

enableCompileCache?.()
await import('./program.ts')
