// How a run of an example ended, and what was said in it.
import type { Answer, Event, Observe, View, verify } from '../../src/api.ts'

export interface Ended {
  /** `finished`, or the code of the error and its exit. */
  readonly end: string
  readonly answers: readonly Answer[]
}

/** With all that verification said. */
export async function answersIn(run: (observe: Observe) => Promise<{ readonly state: string }>): Promise<Ended> {
  const answers: Answer[] = []
  const observe = (event: Event) => {
    if (event.type === 'check.answered') answers.push(event.answer)
  }
  const end = await run(observe).then(
    (view) => view.state,
    ({ code, exit, message }: { code?: string; exit?: number; message: string }) => (code ? `${code}, exit ${exit}` : message),
  )
  return { end, answers }
}

export const notPassed = (answers: readonly Answer[]): readonly Answer[] => answers.filter((a) => a.verdict !== 'passed')

/** What a verification objects to. */
export const objections = ({ answers }: Awaited<ReturnType<typeof verify>>): string[] =>
  notPassed(answers).map((a) => `${a.title}: ${a.verdict}`)

export const bookedFor = (view: View): Record<string, unknown> =>
  Object.fromEntries(view.steps.flatMap((s) => s.books.map((b) => [b.mapping, b.totals])))
