// Backups by pg_dump and pg_restore, with the same proof. Where there is no server of their version, they are skipped by name.
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { takeByPrograms } from '../../src/backup/programs.ts'
import { verifyBackup } from '../../src/backup/verify.ts'
import { openPostgres } from '../../src/databases/postgres/postgres.ts'
import type { Programs } from '../../src/steps/hands.ts'
import { opened, refusal } from '../postgres/open.ts'
import { query } from '../support/postgres.ts'
import { folder, prove, quiet, restoreInto } from './place.ts'

const beside = process.env['PGDUMP_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres'

async function fits(): Promise<boolean> {
  try {
    const [[server]] = (await query(beside, 'show server_version')) as [[string]]
    const own = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' })
    return Number.parseInt(server, 10) === Number.parseInt(/\d+/.exec(own)![0], 10)
  } catch {
    return false
  }
}

const programs: Programs = {
  dump: ['pg_dump', '--format=directory', '--jobs=2', '--snapshot={snapshot}', '--file={folder}'],
  restore: ['pg_restore', '--exit-on-error', '--jobs=2', '--dbname={database}', '{folder}'],
}

const setup = `create type mood as enum ('sad', 'ok'); create table a (id int generated always as identity primary key, m mood, v text check (v in ('x', 'y')));
  insert into a (m, v) select 'ok', 'x' from generate_series(1, 500); create table b (id int references a, j jsonb); insert into b select id, '{"a": 1}' from a;
  create view c as select count(*) from b; comment on table a is 'it''s a'`

describe.skipIf(!(await fits()))('pg_dump', () => {
  async function database() {
    const name = `gw_programs_${process.pid}_${Math.floor(performance.now())}`
    await query(beside, `create database ${name}`)
    const url = new URL(beside)
    url.pathname = `/${name}`
    await query(url.href, setup)
    const db = await openPostgres({ url: url.href })
    return {
      db,
      name,
      url: url.href,
      [Symbol.asyncDispose]: async () => {
        await db.close()
        for (const n of [name, `${name}_back`]) await query(beside, `drop database if exists ${n} with (force)`)
      },
    }
  }
  const taking = (path: string) => ({ folder: path, scope: {}, occasion: { baseline: true }, ...quiet })

  test('is of the moment that is compared, and comes back', async () => {
    await using d = await database()
    using f = folder()
    const backup = await prove(d.db.backup, await takeByPrograms(d.db.backup!, taking(f.path), programs, quiet.run))
    expect(backup.manifest.by).toMatchObject({ version: expect.stringMatching(/^\d+/) })
    expect(backup.manifest.files.map((x) => x.name)).toContain('dump/toc.dat')
    expect(backup.proof).toMatchObject({ tables: 2, rows: 1000 })
    await restoreInto(backup, await d.db.backup!.place(`${d.name}_back`))
    expect(await verifyBackup(f.path, backup.id)).toMatchObject({ files: backup.manifest.files.length })
  })

  test('one that leaves something out does not count', async () => {
    await using d = await database()
    using f = folder()
    const less = { ...programs, dump: [...programs.dump, '--exclude-table-data=b'] } as unknown as Programs
    const backup = await takeByPrograms(d.db.backup!, taking(f.path), less, quiet.run)
    expect(await refusal(prove(d.db.backup, backup))).toMatchObject({
      code: 'GW_BACKUP_UNPROVED',
      message: expect.stringContaining('public.b has 0 rows, and had 500'),
    })
  })

  test('a program that fails leaves nothing behind', async () => {
    await using d = await database()
    using f = folder()
    const wrong = { ...programs, dump: [...programs.dump, '--no-such-option'] } as unknown as Programs
    expect(await refusal(takeByPrograms(d.db.backup!, taking(f.path), wrong, quiet.run))).toMatchObject({
      code: 'GW_BACKUP_TOOL',
      message: expect.stringContaining('pg_dump'),
    })
  })
})

test('a program of another version than the server is refused', async () => {
  await using d = await opened('create table t (id int)')
  using f = folder()
  const old = join(f.path, 'pg_dump')
  writeFileSync(old, '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.1"\n')
  chmodSync(old, 0o755)
  const how = { folder: f.path, scope: {}, occasion: { baseline: true }, ...quiet }
  const given = { dump: [old, '{folder}', '{snapshot}'], restore: [old, '{folder}', '{database}'] } as unknown as Programs
  expect(await refusal(takeByPrograms(d.db.backup!, how, given, quiet.run))).toMatchObject({
    code: 'GW_BACKUP_TOOL',
    message: expect.stringContaining('9.6.1'),
  })
})

test('a dump of whatever moment is refused', async () => {
  await using d = await opened('create table t (id int)')
  using f = folder()
  const how = { folder: f.path, scope: {}, occasion: { baseline: true }, ...quiet }
  const loose = { dump: ['pg_dump', '--file={folder}'], restore: ['pg_restore', '--dbname={database}', '{folder}'] } as unknown as Programs
  expect(await refusal(takeByPrograms(d.db.backup!, how, loose, quiet.run))).toMatchObject({
    message: expect.stringContaining('{snapshot}'),
  })
})
