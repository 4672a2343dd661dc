// Wall-clock time to a point in time and back. A time that a zone's clock never showed, or showed twice, is refused.
import { make, type Node, type Word } from '../node.ts'

// Before there were no zones; what lies beyond, and infinity, the clocks do not say.
const kept = `between timestamp '1800-01-01' and timestamp '9999-12-28'`

export const inZoneWord: Word = {
  name: 'inZone',
  write(node, w) {
    const given = w.value(node.args[0]!)
    const zone = node.params['zone'] as string
    const local = given.type.name === 'timestamp'
    if (!local || zone === 'UTC')
      return { sql: w.sql.atZone(given.sql, zone), type: { name: local ? 'timestamptz' : 'timestamp' }, nullable: given.nullable }
    const of = w.again(given)
    const at = w.once(w.sql.atZone(of.sql, zone), { name: 'timestamptz' }, of.nullable)
    const shown = (instant: string) => w.sql.atZone(`(${instant})`, zone)
    // by the clock as it was set two days before, and as it is two days after: where both readings hold, it was set back between
    const reading = (days: string) => {
      const then = `(${at.sql} ${days} interval '2 days')`
      return w.sql.atZone(`(${of.sql} - (${shown(then)} - ${w.sql.atZone(then, 'UTC')}))`, 'UTC')
    }
    const [early, late] = [reading('-'), reading('+')]
    const gap = `${shown(at.sql)} <> ${of.sql}`
    const twice = `${early} <> ${late} and ${shown(early)} = ${of.sql} and ${shown(late)} = ${of.sql}`
    w.refuse(`case when ${of.sql} ${kept} then ${gap} or (${twice}) else false end`, {
      code: 'DATE_INVALID',
      columns: w.columnsOf(node),
      at: node.at,
      says: `did not happen, or happened twice, on the clocks of ${zone}`,
    })
    return at
  },
}

export const inZone = (of: Node, zone: string, at?: string): Node => make(inZoneWord, [of], { zone }, at)
