// A pile of migrations, whatever wrote them: what each does, what depends on what, and in which phases it may ship. One file a verb.
import { type Define, examples } from '../../define.ts'
import { analyze } from './analyze.ts'
import { branches } from './branches.ts'
import { plan } from './plan.ts'
import { prove } from './prove.ts'
import { prs } from './prs.ts'
import { status } from './status.ts'

export const define: Define = (command, act) => {
  command.addHelpText(
    'after',
    examples(
      ['godwit stage analyze db/versions', 'a verdict on each migration, and what depends on what'],
      ['godwit stage plan db/versions --base main', 'phases for what main does not have yet'],
      ['godwit stage plan db/versions --json', 'the same, for programs'],
      ['godwit stage branches db/versions --base main --apply', 'a branch for each phase, on the one before it'],
      ['godwit stage prove db/versions --base main --out proof', 'both orders on scratch databases, and a certificate'],
    ),
  )
  for (const verb of [analyze, plan, branches, prs, prove, status]) verb(command, act)
}
