// What a verification found, in a line where all is well and in rows where it is not.
import type { Answer } from '../../events/event.ts'
import { count, plural } from '../../text.ts'
import { cut, oneLine, padEnd, shownValue } from './layout.ts'
import type { Screen } from './screen.ts'

type Paper = Pick<Screen, 'paint' | 'width'>

const kinds = {
  rows: /^rows of .* equal to the mapping$/,
  books: /^books of /,
  natives: /^rows of .* that are not ours$/,
  keys: /^next key of /,
}
const of = (answers: readonly Answer[], kind: RegExp) => answers.filter((a) => kind.test(a.title))
const examined = (answers: readonly Answer[]) => answers.reduce((n, a) => n + a.examined, 0)
const isCheck = (a: Answer): boolean => !Object.values(kinds).some((kind) => kind.test(a.title))

/** 5,300 rows equal to the mapping · books close · 27 checks passed · 102 rows that are not ours unchanged */
export function answersInWords(answers: readonly Answer[]): string {
  const [rows, natives, checks] = [of(answers, kinds.rows), of(answers, kinds.natives), answers.filter(isCheck)]
  return [
    rows.length ? `${plural(examined(rows), 'row')} equal to the mapping` : '',
    of(answers, kinds.books).length ? 'books close' : '',
    checks.length ? `${plural(checks.length, 'check')} passed` : '',
    natives.length ? `${plural(examined(natives), 'row')} that ${examined(natives) === 1 ? 'is' : 'are'} not ours unchanged` : '',
  ]
    .filter(Boolean)
    .join(' · ')
}

/** Nothing where all passed; else one paragraph for each that did not. */
export function wrongAnswers(answers: readonly Answer[], { paint, width }: Paper, most = 5): string[] {
  return answers
    .filter((a) => a.verdict !== 'passed')
    .flatMap((a) => {
      const head =
        a.verdict === 'failed'
          ? `${a.title}: ${count(a.wrong)} wrong of ${count(a.examined)}`
          : `not verified: "${a.title}" ${a.note ?? 'compared 0 rows.'}`
      const lines = a.sample.slice(0, most).flatMap((row) => sampleLines(row))
      const more =
        a.wrong > Math.min(most, a.sample.length) && a.verdict === 'failed'
          ? [paint.dim(`… ${count(a.wrong - Math.min(most, a.sample.length))} more: godwit verify show --all`)]
          : []
      const at = a.at ? [paint.cyan(a.at) + (a.verdict === 'failed' ? '' : '   give it rows, or remove it')] : []
      return [`${paint.red('✗')} ${head}`, ...[...lines.map((l) => cut(l, width - 4)), ...more, ...at].map((l) => `    ${l}`)]
    })
}

/** A row of a comparison says what is and what should be; a row of a check is shown as it came. */
export function sampleLines(row: Readonly<Record<string, string | null>>): string[] {
  if (!('what' in row && 'target' in row))
    return [
      Object.entries(row)
        .map(([name, value]) => `${name} ${shownValue(value)}`)
        .join('  '),
    ]
  const name = `${(row.table ?? '').replace(/^public\./, '')} ${oneLine(row.target ?? '')}`
  const from = row.source === null || row.source === undefined ? '' : `  (source ${oneLine(row.source)})`
  if (row.what === 'missing') return [`${name}${from}  is missing`]
  if (row.what === 'extra') return [`${name}${from}  is there and should not be`]
  const columns = JSON.parse(row.columns ?? '[]') as { column: string; is: string | null; 'should be': string | null }[]
  return columns.map(
    (c) => `${name}${from}  ${padEnd(oneLine(c.column), 16)} is ${padEnd(shownValue(c.is), 18)} should be ${shownValue(c['should be'])}`,
  )
}
