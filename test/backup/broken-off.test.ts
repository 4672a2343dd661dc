// F12, G17: killed at any moment, or with a full disk: what has a manifest is whole, nothing else is left, and the next one gets through.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { backupsIn } from '../../src/backup/folder.ts'
import { verifyBackup } from '../../src/backup/verify.ts'
import { dice } from '../crash/killing.ts'
import { opened, refusal } from '../postgres/open.ts'
import { query, serverUrl } from '../support/postgres.ts'
import { folder, prove, restoreInto, take } from './place.ts'

const setup = (rows: number) =>
  [...'abcd']
    .map(
      (t) =>
        `create table ${t} (id int primary key, v text not null); insert into ${t} select i, md5(i::text) || md5((i * 3)::text) from generate_series(1, ${rows}) i`,
    )
    .concat('alter table a add foreign key (id) references b')
    .join(';')

interface Child {
  readonly process: ChildProcess
  readonly lines: string[]
  readonly gone: Promise<unknown>
}

function child(...args: string[]): Child {
  const process_ = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  createInterface(process_.stdout).on('line', (line) => lines.push(line))
  return { process: process_, lines, gone: once(process_, 'close') }
}

async function killedAt(c: Child, afterMs: number): Promise<void> {
  while (!c.lines.includes('began')) await pause(5)
  await pause(afterMs)
  c.process.kill('SIGKILL')
  await c.gone
}

test('F12: killed while it is taken or proved, what is left is whole or nothing', async () => {
  await using d = await opened(setup(20_000))
  using f = folder()
  const next = dice(7)
  for (let n = 0; n < 8; n++) {
    await killedAt(child('take', d.url, f.path), next() * 900)
    for (const b of backupsIn(f.path)) await verifyBackup(f.path, b.id)
  }
  const last = child('take', d.url, f.path)
  await last.gone
  expect(last.lines.at(-1)).toBe('done')
  expect(readdirSync(f.path).filter((name) => name.startsWith('.making'))).toEqual([])
  // who was killed has left scratch databases: they went with the next one that was made
  await d.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'godwit backup child' and pid <> pg_backend_pid()`,
  )
  await prove(d.db.backup, await take(d.db.backup, f.path, ['a']))
  const left = await query(
    serverUrl(),
    `select datname from pg_database d where datname like 'godwit\\_workshop\\_%' and not exists (select from pg_stat_activity a where a.datid = d.oid)`,
  )
  expect(left).toEqual([])
}, 120_000)

test('killed while it is brought back, it goes on from there', async () => {
  await using d = await opened(setup(40_000))
  using f = folder()
  await take(d.db.backup, f.path)
  const name = `${new URL(d.url).pathname.slice(1)}_back`
  const next = dice(11)
  try {
    // how long it takes is the machine's: shorter and longer, until one is through before it is killed
    let last = child('restore', d.url, f.path, name)
    let killed = 0
    for (; killed < 5; killed++) {
      await killedAt(last, 50 + next() * 100 * (killed + 1))
      if (last.lines.includes('done')) break
      last = child('restore', d.url, f.path, name)
    }
    expect(killed).toBeGreaterThan(0)
    await last.gone
    // killed between its very last statement and its last word, it was through: then the schema below is gone, and another one is refused
    expect(['done', 'failed GW_RESTORE_FULL 2']).toContain(last.lines.at(-1))
    const url = new URL(d.url)
    url.pathname = `/${name}`
    const counts = await query(
      url.href,
      'select (select count(*) from a), (select count(*) from b), (select count(*) from c), (select count(*) from d)',
    )
    expect(counts).toEqual([['40000', '40000', '40000', '40000']])
    expect(await query(url.href, `select to_regnamespace('godwit_restore')`)).toEqual([[null]])
  } finally {
    await query(serverUrl(), `drop database if exists "${name}" with (force)`)
  }
}, 120_000)

test('the server still makes the database that a killed one has asked for', async () => {
  await using d = await opened(setup(10))
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  for (let n = 0; n < 3; n++) {
    const name = `${new URL(d.url).pathname.slice(1)}_twice${n}`
    const url = new URL(d.url)
    url.pathname = `/${name}`
    try {
      const place = await d.db.backup!.place(name)
      // whichever of the two comes first
      const other = query(serverUrl(), `create database "${name}" template template0`).catch(() => undefined)
      await restoreInto(backup, place)
      await other
      expect(await query(url.href, 'select count(*) from a')).toEqual([['10']])
    } finally {
      await query(serverUrl(), `drop database if exists "${name}" with (force)`)
    }
  }
})

test('what a killed one has asked for last is waited for, and not done twice', async () => {
  await using d = await opened(setup(10))
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const name = `${new URL(d.url).pathname.slice(1)}_late`
  const url = new URL(d.url)
  url.pathname = `/${name}`
  await query(serverUrl(), `create database "${name}"`)
  try {
    await restoreInto(backup, await d.db.backup!.place(name))
    await query(
      url.href,
      `alter table a drop constraint a_id_fkey; create schema godwit_restore; create table godwit_restore.part (name text primary key, detail jsonb); insert into godwit_restore.part values ('backup', '{"sha256": "${backup.sha256}"}')`,
    )
    const killed = new pg.Client({ connectionString: url.href })
    await killed.connect()
    await killed.query(
      `begin; select pg_advisory_xact_lock_shared(1735353463, 7); insert into godwit_restore.part values ('before', '{"there": [], "left": []}'), ('rows public.a', null), ('rows public.b', null), ('rows public.c', null), ('rows public.d', null)`,
    )
    const going = restoreInto(backup, await d.db.backup!.place(name))
    const ended = going.then(
      () => 'done',
      (e: Error) => e.message,
    )
    await expect
      .poll(() => query(url.href, `select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = 7`))
      .toEqual([['1']])
    await killed.query('commit')
    await killed.end()
    expect(await ended).toBe('done')
    expect(await query(url.href, 'select count(*) from a')).toEqual([['10']])
  } finally {
    await query(serverUrl(), `drop database if exists "${name}" with (force)`)
  }
})

test('another backup does not go on where the first was broken off', async () => {
  await using d = await opened(setup(1000))
  using f = folder()
  const backup = await take(d.db.backup, f.path)
  const name = `${new URL(d.url).pathname.slice(1)}_half`
  await query(serverUrl(), `create database "${name}"`)
  const url = new URL(d.url)
  url.pathname = `/${name}`
  try {
    await query(
      url.href,
      `create schema godwit_restore; create table godwit_restore.part (name text primary key, detail jsonb); insert into godwit_restore.part values ('backup', '{"sha256": "other"}')`,
    )
    const place = await d.db.backup!.place(name)
    expect(await refusal(restoreInto(backup, place))).toMatchObject({ code: 'GW_RESTORE_OTHER' })
  } finally {
    await query(serverUrl(), `drop database if exists "${name}" with (force)`)
  }
})

const mounted = (path: string, size: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('F12: the disk is full: not done, nothing left, and said what to do', async ({ skip }) => {
  await using d = await opened(setup(30_000))
  using f = folder()
  const small = join(f.path, 'small')
  mkdirSync(small)
  skip(!mounted(small, '1m'), 'a small disk cannot be mounted here')
  try {
    const first = await refusal(take(d.db.backup, small))
    expect(first).toMatchObject({ code: 'GW_BACKUP_ROOM', exit: 6 })
    // the estimate may be too low: then it is the disk that says so
    const engine = { ...d.db.backup!, weigh: async () => ({ tables: 4, bytes: 0 }) }
    const second = await refusal(take(engine, small))
    expect(second).toMatchObject({ code: 'GW_BACKUP_DISK', exit: 6, message: expect.stringContaining('ENOSPC') })
    expect(readdirSync(small)).toEqual([])
  } finally {
    execFileSync('umount', [small])
  }
})
