// COPY in either direction over a session: whole lines, refusals, and a reading that is left before its end.
import { describe, expect, test } from 'vitest'
import { allOf, opened, refusal } from './open.ts'

describe('COPY', () => {
  test('takes lines with and without their end, and blocks of lines', async () => {
    await using on = await opened('create table t (a text)')
    await on.db.session(async (session) => {
      expect(await session.copyIn('copy public.t from stdin', ['a', 'b\n', 'c\nd\n', 'e\nf', ''])).toBe(7)
      expect((await allOf(session.copyOut('copy public.t to stdout'))).join('')).toBe('a\nb\nc\nd\ne\nf\n\n')
    })
  })

  test('gives whole lines, also where a character lies across two packets', async () => {
    await using on = await opened()
    await on.db.session(async (session) => {
      let rows = 0
      for await (const block of session.copyOut(`copy (select g, repeat('🐦é', g % 999) from generate_series(1, 20000) g) to stdout`)) {
        expect(block.endsWith('\n')).toBe(true)
        for (const line of block.slice(0, -1).split('\n')) {
          const [g, birds] = line.split('\t')
          expect(birds === '🐦é'.repeat(Number(g) % 999) && Number(g) === ++rows).toBe(true)
        }
      }
      expect(rows).toBe(20_000)
    })
  })

  test('a row that the server refuses fails the whole, and the session goes on', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      const lines = (function* () {
        for (let n = 0; n < 200_000; n++) yield n === 100_000 ? 'x\n' : `${n}\n`
      })()
      expect((await refusal(session.copyIn('copy public.t from stdin', lines))).sqlstate).toBe('22P02')
      expect((await session.query('select count(*) from public.t')).rows).toEqual([{ count: '0' }])
    })
  })

  test('a refusal ends the reading, also of lines without an end', async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      const endless = (async function* () {
        for (let n = 0; ; n++) {
          yield n === 10 ? 'x\n' : `${n}\n`
          if (n % 1000 === 0) await new Promise(setImmediate)
        }
      })()
      expect((await refusal(session.copyIn('copy public.t from stdin', endless))).sqlstate).toBe('22P02')
      expect((await session.query('select count(*) from public.t')).rows).toEqual([{ count: '0' }])
    })
  })

  test("where the lines break off, nothing has come in, and the reason is the lines' own", async () => {
    await using on = await opened('create table t (a int)')
    await on.db.session(async (session) => {
      const lines = (async function* () {
        for (let n = 0; n < 100_000; n++) yield `${n}\n`
        throw new Error('the file ends here')
      })()
      expect((await refusal(session.copyIn('copy public.t from stdin', lines))).message).toBe('the file ends here')
      expect((await session.query('select count(*) from public.t')).rows).toEqual([{ count: '0' }])
    })
  })

  test('can be left before its end, and the session goes on', async () => {
    await using on = await opened()
    await on.db.session(async (session) => {
      const start = performance.now()
      for await (const block of session.copyOut(
        'copy (select pg_sleep(0.0001), g, repeat($$x$$, 500) from generate_series(1, 10000000) g) to stdout',
      ))
        if (block) break
      expect((await session.query('select 1 as one')).rows).toEqual([{ one: '1' }])
      expect(performance.now() - start).toBeLessThan(20_000)
    })
  })

  test('a statement that fails on the way out says so', async () => {
    await using on = await opened()
    await on.db.session(async (session) => {
      const all = allOf(session.copyOut('copy (select 1/(5000-g) from generate_series(1, 10000) g) to stdout'))
      expect((await refusal(all)).sqlstate).toBe('22012')
      expect((await session.query('select 1 as one')).rows).toEqual([{ one: '1' }])
    })
  })

  test('a query beside it is refused instead of waiting for ever', async () => {
    await using on = await opened()
    await on.db.session(async (session) => {
      for await (const block of session.copyOut('copy (select 1) to stdout')) {
        expect(block).toBe('1\n')
        await expect((async () => session.query('select 1'))()).rejects.toThrow('busy with COPY')
      }
      await session.query('select 1')
    })
  })
})
