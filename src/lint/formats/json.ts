// One object: files with their findings, and how many there are.
import { type LintedFile, totals } from '../file.ts'

export const lintedObject = (files: readonly LintedFile[]) => ({
  totals: totals(files),
  files: files.map(({ file, statements, ignored, findings }) => ({ file, statements, ignored, findings })),
})

export const json = (files: readonly LintedFile[]): string => `${JSON.stringify(lintedObject(files), undefined, 2)}\n`
