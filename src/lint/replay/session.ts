// What a statement changes for those after it in the same session.
import { nodesOf } from '../ast.ts'
import type { Effects } from './effects.ts'

const ending = ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE']

export const sessionEffects: Effects = {
  TransactionStmt({ node }, _, scene) {
    if (node.kind === 'TRANS_STMT_BEGIN' || node.kind === 'TRANS_STMT_START') {
      scene.begun = true
      if (!scene.runners) scene.nextTransaction()
    } else if (ending.includes(node.kind)) {
      scene.borrowed ||= scene.runners
      scene.begun = scene.runners = false
      scene.nextTransaction()
    }
  },
  VariableSetStmt({ node }, _, scene) {
    const value = [...nodesOf('A_Const', node.args ?? [])][0]
    const text = value?.sval?.sval ?? String(value?.ival?.ival ?? (value?.ival ? 0 : ''))
    if (node.name === 'timezone') scene.zone = node.kind === 'VAR_SET_VALUE' ? text : undefined
    if (node.name === 'lock_timeout') scene.lockTimeout = node.kind === 'VAR_SET_VALUE' && !/^0(ms|s|min)?$/.test(text)
  },
}
