// Every code that Godwit prints: the same texts that `godwit explain CODE` gives.
import { type Explained, explained } from '../../src/errors/index.ts'
import { page } from './source.ts'

/** Paragraphs as written; lines that are set apart stay so. */
const paragraphs = (text: string): string =>
  text
    .replace(/</g, '&lt;')
    .replace(/\n(?=\S)/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .join('<br>\n')

const entry = ({ code, means, todo }: Explained): string =>
  [`## ${code}`, paragraphs(means), ...(todo ? [`What to do: ${todo.replace(/</g, '&lt;')}`] : [])].join('\n\n')

const of = (kind: Explained['kind']): string[] => explained.filter((e) => e.kind === kind).map(entry)

export const codePages = (): Record<string, string> => ({
  'errors.md': page(
    'Errors',
    'What can stop a command. Each error says what happened, where, and what to do; `godwit explain CODE` prints what stands here.',
    'Exit codes: 0 done · 1 failed · 2 used wrongly · 3 waiting · 4 a check said no, or nothing could be verified · 5 locked by another · 6 stopped, and can be resumed · 130 interrupted, and can be resumed.',
    ...of('error'),
  ),
  'findings.md': page(
    'Findings',
    'What a plan can say of a migration before anything happens. Errors among them refuse the plan; warnings and notes are shown with it.',
    ...of('finding'),
  ),
  'quarantine.md': page(
    'Reasons of the quarantine',
    'Why a source row does not go. A code with something behind a colon (`UNIQUE_CONFLICT:pad_request_pkey`) was refused by the server itself: what stands there is the constraint or the SQLSTATE.',
    ...of('quarantine'),
  ),
})
