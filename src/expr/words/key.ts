// The key of the target row that an output makes, or has made, of a source row.
import { make, type Node, type Slot, type Word } from '../node.ts'

export const keyWord: Word = {
  name: 'key',
  write: (node, w) => w.keyOf(node.params['slot'] as Slot, node.args.length ? node.args.map((a) => w.value(a)) : undefined, node),
}

/** With no source key: of this very row. */
export const key = (slot: Slot, source: readonly Node[], at?: string): Node => {
  // the slot gets its name only once the mapping is whole, so it is kept by reference; in the plan its names stand
  const params = { slot: Object.assign(slot, { toJSON: () => ({ mapping: slot.mapping, output: slot.name }) }) }
  return make(keyWord, source, params, at)
}
