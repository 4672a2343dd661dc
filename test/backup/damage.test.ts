// G17: whatever becomes of a backup on its disk is found without a database, and named.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Backup } from '../../src/backup/folder.ts'
import { surveyRestore } from '../../src/backup/restore.ts'
import { verifyBackup } from '../../src/backup/verify.ts'
import { opened, refusal } from '../postgres/open.ts'
import { folder, prove, quiet, take } from './place.ts'

const setup = `create table a (id int primary key, v text); insert into a select i, md5(i::text) from generate_series(1, 500) i; create table b (id int primary key, v text); insert into b select i, md5((i * 7)::text) from generate_series(1, 500) i`

const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file)
  bytes[at] = bytes[at]! ^ 1
  writeFileSync(file, bytes)
}

interface Damage {
  readonly does: (b: Backup) => void
  readonly says: string
}

const rows = (b: Backup, n: number) => join(b.folder, `rows/0000${n}.binary.zst`)

const damages: Readonly<Record<string, Damage>> = {
  'a flipped bit in the middle of the rows': {
    does: (b) => flip(rows(b, 1), 3000),
    says: 'rows/00001.binary.zst has other bytes than were written',
  },
  'a flipped bit at the very beginning': {
    does: (b) => flip(rows(b, 2), 0),
    says: 'rows/00002.binary.zst has other bytes than were written',
  },
  'a flipped bit in the catalogue': {
    does: (b) => flip(join(b.folder, 'catalogue.json.zst'), 100),
    says: 'catalogue.json.zst has other bytes',
  },
  'a file cut short by one byte': {
    does: (b) => truncateSync(rows(b, 1), readFileSync(rows(b, 1)).length - 1),
    says: 'rows/00001.binary.zst has',
  },
  'a file that is empty': { does: (b) => truncateSync(rows(b, 2), 0), says: 'has 0 bytes, and had' },
  'two files exchanged': {
    does: (b) => {
      renameSync(rows(b, 1), `${rows(b, 1)}.x`)
      renameSync(rows(b, 2), rows(b, 1))
      renameSync(`${rows(b, 1)}.x`, rows(b, 2))
    },
    says: 'rows/00001.binary.zst holds what belongs into rows/00002.binary.zst',
  },
  'a missing file': { does: (b) => rmSync(rows(b, 2)), says: 'rows/00002.binary.zst is missing' },
  'an edited manifest': {
    does: (b) => {
      const file = join(b.folder, 'manifest.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('"rows": 500', '"rows": 501'))
    },
    says: 'manifest.json was changed',
  },
  'a manifest with a blank more': {
    does: (b) => writeFileSync(join(b.folder, 'manifest.json'), `${readFileSync(join(b.folder, 'manifest.json'), 'utf8')} `),
    says: 'manifest.json was changed',
  },
}

describe('G17', () => {
  test.each(Object.entries(damages))('%s', async (_, { does, says }) => {
    await using d = await opened(setup)
    using f = folder()
    const backup = await take(d.db.backup, f.path)
    await verifyBackup(f.path, backup.id)
    does(backup)
    expect(await refusal(verifyBackup(f.path, backup.id))).toMatchObject({
      code: 'GW_BACKUP_DAMAGED',
      exit: 4,
      message: expect.stringContaining(says),
    })
    expect(await refusal(prove(d.db.backup, backup))).toMatchObject({ code: 'GW_BACKUP_DAMAGED' })
    const place = await d.db.backup!.place('gw_not_made_for_damage')
    expect(await refusal(surveyRestore(backup, place, { ...quiet, tables: undefined }))).toMatchObject({ code: 'GW_BACKUP_DAMAGED' })
  })

  test('the manifest of another backup', async () => {
    await using d = await opened(setup)
    using f = folder()
    const [one, other] = [await take(d.db.backup, f.path), await take(d.db.backup, f.path)]
    writeFileSync(join(one.folder, 'manifest.json'), readFileSync(join(other.folder, 'manifest.json')))
    expect(await refusal(verifyBackup(f.path, one.id))).toMatchObject({ code: 'GW_BACKUP_DAMAGED' })
  })

  test('a proof of another manifest proves nothing', async () => {
    await using d = await opened(setup)
    using f = folder()
    const [one, other] = [await prove(d.db.backup, await take(d.db.backup, f.path)), await take(d.db.backup, f.path)]
    writeFileSync(join(other.folder, 'proof.json'), readFileSync(join(one.folder, 'proof.json')))
    expect((await verifyBackup(f.path, one.id)).backup.proof).toBeDefined()
    expect((await verifyBackup(f.path, other.id)).backup.proof).toBeUndefined()
  })

  test('a folder that is under way is no backup, and one of a dead process is cleared away', async () => {
    await using d = await opened(setup)
    using f = folder()
    const dead = join(f.path, '.making-999999999-abcd')
    const { mkdirSync } = await import('node:fs')
    mkdirSync(dead)
    writeFileSync(join(dead, 'manifest.json'), '{}')
    const backup = await take(d.db.backup, f.path)
    expect(existsSync(dead)).toBe(false)
    expect(readdirSync(f.path)).toEqual([backup.id])
  })
})
