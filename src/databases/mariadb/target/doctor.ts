// What can be said of a MariaDB database before anything is done to it.
import { list } from '../../../text.ts'
import type { Finding } from '../../postgres/finding.ts'
import type { TargetTable } from '../../workshop/engine.ts'
import type { Ask } from '../schema.ts'

export async function examine(ask: Ask, tables: readonly TargetTable[]): Promise<Finding[]> {
  const [row] = await ask('select version(), current_user(), @@global.sql_mode, @@character_set_database')
  const [version, user, mode, charset] = row!
  const unfit = tables.filter((t) => t.unfit !== undefined)
  return [
    { level: 'ok', title: 'connection', detail: `as ${user}. The session is pinned.` },
    { level: 'ok', title: 'version', detail: `${version}; the rows are worked on in a scratch Postgres.` },
    strict(mode!),
    { level: 'ok', title: 'character set', detail: `${charset}, told apart by their bytes in the workshop.` },
    unfit.length
      ? {
          level: 'warning',
          title: 'engines',
          detail: `${list(unfit.map((t) => `${t.id}: ${t.unfit}`))}.`,
          todo: 'A migration that names one of them is refused: alter table … engine = InnoDB.',
        }
      : { level: 'ok', title: 'engines', detail: 'All tables are of InnoDB.' },
  ]
}

const strict = (mode: string): Finding =>
  /STRICT_(ALL|TRANS)_TABLES/.test(mode)
    ? { level: 'ok', title: 'strict', detail: 'The server cuts no values by default; nor does our session.' }
    : {
        level: 'warning',
        title: 'strict',
        detail: 'The server cuts and changes values that do not fit, as its sql_mode has it. Our session does not.',
        todo: 'Applications may have written such values: look at them with godwit verify.',
      }
