import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DatabaseAddress, milliseconds } from '../../src/config/index.ts'
import { errorOf, said } from './project.ts'

const parse = (text: string) => DatabaseAddress.parse(text)

describe('an address', () => {
  it.each([
    ['postgres://app:secret@db:6000/books', 'app@db:6000/books'],
    ['postgresql://app@db/books', 'app@db/books'],
    ['POSTGRES://app@db/books', 'app@db/books'],
    ['postgres://db', 'db'],
    ['postgres://app:s3cret@[::1]:5432/b?sslmode=require&password=x', 'app@[::1]:5432/b'],
    ['postgres:///books?host=/var/run/postgresql&user=app', 'app@/var/run/postgresql/books'],
    ['postgres://%2Fvar%2Frun/books', '/var/run/books'],
    ['postgres://a%40b:p@h/d%2Fe', 'a@b@h/d/e'],
    ['postgres://u:p@ss:word@h/db', 'u@h/db'],
    ['  postgres://u@h/db\n', 'u@h/db'],
    ['postgres://u%1b[31m@h/db', 'u\\u001b[31m@h/db'],
    ['embedded', 'embedded'],
  ])('%j is described as %j', (text, described) => {
    const address = parse(text)
    expect(address.describe()).toBe(described)
    expect([`${address}`, JSON.parse(JSON.stringify(address)), inspect(address)]).toEqual([described, described, described])
  })

  it('has its parts', () => {
    const address = parse('postgres://app:p%40ss%2F@db:6000/books?x=1')
    expect({ ...address }).toMatchObject({ scheme: 'postgres', engine: 'postgres', user: 'app', host: 'db', port: 6000, database: 'books' })
    expect(address.password?.reveal()).toBe('p@ss/')
    expect(parse('postgresql://db').engine).toBe('postgres')
    expect(parse('embedded')).toMatchObject({ engine: 'embedded', host: undefined, database: undefined })
  })

  it.each([
    ['oracle://u:wombat@h/db', "Godwit knows no database of the kind 'oracle'."],
    ['postgre://u:wombat@h/db', "Godwit knows no database of the kind 'postgre'. Did you mean 'postgres'?"],
    ['wombat', 'The address of the database has no scheme.'],
    ['u:wombat@h/db', 'The address of the database has no scheme.'],
    ['embeded', "The address of the database has no scheme. Did you mean 'embedded'?"],
    ['', 'The address of the database has no scheme.'],
    ['embedded://wombat', "'embedded' stands alone: nothing follows it."],
    ['postgres://u:wom%bat@h/db', 'The password in the address of the database has a % that is not followed by two hexadecimal digits.'],
    ['postgres://wom%@h/db', 'The user in the address of the database has a %'],
    ['postgres://u:p@h/wom%zz', 'The database in the address of the database has a %'],
    ['postgres://u:wom bat@h/db', 'The address of the database has a space or a line break in it.'],
    ['postgres://u:wom\nbat@h/db', 'The address of the database has a space or a line break in it.'],
    ['postgres://u:p@one,wombat/db', 'The address of the database names several hosts.'],
    ['postgres://u:p@h/db#wombat', 'The address of the database is not a URL that can be read.'],
    ['postgres://u:p@h/db/wombat', 'The address of the database is not a URL that can be read.'],
    ['postgres://u:p@h:0/wombat', 'The port in the address of the database is not a number from 1 to 65535.'],
    ...['wom#bat', 'wom/bat', 'wom?bat', '12#bat', '12/wombat', '12?wombat', '1/2/wombat', 'p@12#bat', 'p@12/wombat', 'p@12?wombat'].map(
      (password): [string, string] => [`postgres://u:${password}@h/db`, 'Most often its password has a character that must be encoded.'],
    ),
  ])('%j is refused, and not shown', async (text, message) => {
    const error = await errorOf(() => parse(text))
    expect(error).toMatchObject({ code: 'GW_URL_INVALID', exit: 2 })
    expect(error.message).toContain(message)
    expect(said(error)).not.toMatch(/wom|bat/)
  })

  it('lists the kinds there are, and takes more', async () => {
    expect((await errorOf(() => parse('oracle://h/db'))).hint).toContain(
      'Use postgres, postgresql, embedded, sqlite, file, mariadb or mysql',
    )
    const schemes = [{ name: 'mysql', engine: 'mysql', form: 'server' }] as const
    expect(DatabaseAddress.parse('mysql://u@h/db', { schemes })).toMatchObject({ engine: 'mysql', database: 'db' })
  })

  it('says how to encode a password', async () => {
    expect((await errorOf(() => parse('postgres://u:a#b@h/db'))).hint).toContain('# as %23')
  })
})

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['2 sec', 2_000],
    ['10min', 600_000],
    ['1 minute', 60_000],
    ['24 hours', 86_400_000],
    ['1.5h', 5_400_000],
    ['30 days', 2_592_000_000],
    ['2 weeks', 1_209_600_000],
    ['1h 30min', 5_400_000],
    ['2 h 5 min', 7_500_000],
    ['0s', 0],
    ['2S', 2_000],
  ])('%j is %j ms', (text, ms) => {
    expect(milliseconds(text)).toBe(ms)
  })

  it.each([
    '',
    '2',
    's',
    '5m',
    '-2s',
    '1e3s',
    '1,5s',
    '2s!',
    '5min 1h',
    '5s 5s',
    '2 parsecs',
    'Infinity s',
    '0x5s',
    '٣s',
    'constructor',
    '5 constructor',
  ])('%j is none', async (text) => {
    const error = await errorOf(() => milliseconds(text, 'checks.ts:3'))
    expect(error).toMatchObject({ code: 'GW_DURATION_INVALID', exit: 2, message: `'${text}' is not a duration.`, at: 'checks.ts:3' })
    for (const form of ['500ms', '2s', '10min', '24 hours', '30 days', '2 weeks', '1h 30min']) expect(error.hint).toContain(form)
  })

  it.each([5, null, undefined, {}])('%j is none either', async (value) => {
    expect(await errorOf(() => milliseconds(value as unknown as string))).toMatchObject({ code: 'GW_DURATION_INVALID' })
  })
})
