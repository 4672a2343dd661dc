// A column of the source row.
import type { SqlType } from '../../schema/type.ts'
import { make, type Node, type Word } from '../node.ts'

export const columnWord: Word = {
  name: 'column',
  write: ({ params }, w) => ({
    sql: `s.${w.sql.quote(params['name'] as string)}`,
    type: params['type'] as SqlType,
    nullable: params['nullable'] as boolean,
  }),
}

export const column = (name: string, type: SqlType, nullable: boolean): Node => make(columnWord, [], { name, type, nullable })
export const isColumn = (n: Node): boolean => n.word === columnWord
