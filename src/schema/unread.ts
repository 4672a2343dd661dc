// Rows of another place that could not be read: why, and under which names what is known of them stands among the values of the row.

/** By the reason that such a row has in quarantine, what is said of it. */
export const unreadRows = {
  CSV_RAGGED: 'has more or fewer fields than its file has columns',
  CSV_QUOTE: 'has a quote where none may be',
  JSON_INVALID: 'is not a JSON object',
  JSON_KEY_TWICE: 'has a key twice',
  OUT_OF_RANGE: 'has a date that Postgres cannot hold',
  ENCODING: 'holds a text that Postgres cannot: its bytes are kept',
} as const

export type Unread = keyof typeof unreadRows

/** Columns of a source are not called so. */
export const ownPrefix = 'godwit '
export const reasonKey = 'godwit reason'
export const placeKey = 'godwit place'
export const rawKey = 'godwit row'
