// What the documentation says is held to the code: its examples compile, its links lead somewhere, its reference is what the code has now.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { stalePages } from '../scripts/reference.ts'
import { connect, plan, quarantineCauses, run, undo } from '../src/api.ts'
import { commands } from '../src/cli/commands/index.ts'
import { explained } from '../src/errors/index.ts'
import { count } from '../src/text.ts'
import { freshDatabase } from './support/postgres.ts'

const root = path.resolve(import.meta.dirname, '..')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/**/*.md', { cwd: root }),
  ...globSync('examples/**/*.md', { cwd: root }),
].map((file) => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
}))
const written = pages.filter((p) => !p.file.startsWith('docs/reference/'))

interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly marks: string
  readonly text: string
}

const blocks: readonly Block[] = pages.flatMap(({ file, text }) =>
  [...text.matchAll(/^( *)```([\w-]*)([^\n`]*)\n([\s\S]*?)^\1```$/gm)].map((m) => ({
    page: file,
    line: text.slice(0, m.index).split('\n').length,
    language: m[2]!,
    marks: m[3]!.trim(),
    text: m[4]!.replaceAll(new RegExp(`^${m[1]}`, 'gm'), ''),
  })),
)
const inTypeScript = blocks.filter((b) => b.language === 'ts' || b.language === 'typescript')
const at = (b: Block) => `${b.page}:${b.line}`

describe('examples', () => {
  test('every block of TypeScript is runnable, or quotes a file', () => {
    expect(inTypeScript.filter((b) => !/^(runnable( as=[\w.-]+)?|file=\S+)$/.test(b.marks)).map(at)).toEqual([])
  })

  test('what quotes a file has it to the letter', () => {
    for (const b of inTypeScript) {
      const file = /^file=(\S+)$/.exec(b.marks)?.[1]
      if (file) expect([at(b), b.text]).toEqual([at(b), readFileSync(path.join(root, path.dirname(b.page), file), 'utf8')])
    }
  })

  test('all of them compile', { timeout: 240_000 }, () => {
    expect(problemsIn(sourcesOfDocs())).toEqual([])
  })
})

/** Runnable blocks as files beside their page, where they may import one another by the name that they are given. */
function sourcesOfDocs(): Map<string, string> {
  const sources = new Map<string, string>()
  for (const [n, b] of inTypeScript.filter((x) => x.marks.startsWith('runnable')).entries()) {
    const name = / as=(\S+)/.exec(b.marks)?.[1] ?? `${path.basename(b.page, '.md')}-${n}.ts`
    sources.set(path.join(root, path.dirname(b.page), name), b.text)
  }
  for (const file of globSync('docs/**/*.ts', { cwd: root }))
    sources.set(path.join(root, file), readFileSync(path.join(root, file), 'utf8'))
  return sources
}

function problemsIn(sources: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (file) => sources.has(file) || fileExists(file)
  host.readFile = (file) => sources.get(file) ?? readFile(file)
  host.getSourceFile = (file, version, ...rest) =>
    sources.has(file) ? ts.createSourceFile(file, sources.get(file)!, version) : getSourceFile(file, version, ...rest)
  const program = ts.createProgram([...sources.keys()], options, host)
  return ts.getPreEmitDiagnostics(program).map((d) => {
    const line = d.file && d.start !== undefined ? d.file.getLineAndCharacterOfPosition(d.start).line + 1 : 0
    return `${d.file ? path.relative(root, d.file.fileName) : ''}:${line} ${ts.flattenDiagnosticMessageText(d.messageText, ' ')}`
  })
}

describe('links', () => {
  const anchorsOf = (text: string) =>
    new Set(
      [...text.matchAll(/^#+ (.*)$/gm)].map((m) =>
        m[1]!
          .toLowerCase()
          .replace(/`/g, '')
          .replace(/[^\p{L}\p{N}\s_-]/gu, '')
          .replaceAll(' ', '-'),
      ),
    )
  const links = pages.flatMap(({ file, text }) =>
    [...text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map((m) => ({ file, to: m[1]! })),
  )

  test('between pages lead to what is there', () => {
    const lost = links
      .filter(({ to }) => !/^[a-z]+:/.test(to))
      .filter(({ file, to }) => {
        const [name = '', anchor] = to.split('#')
        const target = name === '' ? path.join(root, file) : path.resolve(root, path.dirname(file), name)
        if (!existsSync(target)) return true
        return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor)
      })
    expect(lost).toEqual([])
  })

  test('every page can be reached from the README', () => {
    const reached = new Set(['README.md'])
    for (const page of reached) {
      for (const { file, to } of links) {
        const target = path.relative(root, path.resolve(root, path.dirname(file), to.split('#')[0]!))
        if (file === page && target.endsWith('.md')) reached.add(target)
      }
    }
    expect(pages.map((p) => p.file).filter((f) => f.startsWith('docs/') && !reached.has(f))).toEqual([])
  })
})

describe('reference', () => {
  test('is what scripts/reference.ts makes of the code', async () => {
    expect(await stalePages()).toEqual([])
  })

  test('no word, event, key or function in it is without an explanation', () => {
    const rows = pages
      .filter((p) => /reference\/(words|events|config|programs)/.test(p.file))
      .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line })))
    expect(rows.filter(({ line }) => /^\| `.*\|\s*\|$/.test(line))).toEqual([])
  })

  test('every code that the sources can print is explained there', () => {
    const codes = new Set(
      globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
        [
          ...readFileSync(path.join(root, file), 'utf8').matchAll(
            /defineError(?:<[^(]*>)?\('(GW_[A-Z_]+)'|\bcode: '([A-Z][A-Z_]+)'|error\('(GW_[A-Z_]+)'/g,
          ),
        ].map((m) => (m[1] ?? m[2] ?? m[3])!),
      ),
    )
    const headings = new Set(
      pages.filter((p) => p.file.startsWith('docs/reference/')).flatMap((p) => [...p.text.matchAll(/^## ([A-Z_]+)$/gm)].map((m) => m[1]!)),
    )
    expect([...codes].filter((c) => !headings.has(c) && c !== 'GW_INTERNAL').toSorted()).toEqual([])
    expect(explained.filter((e) => !headings.has(e.code))).toEqual([])
  })

  test('a code is defined once', () => {
    const defined = globSync('src/errors/*.ts', { cwd: root }).flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(/defineError(?:<[^(]*>)?\(\s*'(GW_[A-Z_]+)'/g)].map((m) => m[1]!),
    )
    expect(defined.filter((code, i) => defined.indexOf(code) !== i)).toEqual([])
    expect(defined.length).toBeGreaterThan(100)
  })
})

test('every word that a migration may import is in the guide', () => {
  const index = path.join(root, 'src/index.ts')
  const program = ts.createProgram([index], {
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    noEmit: true,
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(index)!)!)
  const words = exported
    .filter((s) => !s.declarations?.some((d) => ts.isExportSpecifier(d) && d.isTypeOnly))
    .filter((s) => (s.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(s) : s).flags & ts.SymbolFlags.Value)
  const guide = written
    .filter((p) => p.file.startsWith('docs/guide/'))
    .map((p) => p.text)
    .join('\n')
  expect(words.map((s) => s.name).filter((name) => !new RegExp(`\\b${name}\\b`).test(guide))).toEqual([])
})

test('every method of a value is in the guide', () => {
  const methods = [...readFileSync(path.join(root, 'docs/reference/words.md'), 'utf8').matchAll(/^\| `\.(\w+)\(/gm)].map((m) => m[1]!)
  const guide = written
    .filter((p) => p.file.startsWith('docs/guide/'))
    .map((p) => p.text)
    .join('\n')
  expect(methods.length).toBeGreaterThan(40)
  expect(methods.filter((name) => !guide.includes(`.${name}`))).toEqual([])
})

describe('commands', () => {
  const lines = written.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:^\s*\$ |`|-- |^)godwit ((?:[a-z]+)(?: [^`\n#]*)?)/gm)].map((m) => ({ file, words: m[1]!.trim().split(/\s+/) })),
  )

  test('in the text exist, with the options that they are given', async () => {
    const known = await options()
    const wrong = lines.flatMap(({ file, words }) => {
      const command = words[0]!
      const has = known.get(command)
      if (!has) return [`${file}: godwit ${command}`]
      return words
        .filter((w) => /^--[a-z]/.test(w))
        .map((w) => w.replace(/[=.,;:)].*$/, ''))
        .filter((w) => !has.has(w))
        .map((w) => `${file}: godwit ${command} ${w}`)
    })
    expect(lines.length).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })
})

const everywhere = ['--env', '--migration', '--yes', '--json', '--no-color', '--help', '--version']

/** By command, its options and those of the commands within it. */
async function options(): Promise<Map<string, Set<string>>> {
  const known = new Map<string, Set<string>>([['help', new Set(everywhere)]])
  for (const entry of commands) {
    const command = new Command(entry.name)
    ;(await entry.load()).define(command, () => () => {})
    known.set(entry.name, new Set([...everywhere, ...[command, ...command.commands].flatMap((c) => c.options.map((o) => o.long!))]))
  }
  return known
}

test('the numbers of the first migration are those of a run', async () => {
  const folder = path.join(root, 'docs/guide/first-migration')
  await using fresh = await freshDatabase({ load: [path.join(folder, 'old.sql')] })
  const { default: customers } = await import('../docs/guide/first-migration/migration.ts')
  const db = await connect(fresh.url)
  try {
    const planned = await plan(customers, db, { readOnly: ['public.old_customer'] })
    const view = await run(planned, db)
    const { totals } = view.steps.flatMap((s) => s.books).at(-1)!
    const books = `read ${count(totals.read)} = migrated ${count(totals.migrated)} + quarantined ${count(totals.quarantined)} + filtered ${count(totals.filtered)}`
    const causes = await quarantineCauses(planned, db)
    const { removed } = await undo(planned, db)
    for (const file of ['README.md', 'docs/guide/first-migration.md']) {
      const { text } = pages.find((p) => p.file === file)!
      expect(text).toContain(books)
      for (const c of causes) expect(text).toMatch(new RegExp(`^ +${c.rows}  ${c.code} +${c.columns}`, 'm'))
    }
    expect(removed).toEqual({ 'public.customer': totals.migrated, 'public.contact': totals.migrated })
  } finally {
    await db.close()
  }
})
