// Each folder of src/ imports from those above it in this list, and from no other of ours.
import path from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, type SourceFile } from './support/files.ts'
import { importsOf } from './support/imports.ts'

const order =
  'text errors events schema expr mapping dialects shadow consolidate lint steps migration plan stage databases prove backup ledger run assess notify config report evidence console cli'.split(
    ' ',
  )
// The two doors, and how far down each may reach: what a migration imports opens no connection, a program needs no command line.
const doors: Record<string, string> = { 'index.ts': 'migration', 'api.ts': 'console' }

const isTest = (file: string) => /\.test(-d)?\.ts$/.test(file)
const layerOf = (file: string) => file.split('/')[1]!.replace(/\.ts$/, '')

function offencesIn(files: readonly SourceFile[]): string[] {
  return files.filter((file) => !isTest(file.path)).flatMap((file) => importsOf(file.text).flatMap((to) => offence(file.path, to) ?? []))
}

function offence(from: string, specifier: string): string | undefined {
  if (specifier === 'godwit' || specifier.startsWith('godwit/')) return `${from} imports ${specifier}: inside, say which file`
  if (!specifier.startsWith('.')) return undefined
  const to = path.posix.join(path.posix.dirname(from), specifier)
  if (!to.startsWith('src/')) return `${from} imports ${to}: src/ stands on its own`
  return mayReach(from, to) ? undefined : `${from} imports ${to}: ${layerOf(to)} is not above ${layerOf(from)}`
}

function mayReach(from: string, to: string): boolean {
  if (layerOf(from) === layerOf(to) && from.split('/').length > 2) return true
  const reach = doors[from.slice('src/'.length)]
  const lowest = reach ? order.indexOf(reach) : order.indexOf(layerOf(from)) - 1
  const place = order.indexOf(layerOf(to))
  return place >= 0 && place <= lowest
}

test('every folder and file of src/ has its place in the order', () => {
  const unknown = filesBelow(['src'])
    .filter(({ path: file }) => !isTest(file) && !order.includes(layerOf(file)) && !(file.slice('src/'.length) in doors))
    .map(({ path: file }) => file)
  expect(unknown).toEqual([])
})

test('imports go one way', () => {
  expect(offencesIn(filesBelow(['src']))).toEqual([])
})

test.each([
  ['an import', `import { run } from '../run/run.ts'`],
  ['an import of a type', `import type { Run } from '../run/run.ts'`],
  ['an import for its effect', `import '../run/run.ts'`],
  ['an export of what is imported', `export * from '../run/run.ts'`],
  ['an import() in a function', `const late = async () => (await import('../run/run.ts')).run`],
  ['an import() in a type', `type Run = import('../run/run.ts').Run`],
  ['itself by name', `import { table } from 'godwit'`],
  ['a test', `import { freshDatabase } from '../../test/support/postgres.ts'`],
  ['an entry point', `import { table } from '../index.ts'`],
])('%s that goes the wrong way is found', (_, text) => {
  expect(offencesIn([{ path: 'src/schema/table.ts', text }])).toHaveLength(1)
})

test.each([
  ['src/schema/table.ts', `import { list } from '../text.ts'\nimport { a } from './column.ts'\nimport fs from 'node:fs'`],
  ['src/index.ts', `export * from './migration/migration.ts'`],
  ['src/api.ts', `export * from './run/run.ts'\nexport type { Config } from './config/config.ts'`],
  ['src/cli/main.ts', `const { run } = await import('../run/run.ts')`],
])('%s may import from above', (path, text) => {
  expect(offencesIn([{ path, text }])).toEqual([])
})

test.each([
  ['src/index.ts', `export { plan } from './plan/plan.ts'`],
  ['src/api.ts', `export * from './cli/main.ts'`],
  ['src/text.ts', `import { fold } from './events/view.ts'`],
])('%s may not reach that far', (path, text) => {
  expect(offencesIn([{ path, text }])).toHaveLength(1)
})
