// SARIF 2.1, which code hosts show beside the lines.
import type { LintedFile } from '../file.ts'
import { rules } from '../rules/index.ts'

const described = rules.map((r) => ({
  id: r.id,
  shortDescription: { text: r.name },
  fullDescription: { text: `${r.when} ${r.harm}` },
  help: { text: r.instead },
}))

const result = (file: string, f: LintedFile['findings'][number]) => ({
  ruleId: f.rule,
  level: f.dangerous ? 'error' : 'note',
  message: { text: f.message },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
        region: { startLine: f.line, startColumn: f.column },
      },
    },
  ],
})

export const sarif = (files: readonly LintedFile[]): string =>
  `${JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'godwit lint', rules: described } },
          columnKind: 'unicodeCodePoints',
          results: files.flatMap(({ file, findings }) => findings.map((f) => result(file, f))),
        },
      ],
    },
    undefined,
    2,
  )}\n`
