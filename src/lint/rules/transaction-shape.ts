import type { Rule } from '../rule.ts'
import type { Act } from '../scene.ts'

export const transactionShape: Rule = {
  id: 'transaction-shape',
  name: 'A transaction that does not hold what it seems to',
  when: 'BEGIN without an end, or within a transaction; COMMIT or ROLLBACK within the transaction of whoever runs the file, or in a block within a transaction.',
  harm: 'What follows an early COMMIT is no longer taken back; what is not committed is lost.',
  instead: 'One BEGIN, one COMMIT, or neither.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'BEGIN; ALTER TABLE orders ADD COLUMN a int;',
    transaction: false,
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: 'BEGIN; ALTER TABLE orders ADD COLUMN a int; COMMIT;',
    transaction: false,
  },
  on: ['TransactionStmt', 'BlockCommits'],
  check({ kind, node, within }, at) {
    if (kind === 'BlockCommits')
      return at.scene.inTransaction
        ? { categories: ['fails'], message: 'it ends a transaction that is not its own: the server refuses' }
        : undefined
    if (within) return undefined
    const begins = node.kind === 'TRANS_STMT_BEGIN' || node.kind === 'TRANS_STMT_START'
    if (begins && at.scene.inTransaction)
      return { categories: ['caution'], message: 'a transaction is under way already: this begins none' }
    // one that was ended by hand is begun again for whoever ends it
    if (begins && !at.scene.borrowed && !at.later.some((a) => a.kind === 'TransactionStmt' && ending.includes(a.node.kind)))
      return { categories: ['fails'], message: 'it is never committed: all that follows is lost', beyondOneRun: true }
    if (node.kind === 'TRANS_STMT_COMMIT' && at.scene.runners)
      return { categories: ['caution'], message: 'it ends the transaction of whoever runs the file: what follows stands alone' }
    if (node.kind === 'TRANS_STMT_ROLLBACK' && at.scene.runners && at.earlier.some(changes))
      return {
        categories: ['fails'],
        message: 'all that stands before it is taken back, and whoever runs the file thinks that it is done',
        beyondOneRun: true,
      }
    return undefined
  },
}

const changes = ({ kind }: Act): boolean => !['SelectStmt', 'VariableSetStmt', 'TransactionStmt'].includes(kind)

const ending = ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE']
