// What can go wrong in telling people: a channel that is not there, a template that asks for what nobody knows.
import { list, plainText, plural } from '../text.ts'
import { defineError, exit } from './error.ts'

const usage = exit.usage

export const channelUnknown = defineError<{ name: string; known: readonly string[]; near: string | undefined }>('GW_CHANNEL_UNKNOWN', {
  exit: usage,
  means: `The command names a channel that the configuration does not have in this environment, or there are no channels at all. Channels stand under
notify.channels of godwit.config.ts; an environment that has notify of its own has no others.`,
  say: ({ name, known, near }) => ({
    message: `There is no channel '${plainText(name)}'.${near ? ` Did you mean '${near}'?` : ''}`,
    hint: known.length
      ? `There ${known.length === 1 ? 'is' : 'are'}: ${list(known)}.`
      : "Add one under notify.channels: { team: { slack: '${SLACK_WEBHOOK}' } }",
  }),
})

export const noticeNotTaken = defineError<{ channel: string; to: string; said: string }>('GW_NOTICE_NOT_TAKEN', {
  means: `A message was sent by a channel, and the other side did not take it. In a run this stops nothing: the message waits in the ledger and is
sent again, later each time. Here it was a test, or a message sent by hand, and so it is told at once.`,
  say: ({ channel, to, said }) => ({
    message: `Channel ${channel} (${plainText(to)}) did not take the message: ${plainText(said)}`,
    hint: `Mend the channel under notify.channels, then try again: godwit notify test --to ${channel}`,
  }),
})

export const templateUnreadable = defineError<{ file: string; what: string; cause?: unknown }>('GW_TEMPLATE_UNREADABLE', {
  exit: usage,
  means: `The template of an announcement is a text with names in double braces, {{window}}, or a TypeScript file whose default export is a function
from the facts of the announcement to a text. It is not there, cannot be loaded, or is neither.`,
  say: ({ file, what, cause }) => ({
    at: file,
    message: what,
    hint: 'godwit announce without --template shows what it would say by itself.',
    cause,
  }),
})

export const templateNames = defineError<{
  file: string
  unknown: readonly { name: string; line: number; near: string | undefined }[]
  known: readonly string[]
}>('GW_TEMPLATE_NAME', {
  exit: usage,
  means: `A template asks for something by a name that Godwit does not know. Left as it is, people would be sent the braces, or a hole in the text;
so nothing is written.`,
  say: ({ file, unknown, known }) => ({
    at: `${file}:${unknown[0]!.line}`,
    message: `${file} has ${plural(unknown.length, 'name')} that ${unknown.length === 1 ? 'is' : 'are'} not known: ${unknown
      .map((u) => `{{${plainText(u.name)}}}${u.near ? ` (did you mean {{${u.near}}}?)` : ''}`)
      .join(', ')}.`,
    hint: `There are: ${known.join(', ')}. A {{ that is meant as such is written \\{{.`,
  }),
})

export const windowOther = defineError<{ given: string | undefined; is: readonly string[] }>('GW_WINDOW_OTHER', {
  exit: usage,
  means:
    'The migration has a maintenance window of its own, and that is when it happens: another one must not be announced. The same moments may be given in another zone.',
  say: ({ given, is }) => ({
    message:
      given === undefined
        ? `The migration has ${is.length} windows: ${is.join('; ')}.`
        : `The window ${plainText(given)} is none of the migration, which has ${is.join('; ')}.`,
    hint: 'Say one of these with --window, in any zone; or write another time into the migration: window({ from, to }, …)',
  }),
})

export const windowUnclear = defineError<{ text: string; why: string }>('GW_WINDOW', {
  exit: usage,
  means: `The window of an announcement is when it begins and when it ends: '2026-12-01 02:00/04:00', '2026-12-01 22:00/2026-12-02 01:00', with the
zone behind it if it is not UTC: '2026-12-01 02:00/04:00 Europe/Berlin'.`,
  say: ({ text, why }) => ({
    message: `The window '${plainText(text)}' ${why}.`,
    hint: "Write it like this: --window '2026-12-01 02:00/04:00 Europe/Berlin'",
  }),
})
