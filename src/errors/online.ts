// Changes of the schema beside an application at work: what keeps them from being made.
import { plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

export const onlineRefused = defineError<{ what: string; reasons: readonly string[]; at: string | undefined }>('GW_ONLINE_REFUSED', {
  exit: exit.no,
  means:
    'A change of the schema would fail, would change what others need, or would stop the application for longer than it may. It is looked at before anything is done, and was not begun.',
  say: (f) => ({
    at: f.at,
    message: `${plainText(f.what)}: not done.\n${f.reasons.map((r) => `  ${plainText(r)}`).join('\n')}`,
    hint: 'Mend what it says, then godwit run goes on with this step. Of this step nothing was changed.',
  }),
})

export const keysMisused = defineError<{ table: string; ids: string; at: string | undefined }>('GW_KEYS_MISUSED', {
  exit: exit.usage,
  means: 'Keys of numbers were asked for with a word that says where UUIDs come from. Numbers are what they were, or come from a sequence.',
  say: (f) => ({
    at: f.at,
    message: `${plainText(f.table)}: keys of type bigint have no ids: '${plainText(f.ids)}'.`,
    hint: `Leave ids out, or say to: 'uuid'.`,
  }),
})

export const onlineNotThere = defineError<{ what: string; move: string; at: string | undefined }>('GW_ONLINE_NOT_THERE', {
  means:
    'A part of a change was made without an error, and is not there when it is looked at: somebody took it away meanwhile, or an index could not be built whole.',
  say: (f) => ({
    at: f.at,
    message: `${plainText(f.what)}: ${plainText(f.move)} was done, and is not there.`,
    hint: 'Find out who else changes this table. godwit run does it again; godwit undo takes back what there is of it.',
  }),
})
