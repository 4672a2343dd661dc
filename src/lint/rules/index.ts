// Every rule, by its name: a new one is a file and a line here.
import type { Rule } from '../rule.ts'
import { addCheckValidating } from './add-check-validating.ts'
import { addColumnConstrainedDomain } from './add-column-constrained-domain.ts'
import { addColumnIdentity } from './add-column-identity.ts'
import { addColumnSerial } from './add-column-serial.ts'
import { addColumnStoredGenerated } from './add-column-stored-generated.ts'
import { addColumnVolatileDefault } from './add-column-volatile-default.ts'
import { addExclusion } from './add-exclusion.ts'
import { addFkValidating } from './add-fk-validating.ts'
import { addPrimaryKeyBuilding } from './add-primary-key-building.ts'
import { addRequiredColumn } from './add-required-column.ts'
import { addUniqueBuilding } from './add-unique-building.ts'
import { advice } from './advice.ts'
import { alterDomainValidating } from './alter-domain-validating.ts'
import { attachPartitionScanning } from './attach-partition-scanning.ts'
import { columnTypeNarrowing } from './column-type-narrowing.ts'
import { columnTypeRewrite } from './column-type-rewrite.ts'
import { columnUsedByView } from './column-used-by-view.ts'
import { concurrentlyImpossible } from './concurrently-impossible.ts'
import { concurrentlyInTransaction } from './concurrently-in-transaction.ts'
import { createIndexBlocking } from './create-index-blocking.ts'
import { createTrigger } from './create-trigger.ts'
import { detachPartitionBlocking } from './detach-partition-blocking.ts'
import { dropCascade } from './drop-cascade.ts'
import { dropColumn } from './drop-column.ts'
import { dropDefaultOnNotNull } from './drop-default-on-not-null.ts'
import { dropDependents } from './drop-dependents.ts'
import { dropIndexBlocking } from './drop-index-blocking.ts'
import { dropNotNull } from './drop-not-null.ts'
import { dropSchemaDatabase } from './drop-schema-database.ts'
import { dropTable } from './drop-table.ts'
import { dropViewFunctionTrigger } from './drop-view-function-trigger.ts'
import { editedAfterApply } from './edited-after-apply.ts'
import { enumSwap } from './enum-swap.ts'
import { enumValueInTransaction } from './enum-value-in-transaction.ts'
import { explicitLock } from './explicit-lock.ts'
import { foreignKeyWithoutIndex } from './foreign-key-without-index.ts'
import { irreversible } from './irreversible.ts'
import { manyExclusiveTables } from './many-exclusive-tables.ts'
import { missingLockTimeout } from './missing-lock-timeout.ts'
import { notRead } from './not-read.ts'
import { notRerunnable } from './not-rerunnable.ts'
import { notThere } from './not-there.ts'
import { pkUsingIndexNullable } from './pk-using-index-nullable.ts'
import { privilegeOrRlsChange } from './privilege-or-rls-change.ts'
import { publicationChange } from './publication-change.ts'
import { refreshMatviewBlocking } from './refresh-matview-blocking.ts'
import { reindexBlocking } from './reindex-blocking.ts'
import { renameColumn } from './rename-column.ts'
import { renameSchemaTypeEnum } from './rename-schema-type-enum.ts'
import { renameTable } from './rename-table.ts'
import { replacedOtherwise } from './replaced-otherwise.ts'
import { schemaAndDataMixed } from './schema-and-data-mixed.ts'
import { setExpression } from './set-expression.ts'
import { setNotNullScanning } from './set-not-null-scanning.ts'
import { stillUsed } from './still-used.ts'
import { syntax } from './syntax.ts'
import { tableRewriteOptions } from './table-rewrite-options.ts'
import { transactionShape } from './transaction-shape.ts'
import { truncate } from './truncate.ts'
import { truncateCascade } from './truncate-cascade.ts'
import { typeChangeRebuildsIndex } from './type-change-rebuilds-index.ts'
import { typeChangeRechecksConstraint } from './type-change-rechecks-constraint.ts'
import { typeNeedsUsing } from './type-needs-using.ts'
import { unboundedDelete } from './unbounded-delete.ts'
import { unboundedUpdate } from './unbounded-update.ts'
import { uniqueAcrossPartitions } from './unique-across-partitions.ts'
import { vacuumFullCluster } from './vacuum-full-cluster.ts'
import { validateInSameTransaction } from './validate-in-same-transaction.ts'
import { valueRefused } from './value-refused.ts'
import { version } from './version.ts'
import { workUnderExclusiveLock } from './work-under-exclusive-lock.ts'

export const rules: readonly Rule[] = [
  addCheckValidating,
  addColumnConstrainedDomain,
  addColumnIdentity,
  addColumnSerial,
  addColumnStoredGenerated,
  addColumnVolatileDefault,
  addExclusion,
  addFkValidating,
  addPrimaryKeyBuilding,
  addRequiredColumn,
  addUniqueBuilding,
  advice,
  alterDomainValidating,
  attachPartitionScanning,
  columnTypeNarrowing,
  columnTypeRewrite,
  columnUsedByView,
  concurrentlyImpossible,
  concurrentlyInTransaction,
  createIndexBlocking,
  createTrigger,
  detachPartitionBlocking,
  dropCascade,
  dropColumn,
  dropDefaultOnNotNull,
  dropDependents,
  dropIndexBlocking,
  dropNotNull,
  dropSchemaDatabase,
  dropTable,
  dropViewFunctionTrigger,
  editedAfterApply,
  enumSwap,
  enumValueInTransaction,
  explicitLock,
  foreignKeyWithoutIndex,
  irreversible,
  manyExclusiveTables,
  missingLockTimeout,
  notRead,
  notRerunnable,
  notThere,
  pkUsingIndexNullable,
  privilegeOrRlsChange,
  publicationChange,
  refreshMatviewBlocking,
  reindexBlocking,
  renameColumn,
  renameSchemaTypeEnum,
  renameTable,
  replacedOtherwise,
  schemaAndDataMixed,
  setExpression,
  setNotNullScanning,
  stillUsed,
  syntax,
  tableRewriteOptions,
  transactionShape,
  truncate,
  truncateCascade,
  typeChangeRebuildsIndex,
  typeChangeRechecksConstraint,
  typeNeedsUsing,
  unboundedDelete,
  unboundedUpdate,
  uniqueAcrossPartitions,
  vacuumFullCluster,
  validateInSameTransaction,
  valueRefused,
  version,
  workUnderExclusiveLock,
]
