// Pairs and measures in a terminal: the verdict first, then how each value moved, then the last of them one by one.
import { moment, type Shadows, type Strand, strandsOfMeasures, strandsOfPairs } from '../../report/shadow.ts'
import type { Measure } from '../../shadow/measure.ts'
import type { Pair } from '../../shadow/pair.ts'
import { plural } from '../../text.ts'
import { cut, oneLine, table, wrapped } from './layout.ts'
import type { Screen } from './screen.ts'

type Look = Pick<Screen, 'paint' | 'width'>

const bars = '▁▂▃▄▅▆▇█'
const signs: Readonly<Record<string, string>> = { passed: '✓', failed: '✗', 'not verified': '?' }
const fewest = 10

export function shadowText(s: Shadows, { paint, width }: Look, all: boolean): string[] {
  const head = [`${paint.bold(oneLine(s.migration))}  run ${s.run}  plan ${s.plan}  ${s.state}`]
  const compared = s.compared.flatMap(({ title, says, pairs, held }) => [
    '',
    ...titled(title, says[0]!, { paint, width }),
    ...(pairs.length
      ? [
          `  ${held ? paint.green('✓') : paint.red('✗')} ${plural(held, 'pair')} in a row ${held === 1 ? 'holds' : 'hold'}, of ${pairs.length} made, ${moment(pairs[0]!.at)} to ${moment(pairs.at(-1)!.at)}`,
          ...strands(strandsOfPairs(pairs), width),
          '',
          ...linesOf(pairs, pairLine, { paint, width }, all),
        ]
      : ['  no pair was made yet']),
  ])
  const watched = s.watched.flatMap(({ title, says, measures }) => [
    '',
    ...titled(title, says[0]!, { paint, width }),
    ...(measures.length
      ? [
          `  ${measures.at(-1)!.held ? paint.green('✓') : paint.red('✗')} ${plural(measures.length, 'measure')}, ${moment(measures[0]!.at)} to ${moment(measures.at(-1)!.at)}`,
          ...strands(strandsOfMeasures(measures), width),
          '',
          ...linesOf(measures, measureLine, { paint, width }, all),
        ]
      : ['  nothing was measured yet']),
  ])
  return [...head, ...compared, ...watched]
}

const titled = (title: string, says: string, { paint, width }: Look): string[] => [
  paint.bold(oneLine(title)),
  wrapped(oneLine(says), '  ', width),
]

/** A value's way in parts of what is allowed: a full bar is the limit. */
export const sparkline = ({ shares, verdicts }: Pick<Strand, 'shares' | 'verdicts'>, most = 48): string =>
  shares
    .map((share, i) => {
      if (verdicts[i] === 'failed') return '✗'
      if (share === undefined || verdicts[i] === 'not verified') return '·'
      return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))]!
    })
    .slice(-most)
    .join('')

function strands(all: readonly Strand[], width: number): string[] {
  const rows = all.map((s) => [oneLine(s.name), oneLine(s.limit), sparkline(s), oneLine(s.last)])
  return table(rows, { indent: '    ' }).map((line) => cut(line, width))
}

type Line = readonly [verdict: string, text: string, more: readonly string[]]

function pairLine(p: Pair, n: number): Line {
  const rows = p.rows ? `, ${p.rows.paired} rows` : ''
  return [
    p.verdict,
    `pair ${n}  ${moment(p.at)}  input ${p.input.old?.slice(0, 8) ?? '–'}  ${plural(p.values.length, 'value')}${rows}`,
    [...p.objections.map((o) => `${o.what}: ${o.says}`), ...p.notes],
  ]
}

function measureLine(m: Measure, n: number): Line {
  const broken = m.rules.filter((r) => r.verdict === 'failed').map((r) => `${r.rule}: ${r.says}`)
  const verdict = !m.held ? 'failed' : m.state === 'succeeded' ? 'passed' : 'not verified'
  return [verdict, `measure ${n}  ${moment(m.at)}  ${m.state}`, [...(m.why === null ? [] : [m.why]), ...broken]]
}

function linesOf<T>(all: readonly T[], lineOf: (one: T, n: number) => Line, { paint, width }: Look, whole: boolean): string[] {
  const from = whole ? 0 : Math.max(0, all.length - fewest)
  const colours: Readonly<Record<string, (text: string) => string>> = {
    passed: paint.green,
    failed: paint.red,
    'not verified': paint.yellow,
  }
  const lines = all.slice(from).flatMap((one, i) => {
    const [verdict, text, more] = lineOf(one, from + i + 1)
    return [`  ${colours[verdict]!(signs[verdict]!)} ${text}`, ...more.map((m) => wrapped(oneLine(m), '      ', width))]
  })
  return from ? [`  … ${from} before (--all)`, ...lines] : lines
}
