// Evidence that a stranger can check: whatever is changed in a dossier afterwards shows, and is named.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fitsTogether, gatherEvidence, readDossier, writeDossier } from '../../src/evidence/index.ts'
import { digestOf, manifestText, sealOf } from '../../src/evidence/manifest.ts'
import { audit, audited, broken } from '../../src/ledger/audit.ts'
import { people, setup } from '../targets/people.ts'
import { openPostgresPlace, openSqlitePlace, type Place, place } from '../targets/place.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'godwit-dossier-'))
const pair = generateKeyPairSync('ed25519')
const privatePem = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const publicPem = String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
const stranger = String(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))

let written: string
beforeAll(async () => {
  await using p = await place(openPostgresPlace, setup)
  const m = people(p.kind)
  await p.run(m)
  await p.app.sql(`update old_person set state = 'A' where id = 3`)
  await p.retry(m)
  await p.run(m)
  written = await write(p, 'first')
})
afterAll(() => rmSync(folder, { recursive: true }))

async function write(p: Place, name: string): Promise<string> {
  const there = path.join(folder, name)
  writeDossier(await gatherEvidence(await p.plan(people(p.kind)), p.db, { showValues: false }), there, { name: 'mine', pem: privatePem })
  return there
}

const at = (file: string): string => path.join(written, file)
const read = (file: string): string => readFileSync(at(file), 'utf8')

/** What is found where one file is another; put back afterwards. */
function found(file: string, change: (text: string) => string, also: (text: string) => void = () => {}): string {
  const kept = ['manifest.json', file].map((f) => [f, read(f)] as const)
  const text = change(read(file))
  expect(text).not.toBe(read(file))
  writeFileSync(at(file), text)
  also(text)
  try {
    fitsTogether(readDossier(written))
    return 'everything fits'
  } catch (error) {
    return (error as Error).message.replace(`${written}: `, '')
  } finally {
    for (const [f, was] of kept) writeFileSync(at(f), was)
  }
}

/** By one who knows how: the digest in the manifest and its seal are put right as well. */
const forged = (file: string, change: (text: string) => string): string =>
  found(file, change, (text) => {
    const { manifest } = readDossier(written)
    const files = manifest.files.map((f) => (f.file === file ? { ...f, bytes: Buffer.byteLength(text), sha256: digestOf(text) } : f))
    writeFileSync(at('manifest.json'), manifestText({ ...manifest, files, seal: sealOf({ ...manifest, files }) }))
  })

const without = (line: number) => (text: string) =>
  text
    .split('\n')
    .filter((_, i) => i !== line)
    .join('\n')

test('as it was written everything fits, and each check has looked at something or says why not', () => {
  const fits = fitsTogether(readDossier(written), { name: 'mine', pem: publicPem })
  expect(fits).toHaveLength(10)
  for (const f of fits) expect(f.looked > 0 || f.note !== undefined, f.title).toBe(true)
  expect(fits.find((f) => f.title.startsWith('the answers'))!.looked).toBeGreaterThan(3)
  expect(fits.find((f) => f.title.startsWith('the books'))!.looked).toBeGreaterThan(0)
})

describe('what is changed afterwards is named', () => {
  const files = ['README.md', 'plan.json', 'statements.sql', 'run.json', 'approvals.json', 'audit.ndjson', 'books.json', 'answers.json']
  const more = ['quarantine.ndjson', 'timings.json', 'report.md', 'report.html', 'report.json']
  test.each([...files, ...more])('one character of %s', (file) => {
    expect(found(file, (text) => text.replace(/[a-z[]/, (c) => (c === 'x' ? 'y' : 'x')))).toBe(
      `${file}: its digest is not the one in the manifest: something in it was changed`,
    )
  })

  test('a file that is gone, one that is longer, one that was never listed', () => {
    renameSync(at('books.json'), path.join(folder, 'books.json'))
    expect(() => fitsTogether(readDossier(written))).toThrow('books.json: it is listed in the manifest, and is not there')
    renameSync(path.join(folder, 'books.json'), at('books.json'))
    expect(found('timings.json', (t) => `${t}\n`)).toMatch(/^timings.json: it has [\d,]+ bytes, and had [\d,]+/)
    writeFileSync(at('more.txt'), 'more')
    expect(() => fitsTogether(readDossier(written))).toThrow('more.txt: it is not listed')
    rmSync(at('more.txt'))
  })

  test('the manifest itself', () => {
    expect(found('manifest.json', (t) => t.replace('"verdict": "passed"', '"verdict": "failed"'))).toMatch(/^manifest.json: its seal/)
    expect(() => readDossier(folder)).toThrow('is not a dossier')
  })

  test('also where the digests were put right: rows that vanish, books that do not add up', () => {
    expect(forged('books.json', (t) => t.replace(/"read": (\d+)/, (_, n) => `"read": ${Number(n) + 1}`))).toMatch(
      /rows were read, and .* are accounted for/,
    )
    const moved = (t: string) =>
      t.replace(/"migrated": (\d+),\s+"quarantined": (\d+)/, (_, m, q) => `"migrated": ${Number(m) + 1}, "quarantined": ${Number(q) - 1}`)
    expect(forged('books.json', moved)).toMatch(/and the audit says/)
    expect(forged('quarantine.ndjson', without(0))).toMatch(/^quarantine.ndjson: \d+ rows? of .*, and the books say/)
  })

  test('also where the digests were put right: the audit, the plan, the answers', () => {
    expect(forged('audit.ndjson', without(2))).toBe('audit.ndjson: entry 3 is missing: the next one there is 4')
    expect(forged('audit.ndjson', (t) => t.replace('"what":"run finished"', '"what":"run Finished"'))).toMatch(/is not what was sealed/)
    const lines = read('audit.ndjson').trim().split('\n').length
    expect(forged('audit.ndjson', without(lines - 1))).toMatch(/^audit.ndjson: it ends with another entry/)
    expect(forged('plan.json', (t) => t.replace(/"steps": "backfill.1/, '"steps": "backfill.9'))).toMatch(/^plan.json: its lines make plan/)
    expect(forged('answers.json', (t) => t.replace(/"examined": \d+/, '"examined": 9999'))).toMatch(/the audit knows of no such answer/)
    expect(forged('answers.json', (t) => t.replace(/"wrong": 0/, '"wrong": 3'))).toMatch(/passed with 3 wrong/)
    expect(forged('approvals.json', () => '[{"nonce":"0011223344","step":"cutover.1","plan":"x"}]\n')).toMatch(/is not in the audit/)
  })

  test('a signature of another, or none where one is asked for', () => {
    const d = readDossier(written)
    expect(() => fitsTogether(d, { name: 'theirs.pub', pem: stranger })).toThrow('it was not made by the owner of theirs.pub')
    expect(() => fitsTogether({ ...d, signature: undefined }, { name: 'mine', pem: publicPem })).toThrow('a key was given')
    expect(() => fitsTogether(d, { name: 'broken.pub', pem: 'no key' })).toThrow('broken.pub is no key that can be used')
  })
})

test('evidence is not written over, and of a SQLite file it is the same', async () => {
  await using p = await place(openSqlitePlace, setup)
  await p.run(people(p.kind))
  await p.again()
  const there = await write(p, 'sqlite')
  expect(fitsTogether(readDossier(there), { name: 'mine', pem: publicPem })).toHaveLength(10)
  await expect(write(p, 'sqlite')).rejects.toMatchObject({ code: 'GW_DOSSIER_THERE' })
})

test('the audit: written by several at once it stays one chain; and a changed row breaks it', async () => {
  await using p = await place(openPostgresPlace, setup)
  await p.run(people(p.kind))
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => p.db.session((s) => audit(s, [{ what: `deed ${i}` }, { what: 'and one more' }], 0))),
  )
  const entries = await p.db.session((s) => audited(s))
  expect(entries.filter((e) => e.what === 'and one more')).toHaveLength(8)
  expect(broken(entries)).toBeUndefined()
  await p.app.sql(`update godwit.audit set who = 'somebody else' where seq = 2`)
  expect(broken(await p.db.session((s) => audited(s)))).toMatchObject({ seq: 2 })
})
