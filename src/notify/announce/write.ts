// An announcement written out: by the words that come with it, or by a template of one's own.
import { templateNames } from '../../errors/notify.ts'
import { didYouMean } from '../../text.ts'
import { escaped, type Format } from '../markup.ts'
import type { Audience, Facts } from './announcement.ts'

interface Section {
  readonly head: string
  readonly lines: readonly string[]
}

/** Which facts concern whom, in the order in which they ask. */
const sectionsFor: Readonly<Record<Audience, (f: Facts) => readonly Section[]>> = {
  users: (f) => [
    { head: 'When', lines: [f.window, `It takes ${f.duration}.`] },
    { head: 'What it means for you', lines: f.impact },
    { head: 'What to do', lines: f.todo },
    {
      head: 'If something goes wrong',
      lines: [f.back.length > 1 ? 'It is stopped, and taken back as far as it can be.' : 'It is stopped and taken back.'],
    },
    { head: 'Whom to ask', lines: f.contacts },
  ],
  team: (f) => [
    { head: 'When', lines: [f.window, `It takes ${f.duration}.`] },
    { head: 'What moves', lines: f.moves },
    { head: 'What changes', lines: f.changes },
    { head: 'What waits meanwhile', lines: f.impact },
    { head: 'Gates', lines: f.gates },
    { head: 'How we know that it is right', lines: [f.proof] },
    { head: 'What to do', lines: f.todo },
    { head: 'Way back', lines: f.back },
    { head: 'Whom to ask', lines: f.contacts },
  ],
  management: (f) => [
    { head: 'When', lines: [f.window, `It takes ${f.duration}.`] },
    { head: 'What it means', lines: f.impact },
    { head: 'Decisions', lines: f.todo },
    { head: 'How we know that it is right', lines: [f.proof] },
    { head: 'Way back', lines: f.back },
    { head: 'Whom to ask', lines: f.contacts },
  ],
}

interface Writing {
  title(text: string): string
  section(head: string, lines: readonly string[]): string
  foot(text: string): string
  all(parts: readonly string[], title: string): string
}

const bullets = (lines: readonly string[]): string => lines.map((l) => `- ${l}`).join('\n')
const { markdown, html } = escaped

const writings: Readonly<Record<Format, Writing>> = {
  text: {
    title: (t) => t,
    section: (head, lines) => `${head}\n${lines.map((l) => `  ${l}`).join('\n')}`,
    foot: (t) => t,
    all: (parts) => `${parts.join('\n\n')}\n`,
  },
  markdown: {
    title: (t) => `# ${markdown(t)}`,
    section: (head, lines) => `## ${head}\n\n${bullets(lines.map(markdown))}`,
    foot: (t) => `<sub>${markdown(t)}</sub>`,
    all: (parts) => `${parts.join('\n\n')}\n`,
  },
  html: {
    title: (t) => `<h1>${html(t)}</h1>`,
    section: (head, lines) => `<h2>${html(head)}</h2>\n<ul>${lines.map((l) => `<li>${html(l)}</li>`).join('')}</ul>`,
    foot: (t) => `<p><small>${html(t)}</small></p>`,
    all: (parts, title) =>
      `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${html(title)}</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-bottom:.2rem}ul{margin-top:0}</style></head>\n<body>\n${parts.join('\n')}\n</body></html>\n`,
  },
}

export function announced(facts: Facts, audience: Audience, format: Format): string {
  const w = writings[format]
  const title = `Planned change of data: ${facts.migration} (${facts.environment})`
  const sections = sectionsFor[audience](facts).filter((s) => s.lines.length)
  const foot = `migration ${facts.migration}, plan ${facts.plan}`
  return w.all([w.title(title), ...sections.map((s) => w.section(s.head, s.lines)), w.foot(foot)], title)
}

// ── a template of one's own ──────────────────────────────────────────────────────────────────

const place = /\\\{\{|\{\{\s*([^{}]*?)\s*\}\}/g

/** {{names}} put in, escaped for the format; the template itself is taken as it stands. */
export function filled(template: { readonly file: string; readonly text: string }, facts: Facts, format: Format): string {
  refuseUnknown(template, Object.keys(facts))
  return template.text.replace(place, (_, name: string | undefined) =>
    name === undefined ? '{{' : value(facts[name as keyof Facts], format),
  )
}

function value(fact: string | readonly string[], format: Format): string {
  if (typeof fact === 'string') return escaped[format](fact)
  const lines = fact.map(escaped[format])
  return format === 'html' ? `<ul>${lines.map((l) => `<li>${l}</li>`).join('')}</ul>` : bullets(lines)
}

function refuseUnknown({ file, text }: { readonly file: string; readonly text: string }, known: readonly string[]): void {
  const unknown = [...text.matchAll(place)].flatMap(({ 1: name, index }) =>
    name === undefined || known.includes(name)
      ? []
      : [{ name, line: text.slice(0, index).split('\n').length, near: didYouMean(name, known) }],
  )
  if (unknown.length) throw templateNames({ file, unknown, known })
}
