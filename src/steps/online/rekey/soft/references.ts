// Keys that stand where no foreign key tells of them: in pairs of columns, documents, texts and arrays. They follow the tables whose keys
// they are, by a way of their own.
import { origin } from '../../../../expr/origin.ts'
import { list } from '../../../../text.ts'
import type { Step } from '../../../step.ts'
import { differing, examined } from './compare.ts'
import { prepare } from './prepare-references.ts'
import { type Reference, shownAt } from './reference.ts'
import { takePlaces } from './swap-references.ts'
import { typedIn } from './typed.ts'

export interface ReferencesOptions {
  /** How long the old columns stay before `godwit purge` may drop them; default '7 days'. */
  readonly soak?: string
}

/** A part of a migration: for columns whose keys are of tables that `rekey` changes, in the same migration or in one before. */
export function references(
  refs: readonly Reference[],
  { soak = '7 days' }: ReferencesOptions = {},
): { readonly expand: readonly [Step]; readonly verify: readonly [Step]; readonly cutover: readonly [Step, Step] } {
  const at = origin()
  const title = refs.length > 3 ? `${refs.slice(0, 2).map(shownAt).join(', ')} and ${refs.length - 2} others` : list(refs.map(shownAt))
  return {
    expand: [prepare(refs, title, at)],
    verify: [compared(refs, title, at)],
    cutover: [compared(refs, title, at), takePlaces(refs, title, soak, at)],
  }
}

/** Every key that stood there stands there in its new form, or its row has come after it; and nothing else is another. */
function compared(refs: readonly Reference[], columns: string, at: string | undefined): Step {
  const title = `${columns}: the same references with new keys`
  return {
    kind: 'references compared',
    title,
    at,
    params: { refs: refs.map((r) => r.says) },
    ask({ schema }) {
      const all = refs.flatMap((ref) => typedIn(schema, ref) ?? [])
      return {
        title,
        at,
        examined: `select ${all.map(examined).join(' + ') || '0'}`,
        wrong: all.map((t) => `(${differing(t, true)})`).join(' union all ') || 'select where false',
      }
    },
  }
}
