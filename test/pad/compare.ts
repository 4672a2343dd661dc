// The target as it is beside the target as the oracle has it: every row that is missing, too many or other, in words.
import { given, rows } from './database.ts'
import { type Cells, canonical, type Expected, expectedOf } from './oracle.ts'

type Kind = 'requests' | 'approvals' | 'executions' | 'audits' | 'securities'

const source = `substr(q.reference_id, 5)::numeric as source`
const ours = `join pad.pad_request q on q.id = c.request_id and q.reference_id like 'LEG-%'`

const found: Record<Kind, string> = {
  requests: `select reference_id, created_at, updated_at, employee_id, s.ref_id as security, direction, quantity, estimated_value, currency, is_connected_person,
      relation, has_existing_position, justification, insider_info_declaration, status, compliance_assessment, conflict_comments, other_comments, broker_reporting,
      is_derivative, is_leveraged, related_party_name, signed_declaration, updated_by_id, deleted_at, deleted_by_id, executed_within_two_days
    from pad.pad_request q join pad.security s on s.id = q.security_id where q.reference_id like 'LEG-%'`,
  approvals: `select ${source}, approval_type, approver_id, decision, comments, decided_at, restricted_check, holding_period_check, conflict_check from pad.pad_approval c ${ours}`,
  executions: `select ${source}, executed_at, execution_price, execution_quantity, contract_note_received, recorded_by_id from pad.pad_execution c ${ours}`,
  audits: `select ${source}, timestamp, action_type, action_status, actor_type, actor_id, entity_type, details from pad.audit_log c ${ours} where c.entity_id = c.request_id`,
  securities: `select bloomberg, ticker, isin, ref_id from pad.security where id > 10`,
}

/** What identifies a row of a kind, so that a difference can be shown column by column. */
const nameOf: Record<Kind, (row: Cells) => string> = {
  requests: (r) => `pad_request ${r['reference_id']}`,
  approvals: (r) => `pad_approval ${r['source']} ${r['approval_type']}`,
  executions: (r) => `pad_execution ${r['source']}`,
  audits: (r) => `audit_log ${r['source']} ${r['action_type']}`,
  securities: (r) => `security ${r['ref_id']}`,
}

/** Nothing, if all is as the oracle says of the source as it is now. */
export async function compareWithOracle(url: string): Promise<string[]> {
  return differences(url, expectedOf(await given(url)))
}

export async function differences(url: string, expected: Expected): Promise<string[]> {
  const kinds = Object.keys(found) as Kind[]
  const each = await Promise.all(kinds.map(async (kind) => differ(kind, expected[kind], await rows(url, found[kind]))))
  return each.flat()
}

function differ(kind: Kind, should: readonly Cells[], are: readonly Cells[]): string[] {
  const [left, right] = [group(kind, should), group(kind, are.map(withPlainJson))]
  const names = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return names.flatMap((name) => unlike(name, left.get(name) ?? [], right.get(name) ?? []))
}

function unlike(name: string, should: readonly Cells[], are: readonly Cells[]): string[] {
  if (should.length === 0) return [`${name}: should not be there`]
  if (are.length === 0) return [`${name}: is missing`]
  if (should.length > 1 || are.length > 1) return [`${name}: is there ${are.length} times, should be ${should.length}`]
  const [a, b] = [should[0]!, are[0]!]
  return Object.keys(a).flatMap((column) => (a[column] === b[column] ? [] : [`${name}: ${column} is ${b[column]}, should be ${a[column]}`]))
}

function group(kind: Kind, list: readonly Cells[]): Map<string, Cells[]> {
  const groups = new Map<string, Cells[]>()
  for (const row of list) {
    const name = nameOf[kind](row)
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  return groups
}

const withPlainJson = (row: Cells): Cells =>
  Object.fromEntries(
    Object.entries(row).map(([k, v]) => [
      k,
      v !== null && (k === 'details' || k === 'compliance_assessment') ? canonical(JSON.parse(v)) : v,
    ]),
  )

export interface Quarantined {
  readonly source: string
  readonly code: string
}

/** Whom the run has put in quarantine, beside whom the oracle would. The code's part behind a colon names a constraint. */
export function fateDifferences(expected: Expected, quarantined: readonly Quarantined[]): string[] {
  const held = new Map(quarantined.map((q) => [q.source, q.code]))
  const wrong = [...expected.fates].flatMap(([id, fate]) => {
    const code = held.get(id)
    if (fate === 'migrated') return code === undefined ? [] : [`${id}: is quarantined as ${code}, should have gone`]
    if (code === undefined) return [`${id}: has gone, should be quarantined as ${[...fate].join(' or ')}`]
    return fate.has(code.replace(/:.*/, '')) ? [] : [`${id}: is quarantined as ${code}, should be ${[...fate].join(' or ')}`]
  })
  const unknown = [...held.keys()].filter((id) => !expected.fates.has(id)).map((id) => `${id}: is quarantined, and is no row of the source`)
  return [...wrong, ...unknown]
}
