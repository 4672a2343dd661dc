// The step: before the first write of its run, done when it is proved, and not done again.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { plan, run, undo } from '../../src/api.ts'
import { backupsIn } from '../../src/backup/folder.ts'
import { int, into, mapping, migration, snapshot, table, text } from '../../src/index.ts'
import { opened, refusal } from '../postgres/open.ts'
import { folder } from './place.ts'

const source = table('source', { id: int().key(), v: text() })
const target = table('target', { id: int().key(), v: text() })
const setup = `create table source (id int primary key, v text not null); create table target (id int primary key, v text not null);
  insert into source select i, 'x' || i from generate_series(1, 200) i; insert into target values (9000, 'not ours')`

const moving = (steps: Parameters<typeof migration>[1]) =>
  migration(
    'moving',
    steps,
    mapping(source, (s) => into(target, { id: s.id, v: s.v })),
  )

const notes = (view: { steps: readonly { id: string; state: string; note?: string }[] }) =>
  view.steps.filter((s) => s.id.startsWith('backup.'))
const proved = (root: string) =>
  backupsIn(join(root, '.godwit/backups')).map((b) => ('damaged' in b ? 'damaged' : b.proof ? 'proved' : 'not proved'))

describe('G17', () => {
  test('the tables of the plan, before the first write, once', async () => {
    await using d = await opened(setup)
    using f = folder()
    const m = moving({ backup: [snapshot()] })
    const view = await run(await plan(m, d.db), d.db, { root: f.path })
    expect(notes(view)).toMatchObject([
      { state: 'done', note: expect.stringMatching(/2 tables, 201 rows, .* restored and compared {3}sha256 [0-9a-f]{12}…/) },
    ])
    const [backup] = backupsIn(join(f.path, '.godwit/backups'))
    if (!backup || 'damaged' in backup) throw new Error('it is not what it was')
    expect(backup.manifest.occasion).toMatchObject({ migration: 'moving', run: 'r1', step: 'backup.1', baseline: true })
    expect(backup.manifest.tables.map((t) => [t.id, t.rows])).toEqual([
      ['public.source', 200],
      ['public.target', 1],
    ])
    await run(await plan(m, d.db), d.db, { root: f.path })
    expect(proved(f.path)).toEqual(['proved'])
    await undo(await plan(m, d.db), d.db, { root: f.path })
    expect(proved(f.path)).toEqual(['proved'])
  })

  test('one that was taken and not proved is gone on with', async () => {
    await using d = await opened(setup)
    using f = folder()
    const m = moving({ backup: [snapshot(source)] })
    await run(await plan(m, d.db), d.db, { root: f.path, to: 'backup' })
    const [id] = readdirSync(join(f.path, '.godwit/backups'))
    rmSync(join(f.path, '.godwit/backups', id!, 'proof.json'))
    await d.sql(`delete from godwit.mark where step = 'backup.1'`)
    await run(await plan(m, d.db), d.db, { root: f.path })
    expect(readdirSync(join(f.path, '.godwit/backups'))).toEqual([id])
    expect(proved(f.path)).toEqual(['proved'])
  })

  test('later than the first write it is refused as a baseline', async () => {
    await using d = await opened(setup)
    using f = folder()
    const m = moving({ backup: [snapshot()] })
    await run(await plan(m, d.db), d.db, { root: f.path })
    rmSync(join(f.path, '.godwit'), { recursive: true })
    await d.sql(`delete from godwit.mark where step in ('backup.1', 'verify'); update godwit.run set state = 'paused'`)
    expect(await refusal(run(await plan(m, d.db), d.db, { root: f.path }))).toMatchObject({
      code: 'GW_BACKUP_LATE',
      message: expect.stringContaining('Run r1 has already written'),
    })
  })

  test('in a later phase it is taken, and says what it is not', async () => {
    await using d = await opened(setup)
    using f = folder()
    const m = moving({ cutover: [snapshot(target)] })
    await run(await plan(m, d.db), d.db, { root: f.path })
    const [backup] = backupsIn(join(f.path, '.godwit/backups'))
    expect(backup).toMatchObject({
      manifest: { occasion: { baseline: false, notBaseline: expect.stringContaining('run r1 had written before') } },
    })
  })

  test('a copy that differs stops the run before anything is written', async () => {
    await using d = await opened(`${setup}; create function drift() returns int language sql volatile as 'select (random() * 1000000)::int';
      create table odd (id int primary key, r int generated always as (id) stored)`)
    using f = folder()
    // what cannot be brought back: a view over an aggregate that is not written
    await d.sql('create aggregate public.mul(int) (sfunc = int4mul, stype = int); create view v as select public.mul(id) from odd')
    const m = moving({ backup: [snapshot.database()] })
    expect(await refusal(run(await plan(m, d.db), d.db, { root: f.path }))).toMatchObject({ code: 'GW_RESTORE_FAILED' })
    expect(proved(f.path)).toEqual(['not proved'])
    expect(await d.sql('select count(*) from target')).toEqual([['1']])
  })

  test('a table of another database cannot be named', () => {
    const away = { ...source, id: '@legacy:public.source' } as typeof source
    expect(() => snapshot(away)).toThrow(/another database/)
  })
})
