// What the sections are made of.
import { count } from '../../text.ts'
import type { Outcome } from '../report.ts'
import { markup as h, Markup } from './markup.ts'

export const classOf = (o: Outcome): string => o.replace(' ', '-')

export const section = (id: string, title: string, aside: string | undefined, body: Markup | readonly Markup[]): Markup =>
  h`<section aria-labelledby="${id}">
<h2 id="${id}">${title}${aside && h`<small>${aside}</small>`}</h2>
${body}
</section>
`

/** A column whose name begins with # is of numbers. */
export function table(caption: string, head: readonly string[], rows: readonly Markup[]): Markup {
  return h`<div class="wide"><table>
<caption>${caption}</caption>
<thead><tr>${head.map((name) => h`<th scope="col"${name.startsWith('#') && new Markup(' class="number"')}>${name.replace('#', '')}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`
}

export const number = (n: number): Markup => h`<td class="number">${count(n)}</td>`
