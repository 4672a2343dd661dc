// What must be true afterwards, asked of the tables alone: the old keys stand beside the new ones, so each can be held against the other. They
// know nothing of what the migrations say.
import { none } from 'godwit'

const parts = (path: string) => {
  const at = path.lastIndexOf('.')
  return [path.slice(0, at), path.slice(at + 1)] as const
}

/** Every reference stands for the row that it stood for, and every row has the key that follows from its old one, or that it was written with since. */
export const samePairs = (table: string, key: string, references: readonly string[]) =>
  none(`${table}: every reference is to the row that it was to`, {
    of: `select (select count(*) from ${table})${references.map((r) => ` + (select count(${parts(r)[1]}) from ${parts(r)[0]})`).join('')}`,
    rows: [
      `select '${table}.${key}' as reference, _retired_${key}::text as was, ${key}::text as is from ${table} where ${key} is distinct from godwit.uuid_of('${table}', _retired_${key}::text) and not exists (select from godwit.keys_of_${table.replace('.', '_')} p where p.old_key = _retired_${key} and p.new_key = ${key})`,
      ...references.map((r) => {
        const [from, column] = parts(r)
        return `select '${r}', x._retired_${column}::text, x.${column}::text from ${from} x left join ${table} k on k.${key} = x.${column} where k._retired_${key} is distinct from x._retired_${column}`
      }),
    ].join(' union all '),
  })

/** Old key and new key of whatever a row of the log may be about, by the tables themselves. */
const about = `
  select 'users' as table_name, _retired_user_id as old, user_id as new from t.users
  union all select 'reports', _retired_report_id, report_id from t.reports
  union all select 'test_cases', _retired_test_case_id, test_case_id from t.test_cases
  union all select 'planning_attributes', _retired_id, id from t.planning_attributes
  union all select 'workflow_phases', _retired_phase_id, phase_id from t.workflow_phases`

export const log = none('the log is about the rows that it was about, and what is nowhere is listed', {
  of: 'select count(record_id) from t.audit_logs',
  rows: `with about as (${about})
    select l.audit_id, l.table_name, l.legacy_record_id::text as was, l.record_id::text as is from t.audit_logs l left join about a on a.table_name = l.table_name and a.old = l.legacy_record_id
      where l.record_id is distinct from a.new
        or l.legacy_record_id is not null and a.new is null and not exists (select from godwit.dangling d where d."column" = 't.audit_logs.record_id' and d.place = l.table_name and d.value = l.legacy_record_id::text)`,
})

const member = (table: string, column: string, name: string, of: string, key: string) =>
  `select '${table}.${column}.${name}' as place, x._retired_${column} ->> '${name}' as was, x.${column} ->> '${name}' as is from ${table} x left join ${of} k on k._retired_${key}::text = x._retired_${column} ->> '${name}'
    where x.${column} ->> '${name}' is distinct from coalesce(k.${key}::text, x._retired_${column} ->> '${name}')`
const rest = (table: string, column: string, names: string) =>
  `select '${table}.${column}', x._retired_${column}::text, x.${column}::text from ${table} x where x.${column} - '{${names}}'::text[] is distinct from x._retired_${column} - '{${names}}'::text[]`

/** Each element by its place: a number, a text, or an object with either in it. */
const violations = `select 't.dq_results.violation_ids', o.e::text, n.e::text from t.dq_results d
    cross join lateral rows from (jsonb_array_elements(d._retired_violation_ids), jsonb_array_elements(d.violation_ids)) with ordinality as z(o, n, at)
    cross join lateral (select z.o as e, case jsonb_typeof(z.o) when 'object' then z.o ->> 'test_case_id' else z.o #>> '{}' end as key) o
    cross join lateral (select z.n as e, case jsonb_typeof(z.n) when 'object' then z.n ->> 'test_case_id' else z.n #>> '{}' end as key) n
    left join t.test_cases c on c._retired_test_case_id::text = o.key
    where n.key is distinct from coalesce(c.test_case_id::text, o.key) or jsonb_typeof(n.e) is distinct from case when c.test_case_id is not null and jsonb_typeof(o.e) = 'number' then 'string' else jsonb_typeof(o.e) end`

export const documents = none('documents name the rows that they named, and say the same otherwise', {
  of: 'select (select count(*) from t.workflow_phases) + (select count(*) from t.test_cases) + (select count(*) from t.dq_results) + (select count(*) from t.audit_logs)',
  rows: [
    member('t.workflow_phases', 'phase_data', 'assigned_to', 't.users', 'user_id'),
    member('t.workflow_phases', 'phase_data', 'report_id', 't.reports', 'report_id'),
    rest('t.workflow_phases', 'phase_data', 'assigned_to,report_id'),
    member('t.test_cases', 'evidence', 'reviewer_id', 't.users', 'user_id'),
    rest('t.test_cases', 'evidence', 'reviewer_id'),
    member('t.audit_logs', 'old_values', 'user_id', 't.users', 'user_id'),
    rest('t.audit_logs', 'old_values', 'user_id'),
    violations,
  ].join(' union all '),
})

export const words = none('notices are for the users that they were for', {
  of: 'select count(*) from t.notifications',
  rows: `select n.id, n._retired_user_ref as was, n.user_ref as is from t.notifications n left join t.users u on u._retired_user_id::text = regexp_replace(n._retired_user_ref, '^user:', '')
    where n.user_ref is distinct from case when u.user_id is null then n._retired_user_ref when n._retired_user_ref like 'user:%' then 'user:' || u.user_id else u.user_id::text end`,
})
