// What a code means: every error, every finding of a plan, every reason of the quarantine.
import { codeUnknown } from '../../errors/cli.ts'
import type { Rule } from '../../lint/rule.ts'
import { didYouMean } from '../../text.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'
import { table, wrapped } from '../terminal/layout.ts'

export const define: Define = (command, act) =>
  void command
    .argument('[code]', 'GW_… of an error or a finding, a reason such as LOOKUP_MISS, or a rule of godwit lint')
    .addHelpText(
      'after',
      examples(['godwit explain LOOKUP_MISS', 'why such rows are in quarantine, and what to do'], ['godwit explain', 'all codes']),
    )
    .action(act((context, code: string | undefined) => explain(context, code)))

async function explain({ screen }: Context, asked: string | undefined): Promise<Outcome> {
  const [{ explained }, { rules }] = await Promise.all([import('../../errors/index.ts'), import('../../lint/rules/index.ts')])
  const rule = rules.find((r) => r.id === asked)
  if (rule) return explainRule(rule, screen)
  if (asked === undefined) return all(screen, explained)
  // a server's own refusal carries what refused it: UNIQUE_CONFLICT:pad_request_pkey
  const code = asked.toUpperCase().replace(/:.*$/, '')
  const found = explained.find((e) => e.code === code)
  if (!found)
    throw codeUnknown({
      code: asked,
      near: didYouMean(code, [...explained.map((e) => e.code), ...rules.map((r) => r.id)]),
    })
  screen.say(`${screen.paint.bold(found.code)}  ${found.kind}`)
  for (const paragraph of joined(found.means)) screen.say(wrapped(paragraph, '  ', screen.width, ''))
  if (found.todo) screen.say(wrapped(`What to do: ${found.todo}`, '  ', screen.width, ''))
  return { json: { explained: [found] } }
}

function explainRule(rule: Rule, screen: Context['screen']): Outcome {
  screen.say(`${screen.paint.bold(rule.id)}  ${rule.name}`)
  for (const text of [rule.when, rule.harm, `Instead: ${rule.instead}`]) screen.say(wrapped(text, '  ', screen.width, ''))
  for (const [title, { schema, sql, applied }] of [
    ['Bad', rule.bad],
    ['Good', rule.good],
  ] as const)
    screen.say(`  ${title}\n    ${screen.paint.dim(applied ?? schema)}\n    ${sql}`)
  const { id, name, when, harm, instead } = rule
  return { json: { rule: { id, name, when, harm, instead, bad: rule.bad.sql, good: rule.good.sql } } }
}

/** Lines that were broken in the source are put together again; those that are set apart stay as they are. */
const joined = (text: string): string[] => text.replace(/\n(?!\s)/g, ' ').split('\n')

function all(screen: Context['screen'], explained: readonly { code: string; kind: string; means: string }[]): Outcome {
  for (const kind of new Set(explained.map((e) => e.kind))) {
    screen.say(screen.paint.bold(`${kind}`))
    const room = screen.width - 5 - Math.max(...explained.filter((e) => e.kind === kind).map((e) => e.code.length))
    for (const line of table(
      explained.filter((e) => e.kind === kind).map((e) => [e.code, firstSentence(e.means, room)]),
      { indent: '  ' },
    ))
      screen.say(line)
    screen.say()
  }
  screen.say('godwit explain CODE tells more.')
  return { json: { explained } }
}

function firstSentence(text: string, room: number): string {
  const sentence = text.replaceAll('\n', ' ').split(/(?<=\.)\s/)[0]!
  return sentence.length > room ? `${sentence.slice(0, room - 1).trimEnd()}…` : sentence
}
