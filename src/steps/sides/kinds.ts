// Sides by the word that they are said with. A new kind adds its line in three places here, and nowhere else.
import { cannotPlan } from '../../errors/plan.ts'
import { type CommandSide, commandSide } from './command.ts'
import { type FileSide, fileSide } from './file.ts'
import { type HttpSide, httpSide } from './http.ts'
import type { Side } from './side.ts'
import { type SqlSide, sqlSide } from './sql.ts'

export type SideGiven = SqlSide | CommandSide | HttpSide | FileSide

const kinds = { sql: sqlSide, command: commandSide, http: httpSide, file: fileSide } as const

type Make = (given: SideGiven, title: string, at: string | undefined) => Side

export function sideOf(given: SideGiven, title: string, at: string | undefined): Side {
  const [kind, ...others] = Object.keys(kinds).filter((name) => name in given)
  if (kind !== undefined && !others.length) return (kinds[kind as keyof typeof kinds] as Make)(given, title, at)
  throw cannotPlan({
    what: title,
    why: 'a side of it is none that can be run',
    hint: `Say one of ${Object.keys(kinds).join(', ')}: { sql: 'select …' }, { command: ['python', 'kpi.py'] }.`,
    at,
  })
}
