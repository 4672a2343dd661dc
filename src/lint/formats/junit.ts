// JUnit: a suite for each file, a case for each statement that something is said of; what is dangerous fails.
import type { LintedFile, Reported } from '../file.ts'

const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => codes[c]!).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')

function testCase(file: string, f: Reported): string {
  const name = `    <testcase classname="${escaped(file)}" name="${escaped(`${f.rule} ${f.line}:${f.column}`)}"`
  return f.dangerous ? `${name}><failure message="${escaped(f.message)}"/></testcase>` : `${name}/>`
}

function suite({ file, findings }: LintedFile): string {
  const cases = findings.length
    ? findings.map((f) => testCase(file, f))
    : [`    <testcase classname="${escaped(file)}" name="nothing found"/>`]
  const failures = findings.filter((f) => f.dangerous).length
  return `  <testsuite name="${escaped(file)}" tests="${cases.length}" failures="${failures}">\n${cases.join('\n')}\n  </testsuite>`
}

export const junit = (files: readonly LintedFile[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="godwit lint">\n${files.map(suite).join('\n')}\n</testsuites>\n`
