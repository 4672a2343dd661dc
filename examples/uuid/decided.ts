// What is the same for all four migrations: how it is done, and what somebody has looked at and decided.
import type { RekeyOptions } from 'godwit'

export const decided: RekeyOptions = {
  // `offline` writes all tables anew in one transaction, while nobody works
  way: process.env['UUID_WAY'] === 'offline' ? 'offline' : 'online',
  // they work with keys of either kind since the first migration
  looked: ['t.touch()', 't.phase_owner(text)'],
  // they are taken along by the last migration, by what stands beside them and in them
  not: ['t.audit_logs.record_id', 't.notifications.user_ref'],
}
