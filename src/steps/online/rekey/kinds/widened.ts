// Whole numbers that have room for more: every key is the number that it has always been.
import { literal, named, quote, short } from '../../words.ts'
import { place } from '../graph.ts'
import { numbersLetGo, numbersTakenUp } from '../numbers.ts'
import { defaultGoes } from '../old-key.ts'
import type { Giving, KeyKind, ThereAndBack } from './kind.ts'

export const widened = (giving: Giving): KeyKind => {
  const { key, old, types } = giving
  return {
    against: old.is === 'bigint' ? [`${short(key.id)}.${key.column} is bigint already`] : [],
    notBack: old.inUse === 'sequence' ? [drawnTooFar(giving)] : [],
    forEveryValue: true,
    pointedAtBy: { in: ['int2', 'int4'] },
    loosens: true,
    functions: { made: [], there: 'true', sinceThen: [] },
    newKey: (_, value) => `${value}::bigint`,
    found: ({ fresh, column }) => `${quote(fresh)} = ${quote(column)}`,
    fillsNew: ({ fresh, column }) => [`  new.${quote(fresh)} := new.${quote(column)};`],
    fillsOld: (m) => [
      `  new.${quote(m.away)} := case when new.${quote(m.column)} between -${room[types[place(m)]!]} - 1 and ${room[types[place(m)]!]} then new.${quote(m.column)} end;`,
    ],
    ...numbers[old.inUse](giving),
    atOnce: async () => ({ before: [], of: (column) => `${column}::bigint`, after: [] }),
  }
}

/** The greatest number of each. */
const room: Readonly<Record<string, string>> = { smallint: '32767', integer: '2147483647' }

/** Numbers of new rows go on where they have always come from, which has as much room from now on. */
const numbers: Readonly<Record<Giving['old']['source'], (giving: Giving) => Pick<KeyKind, 'byNames' | 'writtenAnew'>>> = {
  sequence: ({ key }) => {
    const around = { before: numbersLetGo(key.id, key.column), after: [numbersTakenUp(key.id, key.column)] }
    return { byNames: both(around), writtenAnew: both(around) }
  },
  default: ({ key: { id, column, away } }) => ({
    byNames: {
      there: { before: [], after: [defaultGoes(id, away, column)] },
      back: { before: [defaultGoes(id, column, away)], after: [] },
    },
    writtenAnew: both(nothing),
  }),
  nobody: () => ({ byNames: both(nothing), writtenAnew: both(nothing) }),
}

const nothing = { before: [], after: [] }
const both = (around: ThereAndBack['there']): ThereAndBack => ({ there: around, back: around })

/** It gives numbers that the old type does not hold. */
const drawnTooFar = ({ key, types }: Giving): string => {
  const [most, own] = [room[types[place(key)]!], `pg_get_serial_sequence(${literal(named(key.id))}, ${literal(key.column)})`]
  return `select ${literal(`the sequence of ${short(key.id)}.${key.column} has come past ${most}`)} as reason from pg_sequences
    where format('%I.%I', schemaname, sequencename) = ${own} and last_value > ${most}`
}
