// What DROP takes away.
import { type Name, objectName, ownerName } from '../ast.ts'
import type { Catalog } from '../catalog.ts'
import type { Effects } from './effects.ts'

const type = (name: Name, catalog: Catalog) => void catalog.types.delete(name.name)
const relation = (name: Name, catalog: Catalog) => catalog.drop(name)

const drops: Readonly<Record<string, (name: Name, catalog: Catalog) => void>> = {
  OBJECT_TABLE: relation,
  OBJECT_VIEW: relation,
  OBJECT_MATVIEW: relation,
  OBJECT_SEQUENCE: relation,
  OBJECT_TYPE: type,
  OBJECT_DOMAIN: type,
  OBJECT_PUBLICATION: (name, catalog) => void catalog.publications.delete(name.name),
  OBJECT_EXTENSION: (name, catalog) => void catalog.extensions.delete(name.name),
  OBJECT_FUNCTION: (name, catalog) => void catalog.routines.delete(name.name),
  OBJECT_INDEX(name, catalog) {
    const table = catalog.indexOwner(name.name)
    if (table) table.indexes = table.indexes.filter((i) => i.name !== name.name)
  },
}

const policy = (owner: Name, catalog: Catalog): void => {
  const table = catalog.table(owner)
  if (table) table.policies--
}

export const dropEffects: Effects = {
  DropStmt({ node }, catalog) {
    if (node.removeType === 'OBJECT_POLICY') for (const object of node.objects ?? []) policy(ownerName(object), catalog)
    if (node.removeType === 'OBJECT_TRIGGER')
      for (const object of node.objects ?? []) catalog.table(ownerName(object))?.triggers.delete(objectName(object).name)
    for (const object of node.objects ?? []) drops[node.removeType]?.(objectName(object), catalog)
  },
}
