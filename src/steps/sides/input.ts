// What both sides of a pair are made from, as one digest: asked before, between and after them, so that none moves in between unseen.
import { digestOf } from '../../shadow/output.ts'
import { noInput } from '../../shadow/pair.ts'
import type { Hands, Plain } from '../hands.ts'

/** Rows of a query (of a source, or the target), files, or what the sides tell under a name. */
export type InputGiven = { readonly sql: string; readonly of?: string } | { readonly file: string } | { readonly given: string }

export interface Input {
  readonly says: string
  readonly params: Plain
  /** The name under which the sides tell it themselves. */
  readonly given?: string
  digest(hands: Hands): Promise<string | undefined>
}

export function inputOf(given: InputGiven): Input {
  if ('given' in given)
    return { says: `what the sides tell as ${given.given}`, params: { ...given }, given: given.given, digest: async () => undefined }
  return 'sql' in given
    ? { says: 'the rows of a query', params: { ...given }, digest: (hands) => ofRows(hands, given) }
    : { says: `files ${given.file}`, params: { ...given }, digest: (hands) => ofFiles(hands, given.file) }
}

async function ofRows({ target, source }: Hands, { sql, of }: { readonly sql: string; readonly of?: string }): Promise<string> {
  const rows = await (of === undefined ? target : source(of)).ask(sql)
  return rows.length ? digestOf(rows) : noInput
}

async function ofFiles({ files }: Hands, pattern: string): Promise<string> {
  const there = await files.list(pattern)
  const all = await Promise.all(there.map(async ({ name }) => ({ name, sha256: await files.digest(name) })))
  return all.length ? digestOf(all) : noInput
}
