// What became of an answer, and what is needed besides.
import type { Answered } from '../../run/gates/answer.ts'
import { named } from '../../steps/approval.ts'
import { list } from '../../text.ts'
import { type Context, commandLine } from '../context.ts'
import { oneLine, wrapped } from './layout.ts'

export function answeredText({ run, step, plan, question, answer, lacking }: Answered, context: Context): string[] {
  const { paint, width } = context.screen
  const yes = answer.verdict === 'approved'
  const mark = yes ? paint.green('✓') : paint.red('✗')
  const note = answer.note === undefined ? '' : `: ${oneLine(answer.note)}`
  return [
    wrapped(`${mark} ${run}  ${step}  ${answer.verdict} by ${oneLine(named(answer))}${note}   plan ${plan}`, '', width),
    wrapped(oneLine(question), '  ', width, ''),
    ...(lacking.length && yes ? [wrapped(`still needed: ${list(lacking.map(oneLine))}`, '  ', width, '')] : []),
    `  ${paint.dim('next')}  ${yes ? commandLine(context, 'run') : commandLine(context, `undo ${run}`)}`,
  ]
}
