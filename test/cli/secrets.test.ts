// A password must not come out anywhere: not in an error, not in a stack, not in a plan, not in a report.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { freshDatabase, query } from '../support/postgres.ts'
import { type Ended, fill, godwit, migrationText, project } from './godwit.ts'

/** With characters that every encoding writes in another way. */
const canary = () => `cnry+${randomBytes(9).toString('base64url')}/=é%`

function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64')
  const inside = [1, 2].map((before) =>
    Buffer.from('x'.repeat(before) + secret)
      .toString('base64')
      .slice(4, -4),
  )
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    ...inside,
    Buffer.from(secret).toString('hex'),
  ]
}

function expectNone(secret: string, ended: Ended, what: string): void {
  for (const form of formsOf(secret))
    expect(ended.all.includes(form), `${what} prints the secret as ${form.slice(0, 6)}…:\n${ended.all}`).toBe(false)
}

const all = [
  ['plan'],
  ['plan', '--sql'],
  ['plan', '--json'],
  ['try', '4'],
  ['doctor'],
  ['grants'],
  ['status'],
  ['run', '--dry-run'],
  ['run'],
  ['run', '--json'],
  ['status', '--json'],
  ['verify'],
  ['verify', 'show', '--all'],
  ['verify', '--repair'],
  ['quarantine'],
  ['quarantine', 'show', '3', '--raw'],
  ['quarantine', 'retry'],
  ['quarantine', 'waive', '3', '--why', 'x'],
  ['quarantine', 'export'],
  ['trace', 'old_customer:4'],
  ['report'],
  ['report', '--format', 'html'],
  ['unlock'],
  ['pull'],
  ['pull', '--check'],
  ['undo', '--yes'],
  ['undo', '--yes'],
  ['explain'],
  ['init'],
]

test('a password in the address, from the environment and from .env', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const secret = canary()
  const url = new URL(db.url)
  url.password = encodeURIComponent(secret)
  const inFile = project({ '.env': `DATABASE_URL='${url.href}'\n` })
  const quiet = { GODWIT_DEBUG: '1' }
  for (const [i, args] of all.entries()) {
    const where = i % 2 ? { cwd: inFile, env: quiet } : { cwd: project(), env: { ...quiet, DATABASE_URL: url.href } }
    const ended = await godwit(args, where)
    expect([0, 2, 4], `${args.join(' ')}: ${ended.all}`).toContain(ended.code)
    expectNone(secret, ended, args.join(' '))
  }
}, 240_000)

test('what goes wrong does not tell either', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const secret = canary()
  const encoded = encodeURIComponent(secret)
  const failures: [string, string, Record<string, string>, string[]][] = [
    ['nobody listens', `postgres://app:${encoded}@127.0.0.1:1/db`, {}, ['run']],
    ['a password that is not encoded', `postgres://app:${secret}@127.0.0.1:1/db`, {}, ['plan']],
    ['an unknown scheme', `oracle://app:${encoded}@host/db`, {}, ['plan']],
    ['no scheme at all', encoded, {}, ['plan']],
    ['no such database', db.url.replace(db.name, 'nothing_here').replace('postgres@', `postgres:${encoded}@`), {}, ['status', '--json']],
    [
      'a migration that throws it',
      `postgres://app:${encoded}@127.0.0.1:1/db`,
      { 'migration.ts': `const url: string = process.env['DATABASE_URL'] ?? ''\nthrow new Error('cannot use ' + url)\n` },
      ['plan'],
    ],
    [
      'a configuration that throws it',
      `postgres://app:${encoded}@127.0.0.1:1/db`,
      { 'godwit.config.ts': `throw new Error('cannot use ' + process.env['DATABASE_URL'])\n` },
      ['plan', '--json'],
    ],
    ['as the name of an environment', `postgres://app:${encoded}@127.0.0.1:1/db`, {}, ['plan', '--env', 'prd']],
  ]
  for (const [what, url, files, args] of failures) {
    const ended = await godwit(args, { cwd: project(files), env: { DATABASE_URL: url, GODWIT_DEBUG: '1' } })
    expect(ended.code, what).not.toBe(0)
    expectNone(secret, ended, what)
  }
}, 60_000)

test('a server that says the password back is not repeated', async () => {
  await using db = await freshDatabase()
  await fill(db.url)
  const secret = canary()
  await query(
    db.url,
    `create function public.tell() returns trigger language plpgsql as $$ begin raise exception 'no, %', '${secret}'; end $$; create trigger tell before insert on customer for each row execute function public.tell()`,
  )
  const url = new URL(db.url)
  url.password = encodeURIComponent(secret)
  const where = { cwd: project({ 'migration.ts': migrationText }), env: { DATABASE_URL: url.href } }
  for (const args of [
    ['run', '--budget', '100%'],
    ['quarantine', 'show', '4'],
    ['quarantine', 'export', '--format', 'ndjson'],
    ['report'],
    ['status'],
  ])
    expectNone(secret, await godwit(args, where), args.join(' '))
}, 60_000)
