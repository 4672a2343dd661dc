// The package's install script does one thing: it makes the links between library names that npm cannot pack.
// Where install scripts are off, the links are made here, in a folder of the server's own.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { type Binaries, binaryOf } from './locate.ts'

interface Link {
  readonly source: string
  readonly target: string
}

/** The environment in which the binaries find their libraries. */
export function libraryEnvironment(binaries: Binaries, scratch: string): Record<string, string> {
  const root = path.dirname(binaries.native)
  const links = linksOf(binaries)
  if (links.every((link) => existsSync(path.join(root, link.target)))) return {}
  const own = path.join(scratch, 'lib')
  mkdirSync(own)
  for (const link of links) symlinkSync(path.join(root, link.source), path.join(own, path.basename(link.target)))
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  // Both folders: with only the first, the libraries that need no link are not found.
  return { [variable]: `${own}:${path.join(binaries.native, 'lib')}` }
}

function linksOf({ native }: Binaries): readonly Link[] {
  const list = path.join(native, 'pg-symlinks.json')
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Link[]) : []
}

/** Some unpackers lose the mark. */
export function makeExecutable(binaries: Binaries): void {
  if (process.platform === 'win32') return
  for (const name of ['initdb', 'postgres'] as const) {
    const file = binaryOf(binaries, name)
    if (!(statSync(file).mode & 0o100)) chmodSync(file, 0o755)
  }
}
