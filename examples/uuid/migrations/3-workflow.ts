// Cycles, the phases of their reports, and attributes that are planned in them. Reports have gone before: their key and that of a cycle stand in
// one index, and of two keys in one index one changes after the other.
import { migration, rekey } from 'godwit'
import { samePairs } from '../checks.ts'
import { decided } from '../decided.ts'
import people from './2-people.ts'

export default migration(
  'workflow',
  { after: [people] },
  rekey('t.test_cycles', decided),
  rekey('t.workflow_phases', decided),
  rekey('t.planning_attributes', decided),
  {
    cutover: [
      samePairs('t.test_cycles', 'cycle_id', ['t.cycle_reports.cycle_id', 't.workflow_phases.cycle_id']),
      samePairs('t.workflow_phases', 'phase_id', [
        't.planning_attributes.phase_id',
        't.scoping_versions.phase_id',
        't.scoping_attributes.phase_id',
        't.test_cases.phase_id',
      ]),
      samePairs('t.planning_attributes', 'id', [
        't.planning_attributes.master_attribute_id',
        't.planning_attributes.replaced_attribute_id',
        't.scoping_attributes.planning_attribute_id',
        't.test_cases.attribute_id',
      ]),
    ],
  },
)
