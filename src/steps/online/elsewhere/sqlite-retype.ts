// A column of SQLite of another type: by a table made anew, in cutover. Each value must come back as it was by the way back, so that no
// old column has to stay.
import { shelfOf } from '../../retire/shelf.ts'
import { counted, first, missing, present } from './asking.ts'
import { type Alteration, type Ask, nothingToDo, type Retype, type Retyped } from './engine.ts'
import { column, noColumn, noTable, rebuilt, short } from './sqlite-anew.ts'
import { withType } from './sqlite-definition.ts'
import { columnsOf, literal, named, nameOf, quote, told } from './sqlite-rebuild.ts'

export const retype = (r: Retyped): Retype => ({ expand: nothingToDo, cutover: anew(r), purge: async () => {} })

const plain = (type: string): string => type.replace(/\s+/g, ' ').trim().toLowerCase()
const cast = (c: string, type: string): string => (type === '' ? quote(c) : `cast(${quote(c)} as ${type})`)

async function typeOf(ask: Ask, { id, column: c }: Retyped): Promise<string> {
  const [row] = await ask(`select type as its from pragma_table_xinfo(${literal(nameOf(id))}) where name = ${literal(c)} collate nocase`)
  return row?.['its'] ?? ''
}

function anew(r: Retyped): Alteration {
  const { id, column: c, to } = r
  const edit = (d: Parameters<typeof withType>[0]) => withType(d, c, to)
  const using = r.using ?? cast(c, to)
  const backFrom = (type: string) => r.back ?? cast(c, type)
  const { was, forward } = rebuilt(id, edit, { values: { [c]: using } })
  return {
    forward,
    was: async (ask) => ({ ...(await was!(ask)), type: await typeOf(ask, r) }),
    back: (before, circumstances) => rebuilt(id, edit, { back: { [c]: backFrom(before['type']!) } }).back(before, circumstances),
    there: async (ask) => plain(await typeOf(ask, r)) === plain(to),
    against: (ask, target) =>
      first(
        () => missing(ask, [noTable(id), noColumn(id, c)]),
        async () => (plain(await typeOf(ask, r)) === plain(to) ? [`${short(id)}.${c} is ${to} already`] : []),
        () =>
          present(ask, [
            [`${column(id, c)} and hidden > 0`, 'it is computed from others'],
            [
              `select 1 as one from pragma_foreign_key_list(${literal(nameOf(id))}) where "from" = ${literal(c)} collate nocase`,
              'a foreign key is over it',
            ],
          ]),
        async () =>
          (await shelfOf('sqlite').needing({ table: `main.${nameOf(id)}`, column: c }, [], target)).filter((reason) =>
            /part of the primary key|points at it/.test(reason),
          ),
        () => againstDefault(ask, r),
        async () =>
          counted(
            ask,
            await otherwise(ask, r, using, backFrom(await typeOf(ask, r))),
            `has a value of ${c} that would not come back from ${to} as it is: mend it, or say using and back`,
            `have a value of ${c} that would not come back from ${to} as it is: mend them, or say using and back`,
          ),
      ),
    hinders: async ({ type }, ask) =>
      counted(
        ask,
        await otherwise(ask, r, backFrom(type!), using),
        `of ${short(id)} has a value of ${c} now that ${type || 'the old type'} does not hold`,
        `of ${short(id)} have a value of ${c} now that ${type || 'the old type'} does not hold`,
      ),
  }
}

/** What is written where nothing is said must be of the type as well. */
async function againstDefault(ask: Ask, { id, column: c, to }: Retyped): Promise<readonly string[]> {
  const [row] = await ask(
    `select dflt_value as given from pragma_table_xinfo(${literal(nameOf(id))}) where name = ${literal(c)} collate nocase and dflt_value is not null`,
  )
  if (!row) return []
  const [given, become] = [`(${row['given']})`, `cast((${row['given']}) as ${to})`]
  return present(ask, [
    [
      `select 1 as one where cast(${become} as text) is not cast(${given} as text)`,
      `its default ${row['given']} is no ${to}: say setDefault first`,
    ],
  ])
}

/** Rows whose value is not what it was, there and back. */
async function otherwise(ask: Ask, { id, column: c }: Retyped, there: string, andBack: string): Promise<string> {
  const others = (await columnsOf(ask, id)).filter((x) => x.toLowerCase() !== c.toLowerCase()).map(quote)
  const made = `select ${[...others, `${quote(c)} as godwit_was`, `(${there}) as ${quote(c)}`].join(', ')} from ${named(id)}`
  return `select count(*) as n from (${made}) where ${told(`(${andBack})`)} is not ${told('godwit_was')}`
}
