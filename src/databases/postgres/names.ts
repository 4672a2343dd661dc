// Names and literals as SQL text. All of this folder's SQL that holds a name goes through here.

/** A name, quoted always: an unquoted `user` would be a function. */
export function ident(name: string): string {
  // the server cannot have such a name, and would cut the statement off at it
  if (name.includes('\0') || !name.isWellFormed()) throw new TypeError('A name cannot hold NUL or half a surrogate pair.')
  return `"${name.replaceAll('"', '""')}"`
}

export const qualifiedIdent = (schema: string, name: string): string => `${ident(schema)}.${ident(name)}`

export function literal(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) throw new TypeError('A text literal cannot hold NUL or half a surrogate pair.')
  const quoted = `'${text.replaceAll("'", "''")}'`
  // E'' so that it means the same whatever standard_conforming_strings is
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/** An array literal for a bound text[] value. */
export const textArray = (items: readonly string[]): string =>
  `{${items.map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`
