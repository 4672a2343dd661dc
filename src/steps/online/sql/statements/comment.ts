// Words about something; an undo puts back those that stood there.
import { dottedName, type Name } from '../../../../lint/ast.ts'
import { columnThere, literal, named, quote, relation, short } from '../../words.ts'
import { noSuch, onFresh, saying } from '../as-it-is.ts'
import { type Compile, type Here, inExpand } from '../here.ts'
import { unknown } from './unknown.ts'

interface About {
  readonly id: string
  readonly there: string
  /** As SQL: `table "public"."orders"` */
  readonly object: string
  readonly words: string
}

const ofRelation =
  (kind: string) =>
  (here: Here, name: Name): About => {
    const id = here.named(name)
    return {
      id,
      there: `${relation(id)} is not null`,
      object: `${kind} ${named(id)}`,
      words: `obj_description(${relation(id)}, 'pg_class')`,
    }
  }

const ways: Readonly<Record<string, (here: Here, name: Name, all: readonly { String: { sval: string } }[]) => About>> = {
  OBJECT_TABLE: ofRelation('table'),
  OBJECT_VIEW: ofRelation('view'),
  OBJECT_INDEX: ofRelation('index'),
  OBJECT_SEQUENCE: ofRelation('sequence'),
  OBJECT_COLUMN: (here, { name }, all) => {
    const id = here.named(dottedName(all.slice(0, -1)))
    const number = `(select attnum from pg_attribute where attrelid = ${relation(id)} and attname = ${literal(name)})`
    return {
      id,
      there: columnThere(id, name),
      object: `column ${named(id)}.${quote(name)}`,
      words: `col_description(${relation(id)}, ${number})`,
    }
  },
}

export const comment: Compile = (here) => {
  const { objtype, object } = here.node
  const way = ways[objtype]
  const names = object.List?.items ?? []
  if (!way) {
    const about = object.List ? dottedName(names) : dottedName(object.TypeName?.names ?? object.ObjectWithArgs?.objname)
    return here.isFresh(here.named(about)) ? [inExpand([], onFresh(here))] : unknown(here)
  }
  const { id, there, object: said, words } = way(here, dottedName(names), names)
  if (here.isFresh(id)) return [inExpand([id], onFresh(here))]
  return [
    inExpand(
      [`${id}.*`],
      saying(here, {
        title: `words about ${short(id)}`,
        changes: id,
        as: `select ${words} as words`,
        back: (was) => [`comment on ${said} is ${was['words'] == null ? 'null' : literal(was['words'])}`],
        against: noSuch(id, there),
      }),
    ),
  ]
}
