// For a pull request: the verdict in sight, all else folded away, sixty lines at most.
import { count, plural } from '../text.ts'
import { digest, said } from './assessment/words.ts'
import type { Asked, Report } from './report.ts'
import * as words from './words.ts'

const most = 60

export function markdown(r: Report): string {
  const above = [
    // a bot that posts this finds its own comment by it
    `<!-- godwit report ${r.migration.replaceAll(/[^A-Za-z0-9_.]+/g, '-')} -->`,
    `## ${words.signs[r.verdict.outcome]} ${r.verdict.outcome}: ${plain(r.migration)}`,
    '',
    ...r.verdict.says.map((s) => `- ${plain(s)}`).slice(0, 4),
    ...(r.verdict.next ? [`- ${plain(r.verdict.next)}`] : []),
    ...r.notes.map((n) => `- ${plain(n)}`).slice(0, 1),
    '',
    ...booksTable(r),
    '',
  ]
  const below = ['', `<sub>${facts(r)}</sub>`]
  const folded = [objections(r), quarantine(r), warnings(r), verification(r), coverage(r), course(r), approvals(r), assessed(r)].filter(
    (f) => f !== undefined,
  )
  return `${[...above, ...fitting(folded, most - above.length - below.length, '`godwit report`'), ...below].join('\n')}\n`
}

export interface Folded {
  readonly title: string
  readonly rows: readonly string[]
}

/** Each part is folded away; where there are more rows than lines, every part gives way alike. */
export function fitting(parts: readonly Folded[], lines: number, all: string): string[] {
  const frame = 4
  const each = Math.max(1, Math.floor(lines / Math.max(parts.length, 1)) - frame)
  const spare = parts.reduce((n, p) => n + Math.max(0, each - p.rows.length), 0)
  let left = spare
  return parts.flatMap((p) => {
    const over = Math.max(0, p.rows.length - each)
    const room = each + Math.min(over, left)
    left -= Math.min(over, left)
    return fold(p.title, cutTo(p.rows, room, all))
  })
}

const cutTo = (rows: readonly string[], room: number, all: string): string[] =>
  rows.length <= room ? [...rows] : [...rows.slice(0, room - 1), `- … and ${rows.length - room + 1} more; ${all} has all`]

const fold = (title: string, rows: readonly string[]): string[] => [`<details><summary>${html(title)}</summary>`, '', ...rows, '</details>']

function booksTable({ books }: Report): string[] {
  const shown = books.length > 6 ? books.slice(0, 5) : books
  return [
    '| mapping | read | = migrated | + quarantined | + filtered | warnings |',
    '|---|--:|--:|--:|--:|--:|',
    ...shown.map(
      ({ mapping, totals: t, close }) =>
        `| ${plain(mapping)}${close ? '' : ' **does not close**'} | ${[t.read, t.migrated, t.quarantined, t.filtered, t.warned].map(count).join(' | ')} |`,
    ),
    ...(shown.length < books.length ? [`| … and ${books.length - shown.length} more | | | | | |`] : []),
  ]
}

function facts(r: Report): string {
  const parts = [
    `run ${r.run.id}`,
    `plan ${r.run.plan}`,
    ...(r.run.environment === undefined ? [] : [plain(r.run.environment)]),
    plain(`${r.database.name} (${r.database.server})`),
    `started ${words.moment(r.run.startedAt)}`,
    ...(r.run.finishedAt ? [`${r.run.state === 'undone' ? 'taken back' : 'finished'} ${words.moment(r.run.finishedAt)}`] : []),
    `report of ${words.moment(r.madeAt)}`,
  ]
  return parts.join(' · ')
}

function objections({ verification: v }: Report): Folded | undefined {
  const bad = v?.answers.filter((a) => a.verdict !== 'passed') ?? []
  return bad.length
    ? { title: `${plural(bad.length, 'answer')} that ${bad.length === 1 ? 'is' : 'are'} not as it should be`, rows: bad.flatMap(objection) }
    : undefined
}

function objection(a: Asked['answers'][number]): string[] {
  const sample = a.sample.slice(0, 2).map((row) => `  - ${code(words.sample(row))}`)
  return [
    `- **${a.verdict}**: ${plain(a.title)}, ${count(a.wrong)} wrong of ${count(a.examined)}${a.note ? ` (${plain(a.note)})` : ''}`,
    ...sample,
  ]
}

function quarantine({ quarantine: q, masked }: Report): Folded | undefined {
  if (!q.rows) return undefined
  const rows = q.causes.map((c) => {
    const seen = c.examples.map((e) => (e.value === undefined ? code(e.key) : `${code(e.key)} ${code(e.value)}`)).join(', ')
    return `- ${count(c.rows)} × ${c.code} ${plain(words.cause(c))}: ${seen}${c.at ? ` (${plain(c.at)})` : ''}${c.waived ? ` *${plain(words.waived(c))}*` : ''}`
  })
  return {
    title: `${plural(q.rows, 'row')} in quarantine${q.waived ? `, ${count(q.waived)} waived` : ''}${masked ? ' (values masked)' : ''}`,
    rows,
  }
}

function warnings({ warnings: all }: Report): Folded | undefined {
  const rows = all.map((w) => `- ${count(w.rows)} × ${w.code} ${plain(words.cause(w))}${w.at ? ` (${plain(w.at)})` : ''}`)
  return all.length
    ? {
        title: `${plural(
          all.reduce((n, w) => n + w.rows, 0),
          'warning',
        )}`,
        rows,
      }
    : undefined
}

function verification({ verification: v }: Report): Folded | undefined {
  if (!v) return undefined
  const groups = words.questionsAbout.flatMap(([about, says]) => {
    const answers = words.answersAbout(v, about)
    return answers.length ? [`- ${says}: ${words.tally(answers)}`] : []
  })
  return {
    title: `Verification: ${v.verdict}, asked ${words.moment(v.at)} ${v.when}`,
    rows: [...groups, ...v.notes.map((n) => `- ${plain(n)}`)],
  }
}

function coverage({ coverage: all }: Report): Folded | undefined {
  if (!all.length) return undefined
  const rows = all.flatMap((c) => [
    `- ${plain(c.source)}: ${words.coverageSummary(c)}`,
    ...c.columns.filter((x) => x.ignored !== undefined).map((x) => `  - ${code(x.column)} ${plain(words.goesTo(x))}`),
  ])
  return { title: 'Columns: where each one went', rows }
}

function course(r: Report): Folded | undefined {
  const rows = [
    ...r.steps.map((s) => `- ${plain(s.title)}: ${words.took(s)}`),
    ...r.processes.map((s, i, all) => `- pass ${s.pass}, ${words.clock(s.from)} to ${words.clock(s.to)}: ${words.worked(s, i, all)}`),
  ]
  return rows.length ? { title: 'Course of the run', rows } : undefined
}

function approvals({ approvals: all }: Report): Folded | undefined {
  const rows = all.map(
    (a) =>
      `- ${words.moment(a.at)} ${plain(words.saidYesOrNo(a))}: ${plain(a.question)}${a.note === undefined ? '' : ` (${plain(a.note)})`}, of plan ${code(a.plan)}`,
  )
  return rows.length ? { title: plural(rows.length, 'answer of people', 'answers of people'), rows } : undefined
}

function assessed({ assessment: a }: Report): Folded | undefined {
  return a && { title: `Assessment before the run: ${said(a)}`, rows: digest(a).map((line) => `- ${plain(line)}`) }
}

const html = (s: string): string => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** Text that means nothing to Markdown: no markup, no link, nobody mentioned. */
export const plain = (s: string): string =>
  words
    .visible(s)
    .replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\\`*_{}[\]()#+!|~$]/g, (c) => `\\${c}`)
    .replace(/&\\#/g, '&#')
    .replace(/@(?=\w)/g, '@<!-- -->')
    .replace(/:\/\//g, ':<!-- -->//')

/** A fence longer than any run of backticks in it. Not for tables: there a pipe would end the cell. */
export function code(s: string): string {
  const inside = words.visible(s)
  const longest = Math.max(0, ...(inside.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = inside.startsWith('`') || inside.endsWith('`') || inside.trim() === '' ? ' ' : ''
  return `${fence}${space}${inside}${space}${fence}`
}
