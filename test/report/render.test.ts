// A report goes to people who were not there, with texts in it that anybody may have written.
import { describe, expect, test } from 'vitest'
import { type Report, renderReport, reportFormats } from '../../src/report/index.ts'
import { hostile, reportOf } from './hostile.ts'

const oneByOne = hostile.map((evil): [string] => [evil])
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/

describe('html', () => {
  const tags = (html: string) => [...html.matchAll(/<\/?([a-z0-9!]+)[^>]*>/gi)].map((m) => m[1]!.toLowerCase())

  test.each(oneByOne)('%j stays text', (evil) => {
    const html = renderReport(reportOf(evil), 'html')
    // the same elements and attributes as with a harmless text, in the same order
    expect(tags(html)).toEqual(tags(renderReport(reportOf('harmless'), 'html')))
    expect(html.replace(/>[^<]*</g, '><').replace(/"[^"]*"/g, '""')).toBe(
      renderReport(reportOf('harmless'), 'html')
        .replace(/>[^<]*</g, '><')
        .replace(/"[^"]*"/g, '""'),
    )
    expect(html).not.toMatch(controls)
  })

  test('nothing in it is run or loaded, whatever the values are', () => {
    const html = renderReport(reportOf(), 'html')
    expect(tags(html)).not.toContain('script')
    expect(html).not.toMatch(/<(img|link|iframe|object|embed|form|base|a [^>]*href="(?!#))/i)
    expect(html).not.toMatch(/url\(|@import/i)
    expect(html).toContain(`default-src 'none'`)
  })

  test('tables say what their cells are, and headings lead through', () => {
    const html = renderReport(reportOf('plain'), 'html')
    const tables = html.match(/<table>[\s\S]*?<\/table>/g)!
    expect(tables.length).toBeGreaterThan(8)
    for (const t of tables) expect([t.includes('<caption>'), t.includes('<th scope="col"')]).toEqual([true, true])
    expect(html).toMatch(/<html lang="en">/)
    expect(html.match(/<h1>/g)).toHaveLength(1)
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1])
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, to] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(to)
  })

  test('colour carries nothing alone: every verdict is a word', () => {
    for (const outcome of ['passed', 'failed', 'not verified', 'not finished', 'undone'] as const) {
      const html = renderReport({ ...reportOf('x'), verdict: { outcome, says: [] } }, 'html')
      expect(html).toContain(`${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}</p>`)
    }
  })
})

describe('text', () => {
  /** As a terminal counts: East Asian characters and emoji take two. */
  const columns = (line: string) =>
    [...line].reduce((n, c) => n + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]|\p{Emoji_Presentation}/u.test(c) ? 2 : 1), 0)

  test.each(oneByOne)('no line is wider than a hundred with %j', (evil) => {
    const lines = renderReport(reportOf(evil, 3), 'text').split('\n')
    expect(lines.filter((l) => columns(l) > 100)).toEqual([])
  })

  test('nothing in it can drive a terminal or begin a line of its own', () => {
    const text = renderReport(reportOf(), 'text')
    expect(text).not.toMatch(controls)
    expect(text.split('\n').filter((l) => /^(# heading|\|---)/.test(l))).toEqual([])
  })

  test('the verdict comes first', () => {
    expect(renderReport(reportOf('m'), 'text').split('\n')[0]).toBe('✗ FAILED  m  m  run r7  plan 74d3172e16d8')
  })
})

describe('markdown', () => {
  test.each([1, 3, 40])('sixty lines at most, however much there is to say (%i of each)', (n) => {
    const lines = renderReport(reportOf('plain', n), 'markdown').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(lines.filter((l) => l.startsWith('<details>')).length).toBe(lines.filter((l) => l === '</details>').length)
  })

  test.each(oneByOne)('%j stays text', (evil) => {
    const markdown = renderReport(reportOf(evil), 'markdown')
    const outside = markdown.replace(/(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')
    expect(outside.replace(/<!-- -->|<\/?(details|summary|sub)>|<!-- godwit report [^<>]*-->/g, '')).not.toMatch(/<[a-z!/]/i)
    expect(outside).not.toMatch(/(?<!\\)\]\(/)
    expect(outside).not.toMatch(/@\w/)
    expect(markdown).not.toMatch(controls)
    expect(markdown.split('\n').filter((l) => l.startsWith('# ') || l === '|---|---|')).toEqual([])
  })

  test('a pipe in a name does not make a cell', () => {
    const row = renderReport(reportOf('a|b'), 'markdown')
      .split('\n')
      .find((l) => l.includes('12,345,678'))!
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(7)
  })
})

describe('json', () => {
  test('is the report, with its version', () => {
    const report = reportOf()
    const read = JSON.parse(renderReport(report, 'json')) as Report
    expect([read.format, read.version]).toEqual(['godwit report', 1])
    expect(read).toEqual(JSON.parse(JSON.stringify(report)))
  })
})

describe('junit', () => {
  const tests = (xml: string) => [...xml.matchAll(/<testcase /g)].length

  test('each answer is a test, and what was not verified has failed', () => {
    const r = reportOf('plain', 2)
    const xml = renderReport(r, 'junit')
    expect(tests(xml)).toBe(r.books.length + r.verification!.answers.length + 1)
    expect(xml).toContain(`tests="${tests(xml)}" failures="${[...xml.matchAll(/<failure /g)].length}"`)
    const bad = r.verification!.answers.filter((a) => a.verdict !== 'passed').length
    expect([...xml.matchAll(/<failure /g)]).toHaveLength(bad + r.books.filter((b) => !b.close).length + 1)
  })

  test.each(oneByOne)('%j stays text', (evil) => {
    const xml = renderReport(reportOf(`${evil}\ufffe\ud800`), 'junit')
    expect(xml.replace(/<\/?(testsuites?|testcase|failure)( [a-z]+="[^"<>]*")*\/?>|<\?xml [^>]*>/g, '')).not.toMatch(/[<>"]/)
    expect(xml).not.toMatch(controls)
    expect(xml.isWellFormed()).toBe(true)
  })
})

test('every format is there', () => {
  expect(reportFormats).toEqual(['text', 'markdown', 'json', 'html', 'junit'])
  for (const format of reportFormats) expect(renderReport(reportOf('x'), format)).toMatch(/\n$/)
})
