// Texts put into text, Markdown and HTML: as text, whatever is in them.
export const formats = ['text', 'markdown', 'html'] as const
export type Format = (typeof formats)[number]

const html = (s: string): string => s.replace(/[&<>"'`=]/g, (c) => `&#${c.charCodeAt(0)};`)

/** Means nothing to Markdown: no markup, no link, nobody mentioned. */
const markdown = (s: string): string =>
  s
    .replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\\`*_{}[\]()+!|~$]|#(?!\d+;)/g, (c) => `\\${c}`)
    .replace(/@(?=\w)/g, '@<!-- -->')
    .replace(/:\/\//g, ':<!-- -->//')

export const escaped: Readonly<Record<Format, (text: string) => string>> = { text: (s) => s, markdown, html }

/** A command or a name that is to be copied: what is in it ends it nowhere. */
export function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = /^`|`$/.test(text) ? ' ' : ''
  return `${fence}${space}${text}${space}${fence}`
}
