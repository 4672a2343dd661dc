// Mail, handed to a server that speaks SMTP: what goes over the wire, and what is not said to whom.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Letter } from '../../src/notify/channel.ts'
import { type MailChannel, mail } from '../../src/notify/channels/mail.ts'
import { encoded, wireText } from '../../src/notify/smtp/message.ts'
import { certificate } from '../support/certificate.ts'
import { type Behaviour, mailServer } from '../support/mail-server.ts'
import { notice } from './notices.ts'

const root = mkdtempSync(path.join(tmpdir(), 'godwit-mail-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
writeFileSync(path.join(root, 'ca.pem'), certificate)

const letter: Letter = { id: 'a-1', notice: notice({ title: 'stopped with GW_X', says: ['.dot first', 'Grüße'] }) }
const sending = { now: () => Date.UTC(2026, 10, 21, 9, 14, 3), signal: new AbortController().signal }

async function sent(behaviour: Behaviour, url: (port: number) => string, more: Partial<MailChannel> = {}, what = letter) {
  await using server = await mailServer(behaviour)
  const way = mail.open(
    { mail: url(server.port), from: 'godwit@example.org', to: ['a@example.org', 'b@example.org'], ca: 'ca.pem', ...more },
    { root },
  )
  const outcome = await way.send(what, sending).then(
    () => undefined,
    (error: unknown) => error as Error & { final: boolean },
  )
  return { mails: [...server.mails], said: [...server.said], outcome, way }
}
const secure = (port: number) => `smtp://mailer:p%40ss-word@localhost:${port}`

describe('a mail', () => {
  test('goes over STARTTLS with a password, to all receivers, dots doubled, as UTF-8', async () => {
    const { mails, said, outcome } = await sent({ startTls: true, auth: 'PLAIN', eightBit: true }, secure)
    expect(outcome).toBeUndefined()
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({ from: '<godwit@example.org> BODY=8BITMIME', to: ['<a@example.org>', '<b@example.org>'], secure: true })
    expect(mails[0]!.text).toContain('\r\n..dot first\r\nGrüße\r\n')
    expect(mails[0]!.text).toContain('Content-Transfer-Encoding: 8bit')
    expect(mails[0]!.text).toContain('Date: Sat, 21 Nov 2026 09:14:03 +0000\r\nMessage-ID: <a-1@example.org>\r\n')
    expect(said.slice(0, 4)).toEqual(['EHLO [127.0.0.1]', 'STARTTLS', 'EHLO [127.0.0.1]', `AUTH PLAIN ${btoa('\0mailer\0p@ss-word')}`])
  })

  test('goes over TLS from the first byte, with AUTH LOGIN', async () => {
    const { mails, said, outcome } = await sent(
      { tls: true, auth: 'LOGIN', eightBit: true },
      (port) => `smtps://mailer:p%40ss-word@127.0.0.1:${port}`,
    )
    expect(outcome).toBeUndefined()
    expect(mails[0]!.secure).toBe(true)
    expect(said.slice(1, 4)).toEqual(['AUTH LOGIN', btoa('mailer'), btoa('p@ss-word')])
  })

  test('is base64 where the server takes only seven bits', async () => {
    const { mails } = await sent({ startTls: true, auth: 'PLAIN' }, secure)
    expect(mails[0]!.text).toContain('Content-Transfer-Encoding: base64')
    const body = mails[0]!.text.split('\r\n\r\n')[1]!
    expect(Buffer.from(body, 'base64').toString()).toContain('\r\n.dot first\r\nGrüße\r\n')
  })
})

describe('nothing is sent', () => {
  test('where TLS is not offered', async () => {
    const { mails, said, outcome } = await sent({ auth: 'PLAIN' }, secure)
    expect(outcome).toMatchObject({ message: expect.stringContaining('offers no TLS'), final: true })
    expect([mails, said]).toEqual([[], ['EHLO [127.0.0.1]']])
  })

  test('where more is said in the clear than was asked for', async () => {
    const { mails, outcome } = await sent({ startTls: true, injects: '250 AUTH PLAIN\r\n', auth: 'PLAIN' }, secure)
    expect(outcome).toMatchObject({ message: expect.stringContaining('before TLS'), final: true })
    expect(mails).toEqual([])
  })

  test('to a server that nobody has vouched for', async () => {
    const { mails, said, outcome } = await sent({ startTls: true, auth: 'PLAIN' }, secure, { ca: undefined })
    expect(outcome?.message).toMatch(/SELF_SIGNED|certificate/i)
    expect([mails, said.filter((l) => l.startsWith('AUTH'))]).toEqual([[], []])
  })

  test('to some, where one receiver is refused', async () => {
    const answers = { 'RCPT TO:<b@': '550 nobody of that name' }
    const { mails, outcome } = await sent({ startTls: true, auth: 'PLAIN', answers }, secure)
    expect(outcome).toMatchObject({ message: 'localhost refused the receiver b@example.org: 550 nobody of that name', final: true })
    expect(mails).toEqual([])
  })
})

test('a refusal for now is not for good', async () => {
  const { outcome } = await sent({ startTls: true, auth: 'PLAIN', answers: { 'MAIL FROM': '451 later' } }, secure)
  expect(outcome).toMatchObject({ final: false, message: expect.stringContaining('451 later') })
})

test('a line cut after the dot is tried again with the same Message-ID', async () => {
  const { mails, outcome } = await sent({ startTls: true, auth: 'PLAIN', silent: true }, secure)
  expect(outcome).toMatchObject({ final: false })
  expect(mails[0]!.text).toContain('Message-ID: <a-1@example.org>')
})

test('what is no mail server is told from one', async () => {
  const { outcome } = await sent({ startTls: true, answers: { EHLO: 'HTTP/1.1 400 Bad Request' } }, secure)
  expect(outcome?.message).toContain('does not speak SMTP')
})

test.each([
  ['http://mail.example', {}, /smtp:\/\//],
  ['smtp://user@mail.example', {}, /both a user and a password/],
  ['smtp://u:p@mail.example?tls=none', {}, /without TLS/],
  ['smtp://u:%E0%A4%A@mail.example', {}, /%25/],
  ['smtp://mail.example', { from: 'a@b.c\r\nBcc: x@y.z' }, /plain mail address/],
  ['smtp://mail.example', { to: ['a@b.c> NOTIFY=SUCCESS', 'x@y.z'] }, /plain mail addresses/],
  ['smtp://mail.example', { ca: 'nowhere.pem' }, /file that can be read/],
])('%s %o is no channel', (url, more, says) => {
  expect(() => mail.open({ mail: url, from: 'a@b.c', to: 'd@e.f', ...more }, { root })).toThrow(says)
})

describe('headers', () => {
  const text = (subject: string) => wireText({ id: 'i', from: 'a@b.c', to: ['d@e.f'], subject, text: 'x', at: 0 }, true)
  const subjectOf = (wire: string) => /\r\nSubject: ((?:.|\r\n )*?)\r\n(?! )/.exec(wire)![1]!
  const decoded = (s: string) =>
    Buffer.concat([...s.matchAll(/=\?UTF-8\?B\?(.*?)\?=/g)].map(([, word]) => Buffer.from(word!, 'base64'))).toString()

  test.each(['plain words', 'Grüße an Łódź', '漢字'.repeat(60), 'x'.repeat(300), '=?UTF-8?B?aGk=?=', '👩‍👩‍👧 '.repeat(30).trim()])(
    'a subject comes back as it was: %s',
    (subject) => {
      const wire = text(subject)
      expect(subjectOf(wire).startsWith('=?UTF-8?B?aGk=?=')).toBe(false)
      if (/^[\x20-\x7e]{1,60}$/.test(subject) && !subject.includes('=?')) expect(subjectOf(wire)).toBe(subject)
      else expect(decoded(subjectOf(wire))).toBe(subject)
    },
  )

  test('no line is longer than 78, and no name begins another header', () => {
    const wire = text('Łódź\r\nBcc: everybody@example.org\r\n\r\n<script>\u2028X: y')
    const head = wire.split('\r\n\r\n')[0]!
    expect(head.split('\r\n').filter((l) => l.length > 78)).toEqual([])
    expect(
      head
        .split('\r\n')
        .map((l) => l.split(':')[0])
        .filter((l) => !l!.startsWith(' ')),
    ).toEqual([
      'Date',
      'Message-ID',
      'From',
      'To',
      'Subject',
      'Auto-Submitted',
      'MIME-Version',
      'Content-Type',
      'Content-Transfer-Encoding',
    ])
  })

  test('each encoded word is whole and at most 75 long', () => {
    for (const word of encoded('漢字かな交じり文 '.repeat(20))) {
      expect(word.length).toBeLessThanOrEqual(75)
      expect(Buffer.from(word.slice(10, -2), 'base64').toString()).not.toContain('\ufffd')
    }
  })
})
