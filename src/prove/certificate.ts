// What a proof ends with: what was held to be so, what came of it, and of which files.
import { createHash } from 'node:crypto'
import type { PhaseName } from '../stage/phase.ts'
import { plural } from '../text.ts'
import type { Orders } from './order.ts'

export type Result = 'proved' | 'refuted' | 'not proved'

export interface Claim {
  readonly claim: string
  readonly result: Result
  readonly why: readonly string[]
}

export interface PhaseProof {
  readonly phase: PhaseName
  readonly migrations: readonly string[]
  readonly statements: number
  /** The last of it taken back, and done again. */
  readonly back: Claim
  /** What the application does that runs before the phases, against the schema after this one. */
  readonly smoke: Claim
}

export interface Certificate {
  readonly godwit: 'stage certificate'
  readonly version: 1
  readonly proved: boolean
  readonly format: string
  /** Of all files, as they are and as they are staged: who changes one has proved nothing. */
  readonly seal: string
  readonly files: { readonly original: Readonly<Record<string, string>>; readonly staged: Readonly<Record<string, string>> }
  readonly server: string
  readonly runner: string
  readonly rows: { readonly from: string; readonly tables: number; readonly rows: number }
  readonly statements: { readonly original: number; readonly staged: number }
  readonly compared: { readonly things: number; readonly tables: number; readonly rows: number }
  readonly claims: readonly Claim[]
  readonly phases: readonly PhaseProof[]
  readonly notes: readonly string[]
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

const hashes = (files: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...files].map(([file, text]) => [file, sha(text)] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)))

export function sealOf({ original, staged }: Orders): Pick<Certificate, 'seal' | 'files'> {
  const files = { original: hashes(original.files), staged: hashes(staged.files) }
  return { seal: sha(JSON.stringify(files)), files }
}

/** Without a refusal anywhere but from where a phase has taken away what the old application uses. */
export const isProved = (claims: readonly Claim[], phases: readonly PhaseProof[]): boolean =>
  claims.every((c) => c.result === 'proved') &&
  phases.every((p, i) => p.back.result !== 'refuted' && (p.smoke.result !== 'refuted' || takenAwayBy(phases, i)))

const takenAwayBy = (phases: readonly PhaseProof[], place: number): boolean =>
  phases.slice(0, place + 1).some(({ phase }) => phase === 'contract')

const mark: Readonly<Record<Result, string>> = { proved: '✓', refuted: '✗', 'not proved': '–' }

const line = ({ claim, result, why }: Claim): string[] => [`- ${mark[result]} **${result}**: ${claim}`, ...why.map((w) => `  - ${w}`)]

export function certificateMarkdown(c: Certificate): string {
  return `${[
    `# ${c.proved ? 'Proved' : 'Not proved'}: the staged order`,
    '',
    ...c.claims.flatMap(line),
    '',
    '| | original | staged |',
    '|---|---|---|',
    `| files | ${Object.keys(c.files.original).length} | ${Object.keys(c.files.staged).length} |`,
    `| statements | ${c.statements.original} | ${c.statements.staged} |`,
    '',
    `Compared: ${c.compared.things} things of the catalogue, ${c.compared.rows} rows in ${plural(c.compared.tables, 'table')}. Rows: ${c.rows.from}, ${c.rows.rows} in ${plural(c.rows.tables, 'table')}.`,
    `Carried out by ${c.runner}, on ${c.server}.`,
    ...c.phases.flatMap((p, i) => [
      '',
      `## ${i + 1}. ${p.phase}`,
      '',
      `${p.migrations.join(', ')}; ${plural(p.statements, 'statement')}.`,
      '',
      ...line(p.back),
      ...line(p.smoke),
    ]),
    ...(c.notes.length ? ['', '## Noted', '', ...c.notes.map((n) => `- ${n}`)] : []),
    '',
    `Seal of the files: \`${c.seal}\``,
  ].join('\n')}\n`
}
