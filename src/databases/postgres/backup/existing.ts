// Rows into tables that are there already and are empty: no trigger fires for them, and foreign keys are looked at when all have come.
import { restoreRefused } from '../../../errors/backup.ts'
import type { Session } from '../../database.ts'
import { textArray } from '../names.ts'
import type { TableRows } from './take.ts'

export async function inTheirPlace(tx: Session, tables: readonly TableRows[], copy: (t: TableRows) => Promise<void>): Promise<void> {
  const names = textArray(tables.map((t) => t.name))
  for (const t of tables) {
    await tx.query(`lock table only ${t.name} in access exclusive mode`)
    const { rows } = await tx.query(`select exists (select from only ${t.name})::text as full`)
    if (rows[0]!['full'] === 'true') throw restoreRefused({ tables: [t.id] })
  }
  const triggers = await statements(tx, triggersOff, names)
  const keys = await statements(tx, keysLater, names)
  for (const s of [...triggers, ...keys]) await tx.query(s.off)
  for (const t of tables) await copy(t)
  await tx.query('set constraints all immediate')
  for (const s of [...keys, ...triggers]) await tx.query(s.on)
}

interface Switch {
  readonly off: string
  readonly on: string
}

const statements = async (tx: Session, sql: string, names: string): Promise<Switch[]> =>
  (await tx.query(sql, [names])).rows.map((r) => ({ off: r['off']!, on: r['on']! }))

const triggersOff = `
select format('alter table only %s disable trigger %I', t.tgrelid::regclass, t.tgname) as off,
  format('alter table only %s enable %s trigger %I', t.tgrelid::regclass, case t.tgenabled when 'R' then 'replica' when 'A' then 'always' else '' end, t.tgname) as on
from pg_trigger t where t.tgrelid = any ($1::regclass[]) and not t.tgisinternal and t.tgenabled <> 'D'`

const keysLater = `
select format('alter table %s alter constraint %I deferrable initially deferred', k.conrelid::regclass, k.conname) as off,
  format('alter table %s alter constraint %I %s', k.conrelid::regclass, k.conname, case when not k.condeferrable then 'not deferrable' when k.condeferred then 'deferrable initially deferred' else 'deferrable initially immediate' end) as on
from pg_constraint k where k.conrelid = any ($1::regclass[]) and k.contype = 'f' and k.conparentid = 0`
