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
export { approve } from './steps/approve.ts'
export { assessment } from './steps/assessment.ts'
export { type Baseline, baseline } from './steps/baseline.ts'
export { budget } from './steps/budget.ts'
export { call } from './steps/call.ts'
export { command } from './steps/command.ts'
export { type Consolidation, consolidate } from './steps/consolidate.ts'
export { ddl } from './steps/ddl.ts'
export { envFile } from './steps/flag/env-file.ts'
export { flag, flags } from './steps/flag/flag.ts'
export { flagCommand } from './steps/flag/program.ts'
export { flagProvider, openFeature } from './steps/flag/provider.ts'
export { flagRow } from './steps/flag/row.ts'
export { flagService } from './steps/flag/service.ts'
export { hold } from './steps/hold.ts'
export { matrix } from './steps/matrix.ts'
export { noOrphans } from './steps/no-orphans.ts'
export { none } from './steps/none.ts'
export { online } from './steps/online/online.ts'
export { type RekeyOptions, rekey } from './steps/online/rekey/rekey.ts'
export { byType } from './steps/online/rekey/soft/by-type.ts'
export { inArray } from './steps/online/rekey/soft/in-array.ts'
export { inJson } from './steps/online/rekey/soft/in-json.ts'
export { inText } from './steps/online/rekey/soft/in-text.ts'
export { references } from './steps/online/rekey/soft/references.ts'
export { type SurrogateOptions, surrogate } from './steps/online/rekey/surrogate/surrogate.ts'
export { performance } from './steps/performance/performance.ts'
export { replay } from './steps/replay.ts'
export { retire, retireColumns } from './steps/retire/retire.ts'
export { same } from './steps/same.ts'
export { type Shadow, shadow } from './steps/shadow.ts'
export { since } from './steps/since.ts'
export { smoke } from './steps/smoke.ts'
export { snapshot } from './steps/snapshot.ts'
export { unread } from './steps/unread.ts'
export { wait } from './steps/wait.ts'
export { type Watch, watch } from './steps/watch.ts'
export { window } from './steps/window.ts'
