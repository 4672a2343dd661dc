// What the linter is measured by, sample by sample.
import { afresh } from './afresh.ts'
import { byHand } from './by-hand.ts'
import { columns } from './columns.ts'
import { mysql, sqlite } from './engines.ts'
import { frameworks } from './frameworks.ts'
import type { Labelled } from './labelled.ts'
import { locks } from './locks.ts'
import { mixtures } from './mixtures.ts'
import { removals } from './removals.ts'
import { rows } from './rows.ts'
import { tools } from './tools.ts'

export interface Sample {
  readonly name: string
  readonly dialect: string
  readonly all: readonly Labelled[]
}

const postgres = (name: string, ...parts: readonly (readonly Labelled[])[]): Sample => ({ name, dialect: 'postgres', all: parts.flat() })

export const samples: readonly Sample[] = [
  postgres('statements, rule by rule', locks, columns, removals, rows),
  postgres('whole files and mixtures', frameworks, tools, byHand, mixtures),
  postgres('afresh', afresh),
]

export const otherEngines: readonly Sample[] = [
  { name: 'MySQL', dialect: 'mysql', all: mysql },
  { name: 'SQLite', dialect: 'sqlite', all: sqlite },
]
