// One Godwit at a time: a session lock for politeness, an epoch that every writing transaction reads for correctness.
import { hostname } from 'node:os'
import type { Session } from '../databases/database.ts'
import { fenced, locked, serverRecovered } from '../errors/run.ts'
import { duration } from '../text.ts'

const lockKey = '1735353463, 2'

export interface Fence {
  readonly epoch: string
  /** In a transaction that writes: refuses if another has taken over since. */
  check(tx: Session): Promise<void>
}

/** Takes the lock and a new epoch, or says who has it. */
export async function takeLock(session: Session, run: number | null): Promise<Fence> {
  const { rows } = await session.query(`select pg_try_advisory_lock(${lockKey})::text as mine`)
  if (rows[0]!['mine'] !== 'true') throw await holder(session)
  const taken = await session.query(
    'update godwit.epoch set epoch = epoch + 1, host = $1, pid = $2, backend = pg_backend_pid(), run = $3, since = now() returning epoch::text as epoch',
    [hostname(), process.pid, run],
  )
  const { epoch } = taken.rows[0]!
  await session.query('truncate godwit.unlogged')
  await session.query('insert into godwit.unlogged (epoch) values ($1)', [epoch!])
  await beat(session)
  return fenceOf(epoch!)
}

export const fenceOf = (epoch: string): Fence => ({
  epoch,
  async check(tx) {
    const { rows } = await tx.query(
      'select (select count(*) from godwit.unlogged u where u.epoch = e.epoch)::text as kept from godwit.epoch e where epoch = $1 for share',
      [epoch],
    )
    if (!rows.length) throw fenced({ epoch })
    if (rows[0]!['kept'] === '0') throw serverRecovered()
  },
})

export const beat = (session: Session): Promise<unknown> => session.query('update godwit.heartbeat set at = clock_timestamp()')
export const nameRun = (session: Session, run: number): Promise<unknown> => session.query('update godwit.epoch set run = $1', [run])
export const leave = (session: Session): Promise<unknown> => session.query(`select pg_advisory_unlock(${lockKey})`)

async function holder(session: Session) {
  const { rows } = await session.query(
    `select run, host, pid, extract(epoch from clock_timestamp() - h.at)::int as ago from godwit.epoch, godwit.heartbeat h`,
  )
  const r = rows[0]!
  return locked({
    run: r['run'] ? `r${r['run']}` : 'not yet begun',
    host: r['host'] ?? 'unknown',
    pid: r['pid'] ?? 'unknown',
    heartbeat: r['ago'] ? duration(Number(r['ago'])) : 'never',
  })
}

/** From now on nothing that the holder still sends takes effect; its sessions are ended so that the lock comes free. */
export async function breakLock(session: Session): Promise<{ broken: boolean; host: string | null; pid: string | null }> {
  const { rows } = await session.query(
    `select e.host, e.pid::text as pid, l.pid::text as backend from godwit.epoch e left join pg_locks l on l.locktype = 'advisory' and l.classid = 1735353463 and l.objid = 2 and l.granted and l.database = (select oid from pg_database where datname = current_database())`,
  )
  const r = rows[0]!
  if (r['backend']) await session.query('select pg_terminate_backend($1::int)', [r['backend']])
  // its workers may sit in the middle of a unit, with the epoch and rows of the target locked
  await session.query(
    `select pg_terminate_backend(l.pid) from (select distinct pid from pg_locks where relation = 'godwit.epoch'::regclass and mode in ('RowShareLock', 'RowExclusiveLock') and granted
      and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()) l`,
  )
  await session.query('update godwit.epoch set epoch = epoch + 1')
  return { broken: r['backend'] !== null, host: r['host'] ?? null, pid: r['pid'] ?? null }
}
