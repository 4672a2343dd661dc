// The sources, read as the compiler reads them: what is exported, under which name, with which comment.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

const root = path.resolve(import.meta.dirname, '../..')

export function sourceOf(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
}

/** The doc comment of a declaration, on one line. */
export function commentOf(node: ts.Node): string | undefined {
  const text = node.getSourceFile().text
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []
  const doc = ranges.map((r) => text.slice(r.pos, r.end)).findLast((c) => c.startsWith('/**'))
  return (
    doc
      ?.replace(/^\/\*\*|\*\/$/g, '')
      .replace(/^\s*\* ?/gm, '')
      .replace(/\s+/g, ' ')
      .trim() || undefined
  )
}

/** What is said at the top of a file: its first sentence. */
export function headOf(source: ts.SourceFile): string {
  const lines = source.text.split('\n')
  const head = lines
    .slice(
      0,
      lines.findIndex((l) => !l.startsWith('//')),
    )
    .map((l) => l.replace(/^\/\/ ?/, ''))
  return /^.*?[.:](?= |$)(?:.*?\.(?= |$))?/.exec(head.join(' '))?.[0] ?? head.join(' ')
}

/** `(a, b?, …c)`: how it is called, without types. `this` is no argument. */
export function argumentsOf(node: ts.SignatureDeclaration): string {
  const names = node.parameters
    .filter((p) => p.name.getText() !== 'this')
    .map(
      (p) =>
        `${p.dotDotDotToken ? '…' : ''}${ts.isIdentifier(p.name) ? p.name.text : 'options'}${p.questionToken || p.initializer ? '?' : ''}`,
    )
  return `(${names.join(', ')})`
}

/** For a cell of a Markdown table. */
export const cell = (s: string): string => s.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').trim()

export const page = (title: string, says: string, ...parts: readonly string[]): string =>
  `${[`# ${title}`, `<!-- Written by scripts/reference.ts from the code; a test holds it to that. -->`, says, ...parts].join('\n\n')}\n`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n')
