// Other keys for a table, through the whole life of both steps, broken off at each work.
import { rekey } from '../../src/index.ts'
import { life } from '../support/life.ts'
import { graphs, others } from './graphs.ts'

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
  steps: () => rekey('thing', { to: 'bigint', way: 'online' }),
  timeoutMs: 900_000,
})

life('numbers in the place of UUIDs, all at once', {
  setup: () => others['UUIDs that the database draws']!.setup,
  not: { SQLite: why, MariaDB: why },
  steps: () => rekey('thing', { to: 'bigint', way: 'offline' }),
  timeoutMs: 900_000,
})
