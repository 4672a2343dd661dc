// The two days in a minute, for those who do not want to wait for them: in logical time, with an engine that breaks at the end.
// On a database of its own, into which source.sql, target.sql and engines.sql were loaded.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { approve, connect, GodwitError, plan, run } from 'godwit/api'
import pipeline from './migration.ts'

const hour = 3_600_000
const say = (line: string) => process.stdout.write(`${line}\n`)

let now = Date.parse('2026-01-01T00:00:00Z')
const clock = {
  now: () => now,
  sleep: (ms: number, signal?: AbortSignal) => setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined),
}

const db = await connect(process.env['DATABASE_URL'] ?? '')
const root = mkdtempSync(path.join(tmpdir(), 'pipeline-'))
cpSync(path.join(import.meta.dirname, 'config'), path.join(root, 'config'), { recursive: true })
const sql = (text: string) => db.session((s) => s.query(text))

const go = async (to?: 'verify') =>
  run(await plan(pipeline, db, { readOnly: ['v1'] }), db, { root, clock, to }).then(
    (view) => view.gate?.why ?? view.state,
    (error: unknown) => {
      if (error instanceof GodwitError) return error.message
      throw error
    },
  )

/** What the old application does meanwhile: somebody pays ten dollars. */
const business = `with paid as (
    update v1.loan_tape set outstanding_balance = outstanding_balance - 10
    where loan_id = (select loan_id from v1.loan_tape where loan_status = 'Current' order by outstanding_balance desc limit 1) returning *
  ) insert into v1.real_payment(company, loan_ref, paid_on, principal, interest, fees, other, tax)
    select company, split_part(loan_id, ' - ', 2), '2026-01-01', '10.00', '0', '0', 'null', '0' from paid`

try {
  say('The first day: both engines run, and the tape goes on.')
  for (let n = 0; n < 24; n++, now += hour) {
    await go('verify')
    say(`  ${await go()}`)
    await sql(business)
  }

  // what was paid since the last pair is brought over, too: rows that are not as the tape says are not cut over
  await go('verify')

  say('Somebody says yes, and V2 serves.')
  await approve(db, { run: 'r1', by: 'ada', as: ['risk'], clock })
  for (let n = 0; n < 3; n++, now += hour) say(`  ${await go()}`)

  say('V2 breaks, and nobody is there.')
  await sql(`create or replace view pipeline.v2_kpis as select name, value / 0 as value, version from pipeline.v1_kpis`)
  for (let n = 0; n < 3; n++, now += hour) say(`  ${await go()}`)

  now += -hour + 5 * 60_000
  await sql(`select * from pipeline.hour('${new Date(now).toISOString()}')`)
  const { rows } = await sql('select engine, status, count(*)::text as n from analytics.pipeline_runs group by 1, 2 order by 1, 2')
  say(`Five minutes later: ${rows.map((r) => `${r['engine']} ${r['status']} ${r['n']}`).join(', ')}.`)
} finally {
  rmSync(root, { recursive: true })
  await db.close()
}
