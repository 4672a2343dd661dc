// Announcements and runbooks from a plan; and names that would like to be more than names.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database, type Plan, plan } from '../../src/api.ts'
import { commands } from '../../src/cli/commands/index.ts'
import { explained } from '../../src/errors/index.ts'
import { ddl, migration, none, window } from '../../src/index.ts'
import { audiences, factsOf } from '../../src/notify/announce/announcement.ts'
import { windowOf } from '../../src/notify/announce/window.ts'
import { announced, filled } from '../../src/notify/announce/write.ts'
import { wordsOf } from '../../src/notify/channels/mail.ts'
import { messageOf } from '../../src/notify/channels/slack.ts'
import { formats } from '../../src/notify/markup.ts'
import { teller } from '../../src/notify/notice.ts'
import { runbook } from '../../src/notify/runbook/runbook.ts'
import { wireText } from '../../src/notify/smtp/message.ts'
import { masked } from '../../src/notify/words.ts'
import { verifyStep } from '../../src/run/verify-step.ts'
import type { Step } from '../../src/steps/step.ts'
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts'
import { gated, people } from './migration.ts'
import { notice } from './notices.ts'

let fresh: FreshDatabase
let db: Database
let gatedPlan: Plan
beforeAll(async () => {
  fresh = await freshDatabase()
  await people(fresh.url, 20)
  db = await connect(fresh.url)
  gatedPlan = await plan(gated, db)
})
afterAll(async () => {
  await db?.close()
  await fresh?.drop()
})

const contacts = { 'the data': 'Ana Ruiz, ana@example.org' }
const place = { where: 'prod (app@db/app), protected', contacts, command: (words: string) => `godwit ${words} --env prod` }
const facts = (of: Plan, window?: string) =>
  factsOf(of, 'team', { environment: 'prod', window: window === undefined ? undefined : windowOf(window), contacts })

describe('a runbook', () => {
  test('says each command, what is seen, what to do by code, and the way back, phase by phase', () => {
    const book = runbook(gatedPlan, place)
    expect([...book.matchAll(/^## (.*)$/gm)].map((m) => m[1])).toEqual([
      'Before',
      'expand',
      'backfill',
      'verify',
      'cutover',
      'Back, from anywhere',
      'After',
    ])
    expect(book).toContain('- [ ] `godwit run --to expand --env prod`')
    expect(book).toContain('`expand.1` a note for people: person: reading and writing wait')
    expect(book).toContain(
      '`cutover.1` somebody opens the door: waits until the door is open. Waits here (exit 3) until it is open: `godwit status --env prod`',
    )
    expect(book).toContain('- [ ] `godwit run --env prod`')
    expect(book).toContain('| the data | Ana Ruiz, ana@<!-- -->example.org |')
    expect(book).toContain('`godwit undo --to verify --env prod` takes the cutover back')
  })

  test('is the same for the same plan, and no phase is longer than a page', async () => {
    const book = runbook(await plan(gated, db), place)
    expect(book).toBe(runbook(gatedPlan, place))
    const many = migration('many', {
      expand: Array.from({ length: 80 }, (_, i) =>
        ddl(`column ${i}`, { forward: `alter table public.person add column c${i} text`, back: { irreversible: 'because' } }),
      ),
    })
    const pages = runbook(await plan(many, db), place).split(/^## /m)
    expect(pages.find((p) => p.startsWith('expand'))).toContain('… and 56 more steps')
    expect(Math.max(...pages.map((p) => p.split('\n').length))).toBeLessThanOrEqual(60)
    expect(pages.map((p) => Math.max(...p.split('\n').map((l) => l.length))).filter((n) => n > 2500)).toEqual([])
  })

  test('names only codes that are explained and commands that there are', () => {
    const book = runbook(gatedPlan, place)
    const codes = [...book.matchAll(/GW_[A-Z_]+/g)].map((m) => m[0])
    expect(codes.length).toBeGreaterThan(10)
    expect(codes.filter((c) => !explained.some((e) => e.code === c))).toEqual([])
    const said = [...book.matchAll(/godwit ([a-z]+)/g)].map((m) => m[1]!)
    expect(said.filter((c) => !commands.some((entry) => entry.name === c))).toEqual([])
  })
})

describe('when it is, and how long it takes', () => {
  const from = '2026-12-05T22:00:00+01:00'
  const announce = { audience: 'all shops', impact: 'orders wait', instructions: 'keep them on paper' }
  const windowed = (...more: Step[]) =>
    plan(migration('windowed', { cutover: [...window({ from, to: '2 hours', announce }), ...more] }), db)

  test('a window of the migration is the one that is announced, in the zone that is asked for', async () => {
    const of = await windowed()
    const { window: when, impact, todo } = facts(of)
    expect([when, impact[0], todo[0]]).toEqual(['2026-12-05 21:00 to 23:00 UTC', 'all shops: orders wait', 'all shops: keep them on paper'])
    expect(facts(of, '2026-12-05 22:00/2026-12-06 00:00 Europe/Berlin').window).toBe('2026-12-05 22:00 to 2026-12-06 00:00 Europe/Berlin')
    expect(() => facts(of, '2026-12-05 22:00/23:59 Europe/Berlin')).toThrow(
      /is none of the migration, which has 2026-12-05 21:00 to 23:00 UTC/,
    )
    expect(() => facts(of, '2026-12-05 22:00/2026-12-06 00:00')).toThrow(/is none of the migration/)
    const two = await windowed(...window({ from: '2026-12-06T22:00:00Z', to: '1 hour' }))
    expect(() => facts(two)).toThrow(/has 2 windows: 2026-12-05 21:00 to 23:00 UTC; 2026-12-06 22:00 to 23:00 UTC/)
  })

  test.each([
    ['2026-07-01 12:00/12:30 Europe/Berlin', '2026-07-01T10:00:00Z'],
    ['2026-03-29 03:30/04:00 Europe/Berlin', '2026-03-29T01:30:00Z'],
    ['2026-03-08 03:30/04:00 America/New_York', '2026-03-08T07:30:00Z'],
    ['2026-12-05 02:30/03:00 Asia/Kolkata', '2026-12-04T21:00:00Z'],
    ['2026-12-04 18:00/18:30 America/Los_Angeles', '2026-12-05T02:00:00Z'],
  ])('%s begins at %s', async (local, moment) => {
    const at = (from: string) => plan(migration('zoned', { cutover: [...window({ from, to: '30 min' })] }), db)
    expect(facts(await at(moment), local).window).toBe(local.replace('/', ' to '))
    const later = new Date(Date.parse(moment) + 3_600_000).toISOString().replace('.000', '')
    const of = await at(later)
    expect(() => facts(of, local)).toThrow(/is none of the migration/)
  })

  test('where this very plan was rehearsed its times are said, for the rows that there are now', () => {
    const moves = gatedPlan.steps.find((s) => s.mapping)!
    const rehearsed = {
      migration: 'people',
      plan: gatedPlan.id,
      at: '2026-11-21T09:14:30.000Z',
      of: 'a copy',
      steps: [
        { id: 'backfill.1', title: moves.title, seconds: 30, rows: 10 },
        { id: 'verify.0', title: verifyStep.title, seconds: 12, rows: null },
      ],
      books: [],
      undo: { seconds: 1, before: '', after: '', same: true },
    }
    const how = 'measured in the rehearsal of this plan at 2026-11-21 09:14 UTC, for the rows that there are now'
    const { duration } = factsOf(gatedPlan, 'team', { environment: 'prod', window: undefined, contacts, rehearsed })
    expect(duration).toBe(`84 s (${how})`)
    const book = runbook(gatedPlan, { ...place, rehearsed })
    expect(book).toContain(`20 rows, 84 s in all (${how})`)
    expect(book).toMatch(/`backfill.1` .*: 20 rows; 60 s/)
    expect(book).toMatch(/rows that are not ours: 24 s$/m)
    expect(runbook(gatedPlan, place)).toContain('(an estimate by the number of rows)')
  })
})

describe('an announcement', () => {
  const by = (audience: (typeof audiences)[number]) => {
    const window = windowOf('2026-12-01 02:00/04:00 Europe/Berlin')
    return announced(factsOf(gatedPlan, audience, { environment: 'prod', window, contacts }), audience, 'text')
  }

  test.each(audiences)('for %s says what, when, how long and whom to ask', (audience) => {
    for (const words of [
      'people (prod)',
      '2026-12-01 02:00 to 04:00 Europe/Berlin',
      'It takes up to',
      'the data: Ana Ruiz',
      'What to do\n|Decisions\n',
    ])
      expect(by(audience)).toMatch(new RegExp(words.replaceAll(/[()]/g, '\\$&')))
  })

  test('tells users what it means for them, and nothing of tables', () => {
    expect(by('users')).toContain(
      'What it means for you\n  You can go on working. For moments, pages may wait until a change is through.\n',
    )
    expect(by('users')).not.toMatch(/person|expand|lock/)
  })

  test('tells the team all of it', () => {
    expect(by('team').replace(gatedPlan.id, 'ID')).toBe(`Planned change of data: people (prod)

When
  2026-12-01 02:00 to 04:00 Europe/Berlin
  It takes up to 3.0 s (an estimate by the number of rows).

What moves
  old_person → person (20 rows)

What changes
  expand: a note for people

What waits meanwhile
  expand.1 a note for people: person: reading and writing wait while it is made
  Rows are written in short transactions beside the application.

Gates
  somebody opens the door: waits until the door is open

How we know that it is right
  every row is compared with what it should be (1 comparison), 1 check of its own, and the rows that are not touched are proved to be as before

What to do
  No deploys and no changes of person from the beginning until it is done.
  godwit status shows where it stands; godwit runbook is what whoever carries it out goes by.

Way back
  All of it can be taken back, and that the rest is as before is proved then.

Whom to ask
  the data: Ana Ruiz, ana@example.org

migration people, plan ID
`)
  })

  test('tells management what is to be decided', () => {
    expect(by('management')).toContain('Decisions\n  Be within reach for 1 decision: "somebody opens the door".\n')
  })

  test('says that something waits only where something does', async () => {
    const only = await plan(migration('rows', gated.mappings[0]!), db)
    expect(facts(gatedPlan).impact[0]).toBe('expand.1 a note for people: person: reading and writing wait while it is made')
    expect(facts(only).impact[0]).toBe('No table is locked against reading or writing.')
  })

  test('says what cannot be taken back', async () => {
    const one = migration('one', {
      contract: [
        ddl('away with it', { forward: 'alter table public.person drop column full_name', back: { irreversible: 'its values are gone' } }),
      ],
    })
    expect(facts(await plan(one, db)).back).toEqual(['It can be taken back, but for:', 'contract.1 away with it: its values are gone'])
  })

  test('says that a window is too short', () => {
    const long = { ...gatedPlan, steps: gatedPlan.steps.map((s) => (s.mapping ? { ...s, rows: 10_000_000 } : s)) }
    expect(facts(long, '2026-12-01 02:00/02:05').impact.at(-1)).toMatch(/shorter than the estimate/)
    expect(facts(long, '2026-12-01 02:00/2026-12-02 02:05').impact.at(-1)).not.toMatch(/shorter/)
  })

  test('can be put in words of one’s own', () => {
    const template = { file: 'news.txt', text: 'On {{ window }}: \\{{not this}}\n{{moves}}' }
    expect(filled(template, facts(gatedPlan, '2026-12-01 02:00/04:00'), 'text')).toBe(
      'On 2026-12-01 02:00 to 04:00 UTC: {{not this}}\n- old_person → person (20 rows)',
    )
  })

  test('refuses a name that nobody knows, with its line', () => {
    const template = { file: 'news.txt', text: 'Hello\n{{widow}} {{constructor}}' }
    expect(() => filled(template, facts(gatedPlan), 'text')).toThrow(
      'news.txt has 2 names that are not known: {{widow}} (did you mean {{window}}?), {{constructor}}.',
    )
  })
})

describe('a window', () => {
  test.each([
    ['2026-12-01 02:00/04:00', { from: '2026-12-01 02:00', to: '04:00', zone: 'UTC', minutes: 120 }],
    [
      '2026-12-01T22:00/2026-12-02T01:00 Europe/Berlin',
      { from: '2026-12-01 22:00', to: '2026-12-02 01:00', zone: 'Europe/Berlin', minutes: 180 },
    ],
    ['2026-12-01 02:00/02:01', { from: '2026-12-01 02:00', to: '02:01', zone: 'UTC', minutes: 1 }],
  ])('%s', (text, window) => expect(windowOf(text)).toEqual(window))

  test.each([
    ['tomorrow night', /is not a beginning and an end/],
    ['2026-12-01 02:00/02:00', /ends before it begins/],
    ['2026-12-01 22:00/01:00', /ends before it begins/],
    ['2026-02-30 02:00/04:00', /does not exist/],
    ['2026-12-01 25:00/26:00', /does not exist/],
    ['2026-12-01 02:00/04:00 Europe/Nowhere', /zone that is not known/],
  ])('%s is refused', (text, says) => expect(() => windowOf(text)).toThrow(says))
})

describe('a hostile name', () => {
  const evil = 'x <!channel> <@U1> [a](http://evil) @here *b* `c` <script>alert(1)</script> | "q" \r\nBcc: a@b.c\u202e\u200b\u001b[31m'
  const hostile = migration(evil, {
    expand: [ddl(evil, { forward: 'alter table public.person add column z text', back: 'alter table public.person drop column z' })],
    verify: [none(evil, { of: 'select count(*) from public.person', rows: 'select id from public.person where false' })],
  })
  const told = () => {
    const tell = teller({ environment: 'qa', database: 'x' })
    tell({
      type: 'run.started',
      seq: 1,
      at: 0,
      run: 'r1',
      migration: evil,
      plan: 'p',
      pass: 1,
      resumed: false,
      steps: [{ id: 'expand.1', phase: 'expand', title: evil }],
    })
    tell({ type: 'step.started', seq: 2, at: 0, step: 'expand.1' })
    return tell({ type: 'run.failed', seq: 3, at: 1, error: { code: 'GW_X', message: evil, hint: evil } })!
  }

  test('is one line without anything hidden in every notice', () => {
    const n = told()
    for (const l of [n.title, n.migration, ...n.says, ...n.next]) expect(l).not.toMatch(/[\u0000-\u001f\u200b\u202e]/)
  })

  test('is no markup, mention or link in Slack', () => {
    const message = messageOf({ id: 'i', notice: told() }) as {
      text: string
      blocks: { text?: { type: string }; elements?: { type: string }[] }[]
    }
    expect(message.text).not.toMatch(/[<>]|@\w|\]\(|:\/\//)
    expect(message.blocks.flatMap((b) => [b.text, ...(b.elements ?? [])]).flatMap((t) => t?.type ?? [])).toEqual(
      expect.arrayContaining(['plain_text']),
    )
    expect(JSON.stringify(message)).not.toContain('mrkdwn')
  })

  test('begins no header of a mail', () => {
    const wire = wireText({ ...wordsOf({ id: 'i', notice: told() }), from: 'a@b.c', to: ['d@e.f'], at: 0 }, true)
    expect(wire.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m)
  })

  test('is text in Markdown and HTML', async () => {
    const hostilePlan = await plan(hostile, db)
    for (const format of formats)
      for (const audience of audiences) {
        const said = announced(
          factsOf(hostilePlan, audience, { environment: evil, window: undefined, contacts: { [evil]: evil } }),
          audience,
          format,
        )
        expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u200b\u202e]/)
        if (format !== 'text') expect(said).not.toMatch(/<script|<!channel|<@/)
        if (format === 'markdown') expect(said).not.toMatch(/[^\\]\]\(http|[^\\]\*b/)
      }
    const book = runbook(hostilePlan, { ...place, contacts: { [evil]: evil } })
    expect(book).not.toMatch(/<script|<!channel|<@|[^\\]\]\(http|[^\\]\*b\*/)
    expect(
      book
        .split('\n')
        .filter((l) => l.startsWith('| x'))
        .map((l) => l.replaceAll('\\|', '').split('|').length),
    ).toEqual([4])
  })
})

test.each([
  ['GW_ROLLED_BACK', 'incident', 'the cutover was taken back'],
  ['GW_INCIDENT', 'incident', 'something is wrong after the cutover'],
  ['GW_STOPPED', 'failed', 'stopped with GW_STOPPED'],
])('%s is told as %s', (code, occasion, title) => {
  const tell = teller({ environment: 'qa', database: 'x' })
  tell({ type: 'run.started', seq: 1, at: 0, run: 'r1', migration: 'm', plan: 'p', pass: 1, resumed: false, steps: [] })
  expect(tell({ type: 'run.failed', seq: 2, at: 1, error: { code, message: 'm', hint: '' } })).toMatchObject({ occasion, title })
})

test.each([
  ['invalid input syntax for type integer: "abc"', 'invalid input syntax for type integer: "…"'],
  [
    'null value in column "email" of relation "person" violates not-null constraint',
    'null value in column "email" of relation "person" violates not-null constraint',
  ],
  ['Key (email)=(ana@example.org) already exists.', 'Key (email)=…) already exists.'],
  ["no arm for 'Ana Ruiz'", "no arm for '…'"],
])('%s', (said, shown) => expect(masked(said)).toBe(shown))

test('a notice has its parts', () => {
  expect(wordsOf({ id: 'i', notice: notice() })).toMatchObject({
    subject: '[godwit] pad-history: stopped',
    text: expect.stringContaining('Next:\n  godwit run'),
  })
})
