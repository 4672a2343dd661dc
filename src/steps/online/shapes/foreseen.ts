// The columns of a view, as a plan foresees them: those of the table as it is known, and those that steps bring in between.
import type { LiveSchema } from '../../../schema/schema.ts'
import { typeLabel } from '../../../schema/type.ts'
import type { Brought } from '../../step.ts'
import type { Known } from './shapes.ts'

export function foreseen(
  { id, gone, called, instead }: Known,
  which: 'old' | 'new',
  live: LiveSchema,
  brought: readonly Brought[],
): readonly string[] {
  const fresh = brought.filter((b) => b.table === id)
  // a plan that is made once more, on the way, meets them in the table
  const old = (live.tables.get(id)?.columns ?? []).filter(
    (c) => !fresh.some((b) => b.column === c.name) && !/^(_retired|godwit)_/.test(c.name),
  )
  if (which === 'old') return old.map((c) => `${c.name} ${typeLabel(c.type)}`)
  const places = Object.values(instead)
  return [
    ...old.filter((c) => !gone.includes(c.name) && !places.includes(c.name)).map((c) => named(c.name, typeLabel(c.type), called)),
    ...fresh.map((b) => named(instead[b.column] ?? b.column, b.type, called)),
  ]
}

const named = (name: string, type: string, called: Known['called']): string =>
  called[name] === undefined ? `${name} ${type}` : `${called[name]} ${type} (${name})`
