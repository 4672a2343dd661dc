// Answers to the questions of gates: given here, brought as a signed text, or taken over HTTP.
import { readFileSync } from 'node:fs'
import { commandWrong } from '../errors/cli.ts'
import { type Answered, type Answering, acceptQuarantine, answer, answerSigned } from '../run/gates/answer.ts'
import { listen } from '../run/gates/listen.ts'
import type { People } from '../run/gates/people.ts'
import { readReply } from '../run/gates/reply.ts'
import { list } from '../text.ts'
import type { Context, Outcome } from './context.ts'
import { configOf, withDatabase } from './project.ts'
import { answeredText } from './terminal/answered-text.ts'

type Said = Pick<Answering, 'step' | 'as' | 'by' | 'note'>

export async function giveAnswer(
  context: Context,
  run: string | undefined,
  verdict: 'approved' | 'rejected',
  said: Said,
): Promise<Outcome> {
  if (said.note !== undefined && !isOneLine(said.note))
    throw commandWrong({
      message: 'The words are empty, or more than one line.',
      hint: 'Say it in one line: it is signed, and read by others.',
    })
  const named = theRun(run)
  const config = await configOf(context)
  return withDatabase(context, config, async ({ db }) =>
    told(context, await answer(db, verdict, { ...said, run: named, people: config.people })),
  )
}

const isOneLine = (text: string): boolean => text.trim() !== '' && !/[\u0000-\u001f]/.test(text)

function theRun(run: string | undefined): string {
  if (run !== undefined) return run
  throw commandWrong({ message: 'Which run?', hint: 'godwit status names those that wait: godwit approve r4' })
}

export async function acceptRows(context: Context, run: string | undefined, rows: number, said: Said): Promise<Outcome> {
  const named = theRun(run)
  const config = await configOf(context)
  return withDatabase(context, config, async ({ db }) =>
    told(context, await acceptQuarantine(db, rows, { ...said, run: named, people: config.people })),
  )
}

export async function takeToken(context: Context, file: string): Promise<Outcome> {
  const reply = readReply(textOf(file))
  const config = await configOf(context)
  return withDatabase(context, config, async ({ db }) => told(context, await answerSigned(db, reply, { people: config.people })))
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw commandWrong({ message: `${file} cannot be read: ${(error as Error).message}`, hint: 'Name the file, or - for stdin.' })
  }
}

function told(context: Context, answered: Answered): Outcome {
  for (const line of answeredText(answered, context)) context.screen.say(line)
  return { json: answered }
}

export async function listenForAnswers(context: Context, { host, port }: { host: string | undefined; port: number }): Promise<Outcome> {
  const config = await configOf(context)
  const able = thoseWithKeys(config.people)
  const { screen } = context
  const taken: Answered[] = []
  const door = await listen({
    people: config.people,
    withDatabase: (work) => withDatabase(context, config, ({ db }) => work(db)),
    ...(host === undefined ? {} : { host }),
    port,
    tell: (answered) => {
      taken.push(answered)
      for (const line of answeredText(answered, context)) screen.note(line)
    },
  }).catch((error: unknown) => {
    throw commandWrong({ message: `No door could be opened there: ${(error as Error).message}`, hint: 'Choose another port or host.' })
  })
  screen.note(
    `Taking signed answers of ${list(able)} at http://${door.host.includes(':') ? `[${door.host}]` : door.host}:${door.port}/ until Ctrl-C.`,
  )
  await asked()
  await door.close()
  return { json: { taken } }
}

function thoseWithKeys(people: People): string[] {
  const able = Object.keys(people).filter((name) => people[name]!.key?.value)
  if (able.length) return able
  throw commandWrong({
    message: 'Nobody could answer: none of the people of the configuration has a key that is known here.',
    hint: "Give them one under people: { ada: { roles: ['dba'], key: '${ADA_KEY}' } }, and set ADA_KEY here.",
  })
}

const asked = (): Promise<void> =>
  new Promise((done) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => done())
  })
