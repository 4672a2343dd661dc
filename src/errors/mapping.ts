// What is wrong with a mapping as it is written.
import { defineError, exit } from './error.ts'

export const typesMixed = defineError<{ left: string; right: string; at: string | undefined }>('GW_TYPES_MIXED', {
  exit: exit.usage,
  means:
    'Two values that must be of one kind (the arms of a value map, the sides of a comparison) are of kinds that do not go together. Godwit does not convert by guess: a conversion that can lose something is written down.',
  say: (f) => ({
    at: f.at,
    message: `${f.left} and ${f.right} cannot stand for one another here.`,
    hint: 'Say how one becomes the other: .asText(), .asInt(), .asDecimal(), .asDate(), .inZone(…).',
  }),
})

export const nothingListed = defineError<{ word: string; at: string | undefined }>('GW_NOTHING_LISTED', {
  exit: exit.usage,
  means: 'A value map without an arm, or a list without a value: no row could ever take it, so it is a slip and not a wish.',
  say: (f) => ({
    at: f.at,
    message: `${f.word} is given nothing to hold a value against.`,
    hint: 'List at least one value, or leave the word out.',
  }),
})

export const keyNotNumber = defineError<{ key: string; at: string | undefined }>('GW_KEY_NOT_NUMBER', {
  exit: exit.usage,
  means: 'The value that a value map looks at is a number, and one of the arms is for something that is no number.',
  say: (f) => ({
    at: f.at,
    message: `No number is ever ${JSON.stringify(f.key)}, and the value of this map is a number.`,
    hint: "Write the arm's number in digits ('7', '-1', '2.5'), or match on .asText().",
  }),
})
