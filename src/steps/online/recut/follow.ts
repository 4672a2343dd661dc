// What the trigger does: which side was written is seen by which columns changed, and the other side is made anew from it. It fires before
// the row is written and changes that row only, so it never calls itself.
import { follow, followed, triggerOf } from '../follower.ts'
import { named, quote } from '../words.ts'
import type { Recut } from './recut.ts'

interface Given {
  readonly column: string
  readonly value: string
  readonly orNull: boolean
}

/** All values are made of the row as it was written, whatever has been given before. */
function give(all: readonly Given[]): string {
  const plain = all.filter((g) => !g.orNull)
  const into = plain.map((g) => `new.${quote(g.column)}`).join(', ')
  return [
    ...(plain.length
      ? [`select ${plain.map((g) => `(${g.value})`).join(', ')} into ${into} from (select godwit_said.*) as godwit_row;`]
      : []),
    ...all
      .filter((g) => g.orNull)
      .map(
        (g) => `begin
      select (${g.value}) into new.${quote(g.column)} from (select godwit_said.*) as godwit_row;
    exception when data_exception then
      new.${quote(g.column)} := null;
    end;`,
      ),
  ].join('\n    ')
}

const up = ({ fresh }: Recut): string => give(fresh.map((f) => ({ column: f.name, value: f.up, orNull: f.orNull })))
const back = ({ old }: Recut): string => give(old.map((o) => ({ column: o.name, value: o.back, orNull: o.orNull })))

/** To the last byte: where two values are equal and not the same (1.0 and 1.00, A and a), the new one is meant. */
const changed = (columns: readonly { readonly name: string }[]): string => {
  const row = (of: string) => `row(${columns.map((c) => `${of}.${quote(c.name)}`).join(', ')})::record`
  return `${row('new')} *<> ${row('old')}`
}
const given = ({ fresh }: Recut): string => fresh.map((f) => `new.${quote(f.name)} is not null`).join(' or ')

const said = 'declare godwit_said record;\n'

/** While rows are brought over, one that is written before its turn is brought over by that; what was written into the new columns stays. */
export function bothWays(cut: Recut, state: 'filling' | 'settled'): string {
  const filling = state === 'filling'
  const left = quote(cut.left)
  const rest = give(
    cut.fresh.map((f) => {
      const [now, before] = [`godwit_said.${quote(f.name)}`, `old.${quote(f.name)}`]
      return {
        column: f.name,
        value: `case when row(${now})::record *<> row(${before})::record then ${now} else (${f.up})::${f.type} end`,
        orNull: f.orNull,
      }
    }),
  )
  // what the old side is given in the same write is passed over, as it is in a row that has been brought over
  const asItWas = cut.old.map((o) => `godwit_said.${quote(o.name)} := old.${quote(o.name)};`).join(' ')
  const bringOver = `if old.${left} then
      ${asItWas}
      ${rest}
      godwit_said := new;
    end if;
    `
  return followed(
    cut,
    `${filling ? `  new.${left} := false;\n` : ''}  godwit_said := new;
  if tg_op = 'INSERT' then
    if ${given(cut)} then
    ${back(cut)}
    else
    ${up(cut)}
    end if;
  elsif ${changed(cut.fresh)} then
    ${filling ? bringOver : ''}${back(cut)}
  elsif ${filling ? `old.${left} or ` : ''}${changed(cut.old)} then
    ${up(cut)}
  end if;`,
    said,
  )
}

/** Rows that come by replication are rows as well. */
export const following = (cut: Recut): string[] => [
  follow(cut),
  `alter table ${named(cut.id)} enable always trigger ${quote(triggerOf(cut))}`,
]

/** From the change of places on: what the old columns cannot hold is no reason to refuse a write. */
export const oldFollow = (cut: Recut): string =>
  followed(
    cut,
    `  godwit_said := new;
  if tg_op = 'INSERT' then
    ${backAway(cut)}
  elsif ${changed(cut.fresh)} then
    ${backAway(cut)}
  end if;`,
    said,
  )

const backAway = ({ old }: Recut): string => give(old.map((o) => ({ column: o.away, value: o.back, orNull: true })))
