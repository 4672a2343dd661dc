// Columns that look like foreign keys and are declared as none: told by name and type, with the share of rows that bears it out. For decision.
import { type LiveColumn, type LiveTable, shownId } from '../../schema/schema.ts'
import { isNumber, isText } from '../../schema/type.ts'
import { count } from '../../text.ts'
import { column, type Kind, type Subject, type Suspicion } from '../question.ts'

export const undeclared: Kind = {
  suspicions: (subject) =>
    subject.table.kind === 'view' ? [] : subject.table.columns.flatMap((c) => pairs(subject, c).map((to) => suspicionOf(subject, c, to))),
}

interface Parent {
  readonly id: string
  readonly table: LiveTable
  readonly key: LiveColumn
}

/** `milestone_id`, `milestoneId`, and `fk_milestone` name milestone, or milestones. */
const stemOf = (name: string): string | undefined => /^(.{2,}?)_?(?:id|Id|ID|uuid|key)$/.exec(name)?.[1]?.toLowerCase().replaceAll('_', '')

const singular = (name: string): string[] => {
  const bare = name.toLowerCase().replaceAll('_', '')
  return [bare, bare.replace(/ies$/, 'y'), bare.replace(/(s|x|z|ch|sh)es$/, '$1'), bare.replace(/s$/, '')]
}

/** Tables, by their ids, that a column points at by its name. */
export const pointedAt = (subject: Subject, name: string): readonly string[] =>
  subject.table.columns.flatMap((c) => (c.name === name ? pairs(subject, c).map((to) => to.id) : []))

function pairs(subject: Subject, c: LiveColumn): Parent[] {
  const { table, place } = subject
  const stem = stemOf(c.name)
  const declared = table.foreignKeys.some((f) => f.columns.includes(c.name))
  if (stem === undefined || declared || (table.primaryKey.length === 1 && table.primaryKey[0] === c.name)) return []
  return [...place.tables].flatMap(([id, parent]) => {
    const key = parent.primaryKey.length === 1 ? parent.columns.find((p) => p.name === parent.primaryKey[0]) : undefined
    const fits = key && parent !== table && parent.schema === table.schema && parent.kind !== 'view' && alike(c, key)
    return fits && singular(parent.name).includes(stem) ? [{ id, table: parent, key }] : []
  })
}

const alike = (a: LiveColumn, b: LiveColumn): boolean =>
  a.type.name === b.type.name || (isNumber(a.type) && isNumber(b.type)) || (isText(a.type) && isText(b.type))

function suspicionOf(subject: Subject, c: LiveColumn, to: Parent): Suspicion {
  const { sql } = subject.place.spelling
  const value = column(subject, c.name)
  const what = `${shownId(subject.id)}.${c.name} looks like a foreign key to ${shownId(to.id)} that nobody has declared`
  return {
    kind: 'orphans',
    subject,
    columns: [c.name],
    where: `${value} is not null and not exists (select 1 from ${sql.table(to.id)} p where p.${sql.quote(to.key.name)} = ${value})`,
    of: `${value} is not null`,
    alone: true,
    // where less than half fit, the name says something else
    judge: (found, of) => (of === 0 || found * 2 > of ? undefined : found === 0 ? 'note' : 'warning'),
    says: (found, of) =>
      found === 0
        ? `${what}: all ${count(of)} rows fit.`
        : `${what}: ${share(of - found, of)} of ${count(of)} rows fit, ${count(found)} do not.`,
    fix: 'Decide what it is: declare it (NOT VALID first), map it by a lookup, or leave it and say so.',
  }
}

/** Never a round hundred where some do not fit. */
const share = (part: number, of: number): string => `${Math.min(99.9, (100 * part) / of).toFixed(1)} %`
