// How good the linter is: by samples that were labelled before it was asked, in the form in which programs ask it.
import { beforeAll, expect, test } from 'vitest'
import { judgeLine } from '../../src/lint/batch.ts'
import { ready } from '../../src/lint/read.ts'
import { otherEngines, type Sample, samples } from './samples/index.ts'
import { dangersOf, lineOf } from './samples/labelled.ts'

beforeAll(ready)

interface Answer {
  readonly dangerous: boolean
  readonly categories: readonly string[]
}

function measured({ dialect, all }: Sample) {
  const answers = all.map((one) => {
    const { dangerous, categories } = judgeLine(lineOf(one, dialect)) as Answer
    const [chief] = dangersOf(one)
    return { sql: one[0], wanted: chief !== undefined, dangerous, named: chief === undefined || categories.includes(chief) }
  })
  const those = (wanted: boolean, dangerous: boolean) => answers.filter((a) => a.wanted === wanted && a.dangerous === dangerous)
  const [found, missed, alarms, quiet] = [those(true, true), those(true, false), those(false, true), those(false, false)]
  return {
    f1: (2 * found.length) / (2 * found.length + missed.length + alarms.length),
    falseAlarms: alarms.length / Math.max(1, alarms.length + quiet.length),
    namedRight: found.filter((a) => a.named).length / found.length,
    wrong: [...missed, ...alarms].map((a) => a.sql),
  }
}

test.each([...samples, ...otherEngines])('$name: few are missed, few are told for nothing', (sample) => {
  const { f1, falseAlarms, namedRight, wrong } = measured(sample)
  expect([f1 >= 0.95, falseAlarms < 0.04, namedRight >= 0.95], JSON.stringify({ f1, falseAlarms, namedRight, wrong }, null, 1)).toEqual([
    true,
    true,
    true,
  ])
})
