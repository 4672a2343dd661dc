// What stands between a row that is written and the table: triggers and rules that can change it, or make nothing of it. And policies that hide rows.
import { shownId } from '../../schema/schema.ts'
import { list, plainText } from '../../text.ts'
import type { Kind, Known, Subject } from '../question.ts'

export const triggers: Kind = {
  known: async (subject) => [...swallowing(subject), ...(await rules(subject)), ...hiding(subject)],
}

function swallowing({ id, table, roles }: Subject): Known[] {
  if (!roles.has('written')) return []
  const could = table.triggers.filter((t) => t.perRow && t.timing !== 'after' && t.enabled !== 'disabled' && t.events.includes('insert'))
  if (!could.length) return []
  return [
    {
      kind: 'triggers',
      grade: 'warning',
      title: `${list(could.map((t) => plainText(t.name)))} on ${shownId(id)} can change a row before it is written, or make nothing of it.`,
      columns: [],
      fix: 'Read the function: what it changes shows as a difference in verify. One that is meant for people at work can be left out by a condition (WHEN), for the role that migrates.',
    },
  ]
}

async function rules({ id, table, place, roles }: Subject): Promise<Known[]> {
  if (!roles.has('written') || place.spelling.engine !== 'postgres' || table.kind === 'view') return []
  const query = `select rulename as name from pg_rules where schemaname = ${place.spelling.sql.literal(table.schema)} and tablename = ${place.spelling.sql.literal(table.name)} order by 1`
  const rows = await place.looking.look(query, 10_000)
  if (!rows.length) return []
  return [
    {
      kind: 'triggers',
      grade: 'error',
      title: `${list(rows.map((r) => plainText(r['name']!)))} ${rows.length === 1 ? 'is a rule' : 'are rules'} on ${shownId(id)}: what is written there becomes another statement, or none.`,
      columns: [],
      query,
      fix: `DROP RULE … ON ${shownId(id)}; a trigger or a view can do what it was for.`,
    },
  ]
}

function hiding({ id, table, place }: Subject): Known[] {
  // of the target the doctor tells it, as the role that it is
  if (!table.rowSecurity || place.name === undefined) return []
  return [
    {
      kind: 'row security',
      grade: 'warning',
      title: `${shownId(id)} has row level security: a role that it applies to sees only some of the rows.`,
      columns: [],
      fix: 'Read it as its owner, or as a role with BYPASSRLS; Godwit gets an error rather than half of the rows.',
    },
  ]
}
