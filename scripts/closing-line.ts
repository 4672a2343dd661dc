// The last line of a test run is `N passed, N failed` (and `, N skipped`), for people and for .ci/run to read.
import { writeSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

type Counts = Record<'passed' | 'failed' | 'skipped', number>

export default class ClosingLine implements Reporter {
  #counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  #skipped: string[] = []

  onInit() {
    // On exit, because the other reporters write their summaries after the run has ended.
    process.once('exit', (code) => writeSync(1, `${this.#skipped.join('')}\n${closingLine(this.#counts, code)}\n`))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]) {
    this.#counts = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) this.#countModule(module)
  }

  #countModule(module: TestModule) {
    // A file or a describe that fails outside its tests has no failed test to show for it.
    if (module.errors().length > 0) this.#counts.failed++
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) this.#counts.failed++
    for (const test of module.children.allTests()) this.#countTest(test)
  }

  #countTest(test: TestCase) {
    const { state } = test.result()
    // Pending: the run was broken off before it came to this test.
    this.#counts[state === 'pending' ? 'failed' : state]++
    // What is skipped has its reason in its name; by hand, most of it is only what was not asked for.
    if (state === 'skipped' && process.env['CI']) this.#skipped.push(`skipped  ${test.module.relativeModuleId} > ${test.fullName}\n`)
  }
}

/** A run that went wrong without a failed test (no test found, a broken set-up) counts as one failure. */
export function closingLine({ passed, failed, skipped }: Counts, exitCode: number): string {
  const shown = failed === 0 && exitCode !== 0 ? 1 : failed
  return `${passed} passed, ${shown} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
