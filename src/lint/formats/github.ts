// Annotations of GitHub Actions, a line each.
import type { LintedFile } from '../file.ts'

const value = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => value(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

export const github = (files: readonly LintedFile[]): string =>
  files
    .flatMap(({ file, findings }) =>
      findings.map(
        (f) =>
          `::${f.dangerous ? 'error' : 'notice'} file=${property(file)},line=${f.line},col=${f.column},title=${property(f.rule)}::${value(f.message)}\n`,
      ),
    )
    .join('')
