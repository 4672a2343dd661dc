// An assessment in the terminal: the same lines, the verdict and the marks in colour.
import type { Assessment, Readiness } from '../../assess/assessment.ts'
import { renderAssessment } from '../../report/assessment/index.ts'
import type { Paint } from './screen.ts'

const colours: Readonly<Record<Readiness, 'green' | 'yellow' | 'red'>> = {
  ready: 'green',
  'ready with warnings': 'yellow',
  'not ready': 'red',
  'nothing to migrate': 'yellow',
}

export function assessText(a: Assessment, paint: Paint): string {
  const [verdict = '', ...lines] = renderAssessment(a, 'text').trimEnd().split('\n')
  return [paint[colours[a.verdict.outcome]](verdict), ...lines.map((line) => marked(line, paint))].join('\n')
}

const marked = (line: string, paint: Paint): string =>
  line.replace(/^( +)(✗|!) /, (_, indent: string, mark: string) => `${indent}${mark === '✗' ? paint.red(mark) : paint.yellow(mark)} `)
