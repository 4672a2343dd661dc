// Tables that nearly nothing points at. Before them, what would break later is made to work with keys of either kind, or is taken out in writing.
import { ddl, migration, none, rekey } from 'godwit'
import { samePairs } from '../checks.ts'
import { decided } from '../decided.ts'
import { ownerByEither, touch } from '../functions.ts'

const mail = none('addresses that differ by case only, but for the pair that is known', {
  of: 'select count(*) from t.users',
  rows: `select lower(email), count(*) from t.users group by 1 having count(*) > 1 and lower(email) <> 'u7@x.test'`,
})

export default migration(
  'leaves',
  {
    assess: [mail],
    expand: [
      ddl('the trigger that logs changes of users works with either key', { forward: touch.either, back: touch.plain }),
      ddl('who owns a phase is asked by either key, and told by either', {
        forward: ['drop function t.phase_owner(int)', ownerByEither],
        back: [
          'drop function t.phase_owner(text)',
          'create function t.phase_owner(p int) returns int language sql stable as $$ select r.owner_id from t.workflow_phases w join t.reports r using(report_id) where w.phase_id=p $$',
        ],
      }),
      ddl('no index over ten times a key: nobody asks for that, and no UUID has it', {
        forward: 'drop index t.ix_rep_expr',
        back: 'create index ix_rep_expr on t.reports((owner_id*10))',
      }),
    ],
  },
  rekey('t.audit_logs', decided),
  rekey('t.test_cases', decided),
  { cutover: [samePairs('t.audit_logs', 'audit_id', []), samePairs('t.test_cases', 'test_case_id', ['t.rfi_validations.test_case_id'])] },
)
