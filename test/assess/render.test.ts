// An assessment goes to people who were not there, with texts in it that anybody may have written.
import { describe, expect, test } from 'vitest'
import { renderAssessment } from '../../src/report/assessment/index.ts'
import { assessmentOf, hostile } from '../report/hostile.ts'

const oneByOne = hostile.map((evil): [string] => [evil])
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/

describe('html', () => {
  const tags = (html: string) => [...html.matchAll(/<\/?([a-z0-9!]+)[^>]*>/gi)].map((m) => m[1]!.toLowerCase())
  /** What it may say in as many lines as it has. */
  const bare = (html: string) => tags(html).filter((t) => t !== 'br' && t !== 'code')

  test.each(oneByOne)('%j stays text', (evil) => {
    const html = renderAssessment(assessmentOf(evil), 'html')
    expect(bare(html)).toEqual(bare(renderAssessment(assessmentOf('harmless'), 'html')))
    expect(html).not.toMatch(controls)
  })

  test('nothing in it is run or loaded', () => {
    const html = renderAssessment(assessmentOf(), 'html')
    expect(tags(html)).not.toContain('script')
    expect(html).not.toMatch(/<(img|link|iframe|object|embed|form|base|a )/i)
    expect(html).toContain(`default-src 'none'`)
    expect(html.match(/<h1>/g)).toHaveLength(1)
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('colour carries nothing alone: every verdict is a word', () => {
    for (const outcome of ['ready', 'not ready', 'nothing to migrate'] as const) {
      const html = renderAssessment({ ...assessmentOf('x'), verdict: { outcome, says: [] } }, 'html')
      expect(html).toContain(`${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}</p>`)
    }
  })
})

describe('text', () => {
  test('the verdict comes first, then what stands in the way', () => {
    const lines = renderAssessment({ ...assessmentOf('m'), verdict: { outcome: 'ready with warnings', says: [] } }, 'text').split('\n')
    expect(lines[0]).toBe('✓ READY WITH 1 WARNING  m  m  m')
    expect(lines.filter((l) => /^\S/.test(l)).slice(1, 6)).toEqual(['Tables', 'Errors', 'Warnings', 'Notes', 'Not looked at'])
  })

  test('nothing in it can drive a terminal', () => {
    expect(renderAssessment(assessmentOf(), 'text')).not.toMatch(controls)
  })

  test('what was found says how much more there is', () => {
    expect(renderAssessment(assessmentOf('m'), 'text')).toContain('… and 33 more')
  })
})

describe('markdown', () => {
  test.each([1, 3, 40])('sixty lines at most, however much there is to say (%i of each)', (n) => {
    const lines = renderAssessment(assessmentOf('plain', n), 'markdown').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(lines.filter((l) => l.startsWith('<details>')).length).toBe(lines.filter((l) => l === '</details>').length)
  })

  test.each(oneByOne)('%j stays text', (evil) => {
    // between backticks all is text
    const md = renderAssessment(assessmentOf(evil), 'markdown').replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '')
    expect(md).not.toMatch(/<(script|img|a |iframe)/i)
    expect(md).not.toMatch(controls)
  })
})

test('json is the assessment', () => {
  expect(JSON.parse(renderAssessment(assessmentOf('m'), 'json'))).toEqual(JSON.parse(JSON.stringify(assessmentOf('m'))))
})
