// The old way beside the new one: what can be wrong with a pair, and with what comes after the cutover.
import { defineError, exit } from './error.ts'

export const pairSaidNo = defineError<{
  title: string
  verdict: string
  pair: number
  objections: readonly string[]
  held: number
  pairs: number
  at: string | undefined
}>('GW_PAIR_NO', {
  exit: exit.no,
  means:
    'The old way and the new way were run side by side, and what they made of the same input does not agree, or there was nothing to compare. The gate stays shut, and pairs are counted from the beginning again.',
  say: (f) => ({
    at: f.at,
    message: `${f.title}: pair ${f.pair} is ${f.verdict}.\n${f.objections.map((o) => `  ${o}`).join('\n')}`,
    hint: `godwit shadow shows all pairs. Mend the new side (or the old one), then godwit run: the next pair is made at once, and ${f.pairs} in a row must hold. Before this one ${f.held} did.`,
  }),
})

export const stretchSaidNo = defineError<{ title: string; verdict: string; why: string; hint: string; at: string | undefined }>(
  'GW_PAIRS_PROVE_NOTHING',
  {
    exit: exit.no,
    means:
      'Every single pair holds, and all of them together prove nothing: the old side says the same whatever it is given, or it was given the same each time. Numbers that were written down look so.',
    say: (f) => ({ at: f.at, message: `${f.title}: ${f.verdict}. ${f.why}`, hint: f.hint }),
  },
)

export const notAtPairs = defineError<{ run: string; at: string | undefined; state: string }>('GW_NOT_AT_PAIRS', {
  exit: exit.usage,
  means: 'A pair or a measure was to be made by itself, and the run does not stand at a step that makes any.',
  say: (f) => ({
    message: `Run ${f.run} is ${f.state}${f.at === undefined ? '' : ` and stands at "${f.at}"`}: no pair and no measure is due there.`,
    hint: 'godwit run goes on to the next gate; godwit shadow shows what was made until now.',
  }),
})

export const noPairs = defineError<{ migration: string }>('GW_NO_PAIRS', {
  exit: exit.usage,
  means: 'The command shows pairs and measures, and the migration has no step that makes any.',
  say: (f) => ({
    message: `${f.migration} compares nothing side by side.`,
    hint: 'Put shadow({ … }) or watch({ … }) into its cutover.',
  }),
})

export const incident = defineError<{ title: string; why: readonly string[]; window: string; at: string | undefined }>('GW_INCIDENT', {
  exit: exit.no,
  means:
    'A rule of a watch was broken after the hours in which the cutover is taken back by itself. Too much has happened since to go back unasked: somebody has to decide.',
  say: (f) => ({
    at: f.at,
    message: `${f.title}: after ${f.window} a rule does not hold any more.\n${f.why.map((w) => `  ${w}`).join('\n')}`,
    hint: 'Nothing was taken back. Mend it, and godwit run goes on watching; or take the cutover back: godwit undo.',
  }),
})

export const watchSawNothing = defineError<{ title: string; measures: number; rules: readonly string[]; at: string | undefined }>(
  'GW_WATCH_SAW_NOTHING',
  {
    exit: exit.no,
    means:
      'The hours of a watch have passed, and a rule of it was never seen to hold: no measure came to a result, or there was nothing to hold it against. What was never seen to work is not verified.',
    say: (f) => ({
      at: f.at,
      message: `${f.title}: not verified. In none of its ${f.measures} measures was it seen to hold: ${f.rules.join(', ')}.`,
      hint: 'Look why (godwit shadow), mend it, and godwit run measures again.',
    }),
  },
)
