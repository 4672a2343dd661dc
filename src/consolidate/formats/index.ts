// The kinds of files, by their endings. A kind's parser is loaded when a file of it is there.
import { posix } from 'node:path'
import type { Format } from './format.ts'

const kinds: readonly { readonly endings: readonly string[]; readonly load: () => Promise<Format> }[] = [
  { endings: ['.yaml', '.yml'], load: async () => (await import('./yaml.ts')).yaml },
  { endings: ['.json'], load: async () => (await import('./json.ts')).json },
  { endings: ['.toml'], load: async () => (await import('./toml.ts')).toml },
  { endings: ['.env'], load: async () => (await import('./env.ts')).env },
  { endings: ['.ini', '.cfg', '.conf'], load: async () => (await import('./ini.ts')).ini },
]

export const endings = kinds.flatMap((k) => k.endings)

/** `.env.production` is of the kind .env, as is `production.env`. */
const isEnv = (name: string): boolean => /^\.env(\.|$)/.test(name)

export function formatOf(file: string): Promise<Format> | undefined {
  const name = posix.basename(file.replaceAll('\\', '/')).toLowerCase()
  const ending = isEnv(name) ? '.env' : posix.extname(name)
  return kinds.find((k) => k.endings.includes(ending))?.load()
}
