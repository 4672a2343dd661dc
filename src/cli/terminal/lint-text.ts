// Findings for people: the statement, what it would do, and what to write in its place.
import { type LintedFile, type Reported, totals } from '../../lint/file.ts'
import { plainText, plural } from '../../text.ts'
import type { Screen } from './screen.ts'

export function lintText(files: readonly LintedFile[], screen: Screen): string[] {
  const t = totals(files)
  const ignored = t.ignored ? ` ${plural(t.ignored, 'finding')} ignored for a reason.` : ''
  return [
    ...files.flatMap((file) => file.findings.flatMap((f) => finding(file, f, screen))),
    `${plural(t.files, 'file')}, ${plural(t.statements, 'statement')}: ${t.dangerous} dangerous, ${t.caution} caution.${ignored}`,
  ]
}

function finding({ file, sql }: LintedFile, f: Reported, { paint, width }: Screen): string[] {
  const mark = f.dangerous ? paint.red('error') : paint.yellow('note ')
  const verdict = `${f.dangerous ? 'dangerous: ' : ''}${f.categories.join(', ')}`
  const number = String(f.line).padStart(4)
  const [first = ''] = sql.slice(f.from, f.to).split('\n')
  const shown = plainText(first).slice(0, width - 8)
  return [
    `${mark}  ${paint.bold(f.rule)}  ${plainText(file)}:${f.line}:${f.column}  ${verdict}`,
    `${number} │ ${shown}`,
    `${' '.repeat(7)}${'^'.repeat(Math.max(1, Math.min(18, [...shown].length)))} ${plainText(f.message)}`,
    ...(f.instead?.length
      ? ['  instead', ...f.instead.flatMap((line) => line.split('\n')).map((line) => `   ${paint.green(`+ ${plainText(line)}`)}`)]
      : []),
    `  godwit explain ${f.rule}`,
  ]
}
