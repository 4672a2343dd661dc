// Every rule of `godwit lint`, from the rule itself: its examples are run by the tests.
import type { Example, Rule } from '../../src/lint/rule.ts'
import { rules } from '../../src/lint/rules/index.ts'
import { page } from './source.ts'

const example = (title: string, { schema, sql, transaction, applied }: Example): string =>
  [
    `${title}${transaction === true ? ', in a transaction' : ''}:`,
    `\`\`\`sql\n${[...(schema ? [`-- there before: ${schema}`] : []), ...(applied ? [`-- as it ran: ${applied}`] : []), sql].join('\n')}\n\`\`\``,
  ].join('\n\n')

const section = ({ id, name, when, harm, instead, bad, good }: Rule): string =>
  [`## ${id}`, `${name}.`, `When: ${when}`, harm, `Instead: ${instead}`, example('Bad', bad), example('Good', good)].join('\n\n')

export const lintPage = (): string =>
  page(
    'Rules of godwit lint',
    'What each rule looks for, why, and what to do instead; `godwit explain RULE` prints the same. See [lint](../guide/lint.md).',
    ...rules.map(section),
  )
