// Gates: people who are asked, times that are waited for, and what a protected environment wants to see first.
import { list, plainText, plural } from '../text.ts'
import { defineError, exit } from './error.ts'

export const rejected = defineError<{ question: string; person: string; why: string; at: string; run: string }>('GW_REJECTED', {
  exit: exit.no,
  means:
    'Somebody who was asked has said no. The gate stays shut until that same person says yes, or until the plan is another one and is asked for anew: nobody else can take their word back.',
  say: (f) => ({
    message: `${plainText(f.person)} said no to "${plainText(f.question)}" on ${f.at}: ${plainText(f.why)}`,
    hint: `Mend what was objected to; a changed plan is asked for anew. Or ${plainText(f.person)} takes it back: godwit approve ${f.run}. To take back the run: godwit undo ${f.run}`,
  }),
})

export const notAsked = defineError<{ run: string; state: string; step: string | undefined; open: readonly string[] }>('GW_NOT_ASKED', {
  exit: exit.usage,
  means:
    'An approval answers a question that a run has come to. What nobody has asked yet, or what was answered already, cannot be approved: people approve what they have seen, and not what may come.',
  say: (f) => ({
    message: `Run ${f.run} (${f.state}) asks for no approval${f.step === undefined ? '' : ` at ${plainText(f.step)}`}.`,
    hint: f.open.length
      ? `It asks at ${list(f.open)}: say which with --step.`
      : 'godwit status shows what it waits for; godwit run goes on to its next gate.',
  }),
})

export const otherPlanAsked = defineError<{ run: string; asked: string; now: string; whose: string }>('GW_APPROVAL_PLAN', {
  means:
    'An approval is bound to the plan that was looked at: its id is made of every rule and every step. This one speaks of another plan than the one that the run would go on with, so it opens nothing.',
  say: (f) => ({
    message: `${f.whose} is about plan ${plainText(f.asked)}, and run ${f.run} is at plan ${f.now}.`,
    hint: 'Look at the plan as it is (godwit plan), let godwit run ask for it, and approve that.',
  }),
})

export const personUnknown = defineError<{ name: string; known: readonly string[]; near: string | undefined }>('GW_PERSON_UNKNOWN', {
  exit: exit.usage,
  means:
    'The configuration says under `people` who may answer, and this name is not among them. Godwit takes it from --by, else from GODWIT_USER, else from the user of this machine (`accounts` tells which user is whom).',
  say: (f) => ({
    message: `'${plainText(f.name)}' is none of the people of the configuration.${f.near ? ` Did you mean '${plainText(f.near)}'?` : ''}`,
    hint: `There ${f.known.length === 1 ? 'is' : 'are'}: ${list(f.known.map(plainText))}. Say who you are with --by NAME or GODWIT_USER.`,
  }),
})

export const roleMissing = defineError<{ person: string; roles: readonly string[]; wanted: readonly string[]; claimed: boolean }>(
  'GW_APPROVAL_ROLE',
  {
    means: 'The question was put to people of certain roles, and the one who answers has none of them.',
    say: (f) => ({
      message: `It is asked of ${list(f.wanted.map(plainText), 'or')}; ${plainText(f.person)} ${f.roles.length ? `is ${list(f.roles.map(plainText))}` : 'has said no role'}.`,
      hint: f.claimed
        ? 'Say in which role with --as ROLE; who has which role can be written down under `people` in the configuration.'
        : 'Let somebody answer who has the role. Roles are given under `people` in the configuration.',
    }),
  },
)

export const selfGiven = defineError<{ person: string; run: string }>('GW_APPROVAL_SELF', {
  means: 'The question wants four eyes: whoever began the run, or came to the question with it, does not answer it as well.',
  say: (f) => ({
    message: `${plainText(f.person)} began run ${f.run} or went on with it to this question, and cannot approve it: it wants other eyes.`,
    hint: 'Let somebody else look at it.',
  }),
})

export const keyMissing = defineError<{ person: string; variable: string }>('GW_KEY_MISSING', {
  exit: exit.usage,
  means:
    'The configuration says that this person signs with a key, and the variable that holds it is not set here. Without the key anybody could use the name.',
  say: (f) => ({
    message: `${plainText(f.person)} signs with the key in \${${f.variable}}, which is not set here.`,
    hint: 'Answer where the key is, or bring a reply that was signed there: godwit approve --token FILE. Its value will never be printed.',
  }),
})

export const notSigned = defineError('GW_APPROVAL_SIGNATURE', {
  means:
    'A reply that came from outside must be signed with the key of the person in whose name it speaks, over its very words. This one is not: it was changed, signed with another key, or speaks in the name of somebody who has none.',
  say: () => ({
    message: 'The signature of this reply does not fit what it says and in whose name.',
    hint: 'Sign it anew with the key of that person; nothing was recorded.',
  }),
})

export const replayed = defineError<{ person: string }>('GW_APPROVAL_REPLAYED', {
  means: 'Every answer has a number that is used once (its nonce). This one has been used: the same answer was sent a second time.',
  say: (f) => ({
    message: `This answer of ${plainText(f.person)} was recorded before; the second time it changes nothing.`,
    hint: 'If it is meant anew, sign it with another nonce.',
  }),
})

export const notOfNow = defineError<{ person: string; at: string; why: string }>('GW_APPROVAL_EXPIRED', {
  means:
    'An answer counts for its time: it may not be older than the question, older than the gate lets one count, or of a time that has not come yet. What is sent over the network must have been signed within five minutes.',
  say: (f) => ({
    message: `The answer of ${plainText(f.person)} is of ${f.at}: ${f.why}.`,
    hint: 'Answer anew. If the time is wrong, look at the clocks of both machines.',
  }),
})

export const replyUnreadable = defineError<{ what: string }>('GW_APPROVAL_UNREADABLE', {
  exit: exit.usage,
  means: 'A signed reply is one JSON object with run, step, plan, verdict, by, at, nonce and signature, and if wanted as, rows and note.',
  say: (f) => ({
    message: `This is no signed reply: ${plainText(f.what)}.`,
    hint: 'docs/guide/gates.md shows one, and how it is signed.',
  }),
})

export const waitWithoutCutover = defineError<{ time: string; at: string | undefined }>('GW_WAIT_SINCE', {
  exit: exit.usage,
  means: 'A gate waits for a time since the cutover, and nothing has been cut over when the run comes to it.',
  say: (f) => ({
    at: f.at,
    message: `wait ${f.time} counts from the cutover, and nothing has been cut over yet.`,
    hint: "Put it behind a step of the cutover that changes something, or count from when the run comes to it: since: 'step'.",
  }),
})

export const timeSpent = defineError<{ phase: string; budget: string; spent: string; before: string }>('GW_TIME_BUDGET', {
  exit: exit.resumable,
  means:
    'A phase has a time budget (`budget`), and it is spent. The run stopped at the next safe point: a unit of rows or a step that was under way was finished, and nothing is half done.',
  say: (f) => ({
    message: `The budget of ${f.budget} for ${f.phase} is spent after ${f.spent}; stopped before ${f.before}.`,
    hint: 'godwit run goes on from here, with the budget anew.',
  }),
})

export const protectedSaysNo = defineError<{ where: string; reasons: readonly string[]; run: string; quarantined: number }>(
  'GW_PROTECTED',
  {
    exit: exit.no,
    means:
      'In a protected environment nothing is cut over or taken away before some things hold: the rows were verified a short time ago, no row waits in quarantine that nobody has accepted, and a backup that was proven is not old.',
    say: (f) => ({
      message: `Nothing was changed by ${plainText(f.where)}, because this environment is protected:\n${f.reasons.map((r) => `  ${r}`).join('\n')}`,
      hint: f.quarantined
        ? `Look at them: godwit quarantine. To cut over without them: godwit approve ${f.run} --accept-quarantine ${f.quarantined}`
        : 'When that is mended: godwit run goes on from here.',
    }),
  },
)

export const notSoMany = defineError<{ accepted: number; there: number }>('GW_QUARANTINE_COUNT', {
  exit: exit.usage,
  means:
    'Rows in quarantine are accepted by their number, so that nobody accepts more than they have looked at. It is not the number that is there now.',
  say: (f) => ({
    message: `${plural(f.there, 'row is', 'rows are')} in quarantine and not waived, and not ${f.accepted}.`,
    hint: 'Look at them: godwit quarantine. Then accept the number that is there.',
  }),
})
