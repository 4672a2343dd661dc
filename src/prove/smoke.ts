// What the application does that runs before the phases, tried against the schema after each of them.
import { split } from '../lint/split.ts'
import { plural } from '../text.ts'
import type { Claim } from './certificate.ts'
import type { Engine } from './engines/engine.ts'

/** Each of its statements, taken back at once. Sequences go on all the same: the database is not compared afterwards with one that had none. */
export class Smoke {
  readonly #statements: readonly string[] | undefined
  readonly #broken: readonly string[]
  readonly #engine: Engine
  /** Whether a phase has been that takes things away. */
  #late = false

  private constructor(engine: Engine, statements: readonly string[] | undefined, broken: readonly string[]) {
    this.#engine = engine
    this.#statements = statements
    this.#broken = broken
  }

  static async begin(engine: Engine, url: string, text: string | undefined): Promise<Smoke> {
    const statements =
      text === undefined ? undefined : split(text, { mysql: engine.dialect === 'mysql' }).map(({ from, to }) => text.slice(from, to))
    return new Smoke(engine, statements, statements ? await Smoke.#refusedIn(engine, url, statements) : [])
  }

  claims(): Claim[] {
    const claim = 'the smoke statements hold before the first phase'
    if (!this.#statements) return []
    if (this.#statements.length === 0) return [{ claim, result: 'not proved', why: ['the file holds no statement'] }]
    return [{ claim, result: this.#broken.length ? 'refuted' : 'proved', why: this.#broken }]
  }

  async after(url: string, phase: string): Promise<Claim> {
    const claim = 'the application that runs before the phases still works'
    if (!this.#statements?.length) return { claim, result: 'not proved', why: ['no smoke statements were given (--smoke)'] }
    const why = await Smoke.#refusedIn(this.#engine, url, this.#statements)
    this.#late ||= phase === 'contract'
    const who = phase === 'contract' ? 'this phase' : 'a phase before this one'
    const expected = why.length && this.#late ? [`${who} takes away what it uses: ship it when that application runs no more`] : []
    return {
      claim,
      result: why.length ? 'refuted' : 'proved',
      why: why.length ? [...why, ...expected] : [plural(this.#statements.length, 'statement')],
    }
  }

  static async #refusedIn(engine: Engine, url: string, statements: readonly string[]): Promise<string[]> {
    const worker = await engine.open(url)
    const found: string[] = []
    try {
      for (const sql of statements) {
        await worker.refusal('begin')
        const why = await worker.refusal(sql)
        await worker.refusal('rollback')
        if (why !== undefined) found.push(`${sql.replace(/\s+/g, ' ').slice(0, 80)}: ${why}`)
      }
    } finally {
      await worker.close()
    }
    return found
  }
}
