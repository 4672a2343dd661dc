// What holds for every file, and would otherwise be asked for in each review.
import { expect, test } from 'vitest'
import { filesBelow, type SourceFile } from './support/files.ts'

const source = filesBelow(['src'])
const everything = filesBelow(['src', 'test', 'examples', 'bench', 'scripts', 'bin'])

// Written so that this file does not find itself.
const clock = /\bDate\.now\(/
const dice = /\bMath\.random\(/
const unfinished = /\b(TO[D]O|FIX[M]E)\b/
const singledOut = /\.only\(/
/** Where the time may be read: everywhere else it is handed in, because gates wait thirty days and tests do not. */
const mayReadTheClock = ['src/run/clock.ts']

const withMatch = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.flatMap(({ path, text }) => text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])))
const longerThan = (files: readonly SourceFile[], most: number): string[] =>
  files.filter(({ text }) => text.trimEnd().split('\n').length > most).map(({ path }) => path)

test('time is read in one place', () => {
  const others = source.filter(({ path }) => !mayReadTheClock.includes(path))
  expect(withMatch(others, clock)).toEqual([])
})

test('nothing is left to chance', () => expect(withMatch(source, dice)).toEqual([]))
test('nothing is unfinished by its own words', () => expect(withMatch(everything, unfinished)).toEqual([]))
test('no test is singled out', () => expect(withMatch(everything, singledOut)).toEqual([]))
test('no source file is longer than 400 lines', () => expect(longerThan(source, 400)).toEqual([]))

test('each of these would be found', () => {
  const text = ['Date.now', 'Math.random', 'it.only'].map((name) => `${name}()`).concat(['TO', 'DO'].join(''))
  const bad = { path: 'bad.ts', text: text.join('\n') }
  const found = [clock, dice, unfinished, singledOut].map((pattern) => withMatch([bad], pattern).length)
  expect(found).toEqual([1, 1, 1, 1])
  expect(longerThan([{ path: 'long.ts', text: 'x\n'.repeat(401) }], 400)).toEqual(['long.ts'])
})
