#!/usr/bin/env node
// Plain JavaScript that an old Node can read too, so that it can say what it needs instead of failing on a syntax it does not know.
import { existsSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`godwit needs Node 22.18 or newer (24 is what it is tested on); this is ${process.versions.node}.\n`)
  process.exit(2)
}

// In the repository the sources run as they are; the published package has no src/.
const source = new URL('../src/cli/main.ts', import.meta.url)
const built = new URL('../dist/cli/main.js', import.meta.url)
await import((existsSync(source) ? source : built).href)
