// A value more, or another word for one.
import { dottedName } from '../../../../lint/ast.ts'
import { enumValue, renameEnumValue } from '../../enum-value.ts'
import { onFresh } from '../as-it-is.ts'
import { type Compile, inExpand, later } from '../here.ts'

export const alterEnum: Compile = (here) => {
  const { typeName, oldVal, newVal, newValNeighbor, newValIsAfter } = here.node
  const id = here.named(dottedName(typeName))
  if (here.isFresh(id)) return [inExpand([id], onFresh(here))]
  if (oldVal !== undefined) return [later({ cutover: [renameEnumValue(id, oldVal, newVal)] }, [id])]
  const place = newValNeighbor === undefined ? {} : newValIsAfter ? { after: newValNeighbor } : { before: newValNeighbor }
  return [inExpand([id], enumValue(id, newVal, { ...place, stays: true }))]
}
