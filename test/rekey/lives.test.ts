// Other keys for a table, through the whole life of both steps, broken off at each work.
import { rekey, surrogate } from '../../src/index.ts'
import type { Steps } from '../../src/migration/migration.ts'
import { life } from '../support/life.ts'
import { enrolled, graphs, others } from './graphs.ts'

/** Keys that were drawn are kept on the way back, and then there is one work less: here each time is the first. */
const forgotten = ({ expand = [], ...rest }: Steps, pairs: string): Steps => ({
  ...rest,
  expand: [
    {
      kind: 'forgotten',
      title: 'nothing is kept',
      at: undefined,
      params: {},
      doing: {
        says: ['nothing'],
        do: () => Promise.resolve({ done: 'nothing' }),
        undo: (hands) => hands.schema.reshape([`drop table if exists godwit.${pairs}`]),
      },
    },
    ...expand,
  ],
})

const why = 'its schema is not changed beside others'

life('keys of a table that points at itself', {
  setup: () => graphs['itself, forwards and in circles']!,
  not: { SQLite: why, MariaDB: why },
  steps: () => rekey('person', { way: 'online' }),
  timeoutMs: 900_000,
})

life('keys of a table that points at itself, all at once', {
  setup: () => graphs['itself, forwards and in circles']!,
  not: { SQLite: why, MariaDB: why },
  steps: () => rekey('person', { way: 'offline' }),
  timeoutMs: 900_000,
})

life('numbers with more room', {
  setup: () => graphs['itself, forwards and in circles']!,
  not: { SQLite: why, MariaDB: why },
  steps: () => rekey('person', { to: 'bigint', way: 'online' }),
  timeoutMs: 900_000,
})

life('numbers with more room, all at once', {
  setup: () => graphs['itself, forwards and in circles']!,
  not: { SQLite: why, MariaDB: why },
  steps: () => rekey('person', { to: 'bigint', way: 'offline' }),
  timeoutMs: 900_000,
})

life('numbers in the place of UUIDs', {
  setup: () => others['UUIDs that the database draws']!.setup,
  not: { SQLite: why, MariaDB: why },
  steps: () => forgotten(rekey('thing', { to: 'bigint', way: 'online' }), 'keys_of_thing'),
  timeoutMs: 900_000,
})

life('numbers in the place of UUIDs, all at once', {
  setup: () => others['UUIDs that the database draws']!.setup,
  not: { SQLite: why, MariaDB: why },
  steps: () => forgotten(rekey('thing', { to: 'bigint', way: 'offline' }), 'keys_of_thing'),
  timeoutMs: 900_000,
})

for (const way of ['online', 'offline'] as const) {
  life(`a key of one column, ${way}`, {
    setup: () => enrolled,
    not: { SQLite: why, MariaDB: why },
    steps: () => surrogate('enrolment', { way }),
    timeoutMs: 900_000,
  })

  life(`a key of one column, a number, ${way}`, {
    setup: () => enrolled,
    not: { SQLite: why, MariaDB: why },
    steps: () => forgotten(surrogate('enrolment', { way, to: 'bigint' }), 'surrogates_of_enrolment'),
    timeoutMs: 900_000,
  })
}
