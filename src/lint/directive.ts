// What a file says of itself, in the words of those who run it.

const alone = [
  /^--\s*\+goose\s+no\s+transaction/im,
  /^--\s*atlas:txmode\s+none/im,
  /^--\s*migrate:up\b.*transaction:false/im,
  /^--\s*no-transaction\b/im,
  /^(--|#)?\s*executeInTransaction\s*=\s*false/im,
  /^--\s*\+migrate\s+up\s+notransaction\b/im,
  /^--\s*changeset\b.*runInTransaction:false/im,
]
/** Those of goose, sql-migrate, dbmate and Atlas that run a file as one transaction unless it says otherwise. */
const together = [/^--\s*(\+goose|\+migrate)\s+up\b/im, /^--\s*migrate:up\b/im, /^--\s*atlas:txmode\s+file/im]

/** False where the file asks to be run without a transaction, true where it is written for a tool that makes one; else undefined. */
export function transactionOf(sql: string): boolean | undefined {
  if (alone.some((pattern) => pattern.test(sql))) return false
  return together.some((pattern) => pattern.test(sql)) || undefined
}

/** Where psql is told to read another file, or to run what a query gives: neither is here to be judged. */
export const includesIn = (sql: string): { from: number; to: number }[] =>
  [...sql.matchAll(/^\\(i|ir|include|include_relative|gexec)\b.*$|\\gexec\b/gm)].map(({ index, 0: text }) => ({
    from: index,
    to: index + text.length,
  }))

/** What a file says of itself goes before what is said of all. */
export const runsInOne = (sql: string, usual: boolean | undefined): boolean | undefined => transactionOf(sql) !== false && usual

const ups = /^--\s*(?:\+goose|\+migrate|migrate:|\+micrate)\s*up\b.*$/im
const downs = /^--\s*(?:(?:\+goose|\+migrate|migrate:|\+micrate)\s*down|\/\/\s*@undo)\b.*$/gim

/** The way back, which is not run with the way there: from where it begins to where the next way there does. */
function waysBack(sql: string): readonly { from: number; to: number }[] {
  return [...sql.matchAll(downs)].map(({ index }) => {
    const next = sql.slice(index).search(ups)
    return { from: index, to: next < 0 ? sql.length : index + next }
  })
}

/** Blanked out, so that places stay what they are. */
export const withoutWayBack = (sql: string): string =>
  waysBack(sql).reduce((text, { from, to }) => text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to), sql)

/** Undefined where the file does not say ways back at all. */
export const hasWayBack = (sql: string): boolean | undefined =>
  ups.test(sql) ? waysBack(sql).some(({ from, to }) => /^(?!\s*--)\s*\S/m.test(sql.slice(from, to))) : undefined
