// A change of the schema as SQL, with the SQL that takes it back beside it.
import { origin } from '../expr/origin.ts'
import type { Irreversible, Step } from './step.ts'

export function ddl(
  title: string,
  change: { readonly forward: string | readonly string[]; readonly back: string | readonly string[] | Irreversible },
): Step {
  const list = (s: string | readonly string[]) => (typeof s === 'string' ? [s] : s).map((sql) => ({ sql }))
  return {
    kind: 'ddl',
    title,
    at: origin(),
    params: { forward: change.forward, back: change.back },
    forward: () => list(change.forward),
    back: () => (typeof change.back === 'object' && 'irreversible' in change.back ? change.back : list(change.back)),
  }
}
