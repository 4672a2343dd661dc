// Who carries migrations out on a scratch database: the tool that they were written for, or Godwit's own reading of them.
import type { Step } from '../order.ts'

export interface Ran {
  readonly statements: number
  /** What a database said where it refused something; then those after it were not tried. */
  readonly failed?: { readonly id: string; readonly why: string }
}

export interface Runner {
  /** For the certificate. */
  readonly name: string
  /** Why it cannot carry this one out, where it cannot. */
  cannot(step: Step): string | undefined
  /** The same of its way back. */
  cannotBack(step: Step): string | undefined
  /** It learns that these have been carried out, where their result was brought in another way. */
  stand(url: string, steps: readonly Step[]): Promise<Ran>
  /** Steps that follow one another in the order, on the database of `url`. */
  up(url: string, steps: readonly Step[]): Promise<Ran>
  /** `to`: the one before it. */
  down(url: string, step: Step, to: Step | undefined): Promise<Ran>
  close(): void
}
