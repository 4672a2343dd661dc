// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} in a plain string is what a configuration has
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DatabaseAddress, hidden, registerSecret, Secret, scrub, scrubKnown } from '../../src/config/index.ts'
import { errorOf, loaded, said } from './project.ts'

const canary = 'k4nGaro0/+~ q%7E"x\\y' // every form of it differs
const encoded = encodeURIComponent(canary)
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Every way in which the canary could be read, and its core, which survives most encodings. */
const forms = [canary, encoded, encoded.toLowerCase(), base64(canary), Buffer.from(canary).toString('base64url'), 'k4nGaro0']
const expectNone = (text: string) => {
  for (const form of forms) expect(text).not.toContain(form)
}

describe('Secret', () => {
  it('shows itself to nobody', () => {
    const secret = new Secret(canary)
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { depth: 9, showHidden: true }),
    ]
    expectNone(shown.join('\n'))
    for (const text of shown) expect(text).toContain(hidden)
    expect(Object.keys(secret)).toEqual([])
    expectNone(JSON.stringify(structuredClone(secret)))
    expect(secret.reveal()).toBe(canary)
  })
})

describe('a loaded configuration', () => {
  it('holds its address but shows it nowhere', async () => {
    const url = `postgres://app:${encoded}@db.example:6543/books?sslmode=require&sslpassword=k4nGaro0-ssl`
    const found = await loaded("{ database: '${URL}' }", { processEnv: { URL: url } })
    expectNone([JSON.stringify(found), inspect(found, { depth: 9, showHidden: true }), String(found.address), found.describe()].join('\n'))
    expect(found.describe()).toBe('default (app@db.example:6543/books)')
    expect(found.database.reveal()).toBe(url)
    expect(found.address.password?.reveal()).toBe(canary)
    // the second net knows them from now on
    expectNone(scrubKnown(`1 ${url} 2 ${canary} 3 ${encoded} 4 ${base64(canary)} 5 k4nGaro0-ssl 6 ${base64(`app:${canary}`)}`))
  })

  it('shows nothing of it when it cannot be understood', async () => {
    for (const url of [
      `postgres://app:${canary}@h/db`,
      `mongodb://app:k4nGaro0@h/db`,
      `app:k4nGaro0@h`,
      'postgres://k4nGaro0/x@h:99999/db',
      'k4nGaro0',
    ]) {
      const error = await errorOf(loaded("{\n  database: '${URL}' }", { processEnv: { URL: url } }))
      expect(error).toMatchObject({ code: 'GW_URL_INVALID', exit: 2, at: 'godwit.config.ts:2: database' })
      expect(error.hint).toContain('The address comes from ${URL} in process environment.')
      expectNone(`${said(error)}\n${error.stack}\n${inspect(error, { depth: 9 })}\n${JSON.stringify(error)}`)
    }
  })
})

describe('scrub', () => {
  it.each([
    ['as it is', canary],
    ['URL-encoded', encoded],
    ['URL-encoded in small letters', encoded.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())],
    ['in a query', new URLSearchParams({ a: canary }).toString().slice(2)],
    ['in JSON', JSON.stringify(canary).slice(1, -1)],
    ['in base64', base64(canary)],
    ['in base64url', Buffer.from(canary).toString('base64url')],
  ])('takes it out %s', (_, form) => {
    expect(scrub(`before ${form} after`, [canary])).toMatch(/^before ‹secret›=* after$/)
  })

  it.each([0, 1, 2, 3, 4, 5])('takes it out of the base64 of something longer, %j bytes in', (before) => {
    const text = base64(`${'u'.repeat(before)}${canary}zz`)
    const left = scrub(text, [canary])
    expect(left).toContain(hidden)
    expect(Buffer.from(left.replace(hidden, ''), 'base64').toString()).not.toContain('4nGaro')
  })

  it('takes out all, the longer before the shorter, and Secrets as well', () => {
    expect(scrub('a longsecret b long c longsecret', ['long', new Secret('longsecret')])).toBe(`a ${hidden} b ${hidden} c ${hidden}`)
  })

  it('reads no pattern into a secret', () => {
    expect(scrub('a.*b axxb (x|y)$1', ['a.*b', '(x|y)$1'])).toBe(`${hidden} axxb ${hidden}`)
  })

  it('leaves text alone without secrets, and with those too short to be any', () => {
    expect(scrub('abc', [])).toBe('abc')
    expect(scrub('abc abc', ['abc', ''])).toBe('abc abc')
  })

  it('survives half a character', () => {
    expect(scrub('x', ['\ud800abcd'])).toBe('x')
  })
})

describe('scrubKnown', () => {
  it('knows what was registered, also later', () => {
    expect(scrubKnown('first-one second-one')).toBe('first-one second-one')
    registerSecret('first-one')
    expect(scrubKnown('first-one second-one')).toBe(`${hidden} second-one`)
    registerSecret(new Secret('second-one'))
    expect(scrubKnown('first-one second-one')).toBe(`${hidden} ${hidden}`)
  })

  it('does not take the public parts of an address for its password', () => {
    DatabaseAddress.parse('postgres://postgres:postgres@localhost:5432/app')
    DatabaseAddress.parse('embedded')
    expect(scrubKnown('postgres 16.4 at localhost/app, embedded')).toBe('postgres 16.4 at localhost/app, embedded')
    expect(scrubKnown('at postgres://postgres:postgres@localhost:5432/app')).toBe(`at ${hidden}`)
  })
})
