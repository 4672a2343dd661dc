// Which tables a migration touches, and what it does with each.
import { walk } from '../expr/node.ts'
import { rootsOf, writtenBy } from '../mapping/mapping.ts'
import type { Migration } from '../migration/migration.ts'
import { isTable, type Read, tablesUnder } from '../schema/table.ts'
import type { Step } from '../steps/step.ts'
import type { Role, Unlooked } from './assessment.ts'

export interface Concern {
  /** By the ids of tables. */
  readonly roles: ReadonlyMap<string, ReadonlySet<Role>>
  /** Of tables whose keys become others: columns of which it is decided whether they point there. */
  readonly decided: ReadonlyMap<string, ReadonlySet<string>>
  /** What reads tables that only SQL of its own names. */
  readonly unnamed: readonly Unlooked[]
}

/** What of a migration an audit is about. */
export type Audited = Pick<Migration, 'name' | 'mappings' | 'reads'> & {
  readonly steps: readonly { readonly step: Pick<Step, 'reads' | 'rekeys'> }[]
}

export function concernOf(migration: Audited): Concern {
  const roles = new Map<string, Set<Role>>()
  const unnamed = new Map<string, Unlooked>()
  const note = (id: string, role: Role) => void roles.set(id, (roles.get(id) ?? new Set()).add(role))
  const under = (of: Read, role: Role) => {
    for (const t of tablesUnder(of)) note(t.id, role)
    for (const q of queriesUnder(of)) unnamed.set(q.id, { what: q.id.replace(/^query\./, 'query '), why: whyUnnamed })
  }
  for (const m of migration.mappings) {
    under(m.from, 'source')
    for (const t of writtenBy(m)) note(t.id, 'written')
    for (const root of rootsOf(m))
      walk(root, (n) => {
        if (n.word.name === 'lookup') under(n.params['relation'] as Read, 'read')
      })
  }
  for (const id of migration.reads) note(id, 'read')
  const decided = new Map<string, ReadonlySet<string>>()
  for (const { step } of migration.steps) {
    for (const t of step.reads ?? []) under(t, 'read')
    if (!step.rekeys) continue
    note(step.rekeys.table, 'rekeyed')
    decided.set(step.rekeys.table, new Set(step.rekeys.decided))
  }
  return { roles, decided, unnamed: [...unnamed.values()] }
}

const whyUnnamed = 'its tables stand only in its SQL: name them under `reads` of the migration, and they are looked at'

const queriesUnder = (of: Read): readonly Read[] => (of.derived ? of.derived.of.flatMap(queriesUnder) : isTable(of) ? [] : [of])
