// What the compiler must refuse. Each @ts-expect-error is a test: if the line compiles, `npm run types` fails.
import {
  any,
  bigint,
  bool,
  decide,
  int,
  into,
  lookup,
  mapping,
  numeric,
  table,
  text,
  timestamp,
  timestamptz,
  varchar,
  when,
} from '../../src/index.ts'

const source = table('old', {
  id: bigint().key(),
  side: text().null(),
  size: text(),
  asked: timestamp(),
  done: timestamp().null(),
  price: numeric(10, 2),
  n: int(),
  flag: varchar(1).null(),
})
const target = table('new', {
  id: bigint().key().default(),
  side: text<'BUY' | 'SELL'>(),
  size: int(),
  at: timestamptz(),
  ok: bool(),
  note: text().null(),
  price: numeric(12, 2).null(),
})
const people = table('people', { id: bigint().key(), email: text() })

const right = { size: 1, at: undefined as never, side: 'BUY', ok: true } as const

mapping(source, (r) =>
  into(target, {
    side: r.side.match({ B: 'BUY', S: 'SELL' }).required(),
    size: r.n,
    at: r.asked.asUtc(),
    ok: r.flag.match({ '1': true }).orElse(false),
    price: r.price,
    note: r.side,
  }),
)

mapping(source, (r) => {
  // @ts-expect-error a required column left out
  into(target, { side: 'BUY', size: r.n, at: r.asked.asUtc() })
  // @ts-expect-error may be null, and its column may not
  into(target, { ...right, at: r.asked.asUtc(), side: r.side.match({ B: 'BUY', S: 'SELL' }) })
  // @ts-expect-error a column that the target lacks
  into(target, { ...right, at: r.asked.asUtc(), sise: r.n })
  // @ts-expect-error a value outside the target's set
  into(target, { ...right, at: r.asked.asUtc(), side: 'BUYY' })
  // @ts-expect-error a misspelt source column
  into(target, { ...right, at: r.askd.asUtc() })
  // @ts-expect-error text into a number
  into(target, { ...right, at: r.asked.asUtc(), size: r.size })
  // @ts-expect-error an exact decimal into a whole number
  into(target, { ...right, at: r.asked.asUtc(), size: r.price })
  // @ts-expect-error a wall-clock time into a point in time, without its zone
  into(target, { ...right, at: r.asked })
  // @ts-expect-error a decision table whose cell is of another type than its column
  decide([r.side, r.n], [[['B', 'x'], 1]])
  decide(
    [r.side, r.n],
    [
      [['B', any], 1],
      [[[null, 'S'], 2], 2],
    ],
  )
  // @ts-expect-error lookup by a column that is not there
  lookup(people, { mail: r.side })
  // @ts-expect-error compared with another kind of value
  r.n.is('5')
  // @ts-expect-error a null literal is asked for with isNull()
  r.side.is(null)
  return into(target, { ...right, at: r.asked.asUtc(), id: when(r.n.is(1), 2).otherwise(3) })
})

mapping(source, (r) => into(target, { ...right, at: r.asked.asUtc() }), {
  // @ts-expect-error ignoring a column that does not exist
  ignore: { sides: 'gone' },
})
