// Texts that leave the house: one line each, nothing in them that cannot be seen, no values of rows.
import { plainText } from '../text.ts'

const unseen = /[\u00ad\u061c\u180e\u200b-\u200f\u2028\u2029\ufeff]/g

/** Names may come from anywhere: on one line, without what drives a terminal or hides itself, and not longer than a message should be. */
export function line(text: string, most: number): string {
  const bare = plainText(text.toWellFormed().replace(/\s+/g, ' ')).replace(unseen, '').trim()
  const characters = [...bare]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : bare
}

const quoted =
  /(\b(?:column|relation|table|view|schema|constraint|index|type|role|database|function|sequence|trigger|extension) )?('[^'\n]*'|"[^"\n]*"|=\([^()\n]*\))/g

/** What a server says quotes values of rows. They are nobody's business outside: only what is said to be a name stays. */
export const masked = (text: string): string =>
  text.replace(quoted, (whole, kind: string | undefined, what: string) => (kind === undefined ? `${what[0]}…${what.at(-1)}` : whole))
