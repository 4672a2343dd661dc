// A column under a new name, and by its old one as well: a view stands for the table meanwhile and has the column twice. When nobody says
// the old name any more, the column is renamed and the table is a table again.
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import { partsOf } from '../engine-words.ts'
import type { Hands } from '../hands.ts'
import type { Step } from '../step.ts'
import { nothingToDo } from './elsewhere/engine.ts'
import { between, online, reasonsOf } from './move.ts'
import { alsoCalled, isTable, isView, standIn, standInReasons } from './stand-in.ts'
import { hangsOn, stillSaid } from './still-said.ts'
import { columnThere, idOf, named, nameFor, quote, reason, short } from './words.ts'

interface Renaming {
  readonly id: string
  readonly from: string
  readonly to: string
  /** The table, while a view stands for it. */
  readonly rows: string
}

/** A part of a migration: both names from expand on, the new one alone from contract on. */
export function renameColumn(
  table: Table | string,
  from: string,
  to: string,
): { readonly expand: readonly [Step]; readonly contract: readonly [Step] } {
  const id = idOf(table)
  const { schema, name } = partsOf(id)
  const r: Renaming = { id, from, to, rows: `${schema}.${nameFor('godwit', name, 'rows')}` }
  const at = origin()
  return { expand: [byBoth(r, at)], contract: [byNew(r, at)] }
}

const stoodFor = ({ id, rows }: Renaming): string => `${isTable(rows)} and ${isView(id)}`
const renamed = ({ id, to }: Renaming): string => `${isTable(id)} and ${columnThere(id, to)}`

const putUp = ({ id, from, to, rows }: Renaming): string[] => [
  `alter table ${named(id)} rename to ${quote(partsOf(rows).name)}`,
  ...standIn(id, rows, alsoCalled(from, to)),
]
const takeDown = ({ id, rows }: Renaming): string[] => [
  `drop view ${named(id)}`,
  `alter table ${named(rows)} rename to ${quote(partsOf(id).name)}`,
]

const byBoth = (r: Renaming, at: string | undefined): Step =>
  online({
    kind: 'online rename column',
    title: `${short(r.id)}.${r.from} is called ${r.to} as well`,
    at,
    changes: [r.id],
    params: { ...r },
    moves: [
      between(
        'both',
        `a view stands for ${short(r.id)}, and has ${r.from} by the name ${r.to} as well; the rows are in ${short(r.rows)}`,
        `(${stoodFor(r)}) or (${renamed(r)})`,
        stoodFor(r),
        putUp(r),
        takeDown(r),
      ),
    ],
    // elsewhere a column has one name at a time: the new one from contract on
    elsewhere: () => nothingToDo,
    against: (hands) =>
      reasonsOf(
        hands,
        [
          ...standInReasons(r.id, r.rows),
          reason(`${isTable(r.id)} and not ${columnThere(r.id, r.from)}`, `there is no column ${short(r.id)}.${r.from}`),
          reason(columnThere(r.id, r.to), `${short(r.id)} has a column ${r.to} already`),
        ].join(' union all '),
      ),
  })

const byNew = (r: Renaming, at: string | undefined): Step => {
  const rename = (from: string, to: string) => `alter table ${named(r.id)} rename column ${quote(from)} to ${quote(to)}`
  return online({
    kind: 'online rename column for good',
    title: `${short(r.id)}.${r.from} is called ${r.to}`,
    at,
    changes: [r.id],
    params: { ...r },
    moves: [
      between(
        'new',
        `the view goes, and ${short(r.id)} is the table again, with ${r.to} alone`,
        renamed(r),
        renamed(r),
        [...takeDown(r), rename(r.from, r.to)],
        [rename(r.to, r.from), ...putUp(r)],
      ),
    ],
    elsewhere: (words) => words.renameColumn(r.id, r.from, r.to),
    against: (hands) => speaksAgainst(hands, r),
  })
}

/** Text that says the old name, and what hangs on the view. */
const speaksAgainst = (hands: Hands, r: Renaming): Promise<readonly string[]> =>
  reasonsOf(
    hands,
    [reason(`not (${stoodFor(r)})`, `no view stands for ${short(r.id)}`), ...stillSaid(r.rows, r.id, r.from), ...hangsOn(r.id)].join(
      ' union all ',
    ),
  )
