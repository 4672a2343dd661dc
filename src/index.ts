// What a migration file imports. Nothing behind it opens a connection.
export {
  after,
  any,
  before,
  compute,
  concat,
  countRows,
  decide,
  Expr,
  json,
  max,
  min,
  not,
  nth,
  sql,
  sum,
  uuidOf,
  when,
} from './expr/expr.ts'
export { chains } from './mapping/derived/chains.ts'
export { jsonRows } from './mapping/derived/json-rows.ts'
export { query } from './mapping/derived/query.ts'
export { type Action, restated } from './mapping/derived/restated.ts'
export { fill } from './mapping/fill.ts'
export { into, lookup, lookupOrNull, type Mapping, mapping, type Output, type Row, type Values } from './mapping/mapping.ts'
export { type Migration, migration } from './migration/migration.ts'
export * from './schema/column.ts'
export { database, type Table, table } from './schema/table.ts'
export { ddl } from './steps/ddl.ts'
export { matrix } from './steps/matrix.ts'
export { noOrphans } from './steps/no-orphans.ts'
export { none } from './steps/none.ts'
export { replay } from './steps/replay.ts'
export { same } from './steps/same.ts'
