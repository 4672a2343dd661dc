// Makes what is published: plain JavaScript and types in dist/, and a package.json that points there.
// The repository's own package.json points at the sources, so that examples and tests run what is being worked on.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const inRoot = (...names: string[]) => path.join(root, ...names)

function build(): void {
  rmSync(inRoot('dist'), { recursive: true, force: true })
  execFileSync(process.execPath, [inRoot('node_modules/typescript/bin/tsc'), '-p', inRoot('tsconfig.build.json')], { stdio: 'inherit' })
  copyAssets()
}

/** What tsc leaves behind: pages, styles, SQL. */
function copyAssets(): void {
  for (const entry of readdirSync(inRoot('src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.ts')) continue
    const file = path.join(entry.parentPath, entry.name)
    cpSync(file, inRoot('dist', path.relative(inRoot('src'), file)))
  }
}

const built = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })

function publishedManifest(): object {
  const { scripts, devDependencies, allowScripts, ...kept } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  return {
    ...kept,
    exports: { '.': built('index'), './api': built('api'), './config': built('config/index'), './package.json': './package.json' },
  }
}

function pack(): void {
  const stage = mkdtempSync(path.join(tmpdir(), 'godwit-pack-'))
  try {
    for (const name of ['bin', 'dist', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
      if (existsSync(inRoot(name))) cpSync(inRoot(name), path.join(stage, name), { recursive: true })
    }
    writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`)
    execFileSync('npm', ['pack', stage, '--pack-destination', root, '--silent'], { stdio: 'inherit' })
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

build()
pack()
