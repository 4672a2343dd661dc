// Which part of a migration each statement of its way back takes back: by the objects that both have to do with.
import type { Judged } from '../analysis.ts'
import { type JudgedOperation, Replay } from '../verdict/replay.ts'
import type { Uncut } from './writer.ts'

const weights: Readonly<Record<string, number>> = { table: 1 }

const ways = ['makes', 'changes', 'drops', 'writes', 'adds']

const handled = (operations: readonly JudgedOperation[]): Set<string> =>
  new Set(operations.flatMap((o) => o.touched.filter((t) => ways.includes(t.use)).map((t) => t.object.replace(/ on .*/, ''))))

/** A place in `parts` for each operation of the way down. What asks and sets things goes with the one after it. */
export function wayBackOf({ migration }: Judged, parts: readonly (readonly JudgedOperation[])[]): readonly number[] | Uncut {
  const down = new Replay(false).judge({ ...migration, up: migration.down, before: [] })
  const own = parts.map(handled)
  const found: (number | undefined)[] = []
  for (const operation of down) {
    const objects = [...handled([operation])]
    if (objects.length === 0 && operation.kinds.every((k) => besides.includes(k))) {
      found.push(undefined)
      continue
    }
    const scores = own.map((o) => objects.filter((x) => o.has(x)).reduce((sum, x) => sum + (weights[x.split(':')[0]!] ?? 3), 0))
    const best = Math.max(...scores)
    if (best === 0 || scores.filter((s) => s === best).length > 1)
      return { why: `which part its way back takes back in line ${operation.operation.line} is not clear` }
    found.push(scores.indexOf(best))
  }
  return found.map((part, i) => part ?? found.slice(i).find((p) => p !== undefined) ?? found.findLast((p) => p !== undefined) ?? 0)
}

const besides = ['SelectStmt', 'VariableSetStmt', 'VariableShowStmt']
