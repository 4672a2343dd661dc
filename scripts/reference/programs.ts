// `godwit/api`, for programs: what it exports, with the comments that stand there.
import ts from 'typescript'
import { argumentsOf, cell, commentOf, page, sourceOf, table } from './source.ts'

const says: Readonly<Record<string, string>> = {
  connect: 'A database by its URL. Close it at the end.',
  run: 'Carries a plan out, or goes on where it stopped. Options: `workers`, `chunk`, `budget`, `limit`, `dryRun`, `environment`, `observe`, `signal`.',
  undo: 'Takes the run back: its rows and no others.',
  quarantineCauses: 'What did not go, by cause.',
  quarantineList: 'What did not go, row by row, with all its values.',
  quarantineRetry: 'Tries rows again, and those that wait for them.',
  quarantineWaive: 'Says that rows need not go, by whom and why.',
  signReply: 'Signs an answer to what a run asks, with the key of the person in whose name it speaks.',
  isSigned: 'For a receiver: whether a message is signed with this key, and was sent at most five minutes from `now`.',
  trace: 'Where a row went, or where it came from: `table:key`.',
  defineConfig: 'Gives the types of a configuration, and the object back as it is.',
  readConfiguration: 'The configuration that a program starts with: master and override of an environment, every `${NAME}` in its place.',
  GodwitError: 'What is thrown: `code`, `message`, `hint`, `at`, `exit`.',
}

function rows(): string[][] {
  const found: string[][] = []
  for (const s of sourceOf('src/api.ts').statements) {
    if (ts.isExportDeclaration(s) && s.exportClause && ts.isNamedExports(s.exportClause) && !s.isTypeOnly) {
      for (const e of s.exportClause.elements) if (!e.isTypeOnly) found.push([`\`${e.name.text}\``, cell(says[e.name.text] ?? '')])
    }
    if (!ts.canHaveModifiers(s) || !ts.getModifiers(s)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) continue
    if (ts.isFunctionDeclaration(s)) found.push([`\`${s.name!.text}${argumentsOf(s)}\``, cell(commentOf(s) ?? says[s.name!.text] ?? '')])
    if (!ts.isVariableStatement(s)) continue
    for (const d of s.declarationList.declarations) {
      const call = d.initializer && ts.isArrowFunction(d.initializer) ? argumentsOf(d.initializer) : ''
      found.push([`\`${d.name.getText()}${call}\``, cell(commentOf(s) ?? says[d.name.getText()] ?? '')])
    }
  }
  return found.toSorted(([a], [b]) => (a! < b! ? -1 : 1))
}

export const programsPage = (): string =>
  page(
    'For programs',
    "What the commands do, as functions: `import { connect, plan, run, verify } from 'godwit/api'`. [Running](../guide/running.md#from-a-program) shows them at work.",
    table(['function', 'what it does'], rows()),
  )
