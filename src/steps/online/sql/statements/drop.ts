// What is dropped: out of sight in contract, if nobody needs it, and for good with a purge; an index is built again by an undo.
import { objectName } from '../../../../lint/ast.ts'
import { retire } from '../../../retire/retire.ts'
import { dropIndex } from '../../drop-index.ts'
import { type Compile, type Compiled, later } from '../here.ts'
import { unknown } from './unknown.ts'

const ways: Readonly<Record<string, (ids: readonly string[]) => readonly Compiled[]>> = {
  OBJECT_TABLE: (ids) => [later({ contract: [retire(ids)] }, ids)],
  OBJECT_INDEX: (ids) => ids.map((id) => later({ contract: [dropIndex(id)] }, [id])),
}

export const drop: Compile = (here) => {
  const { removeType, missing_ok, behavior, objects } = here.node
  here.refuseCascade(behavior)
  const way = ways[removeType]
  if (!way) return unknown(here)
  here.refuseMaybe(missing_ok, 'IF EXISTS')
  const ids = (objects as object[]).map((o) => here.named(objectName(o)))
  for (const id of ids) if (here.isFresh(id)) here.refuse('it is made in this file', 'Leave both out.')
  return way(ids)
}
