import { defineConfig } from 'vitest/config'

/** These take minutes each, and are run by `npm run test:deep`. */
export const deepOnes = [
  'test/deep/**/*.test.ts',
  'test/guarantees/{names,shapes}.test.ts',
  'test/pad/{hard,migration,mutants}.test.ts',
  // lives of steps on every engine, kills, weeks in logical time, programs that are started many times
  'test/assess/{baseline,engines}.test.ts',
  'test/backup/{broken-off,cli,mariadb,postgres,programs,sqlite}.test.ts',
  'test/cli/{afterwards,assess}.test.ts',
  'test/consolidate/command.test.ts',
  'test/gates/{approve,commands,protected}.test.ts',
  'test/lint/{labels,truth,types}.test.ts',
  'test/notify/{command,elsewhere}.test.ts',
  'test/online/{elsewhere,lives,loosen,partitions,recut-lives,rename,retype,shapes-lives,sql-lives,elsewhere-back,elsewhere-guards}.test.ts',
  'test/pipeline/{commands,cutover,mutants,shadow}.test.ts',
  'test/prove/{alembic,prove,random,runners}.test.ts',
  'test/rekey/{live,lives,matrix,references,references-live,references-lives,wide}.test.ts',
  'test/sections/life.test.ts',
  'test/shadow/{command,elsewhere,gate,sides}.test.ts',
  'test/stage/branches-again.test.ts',
  'test/sources/type-pairs.test.ts',
  'test/staging/example.test.ts',
  'test/targets/kill.test.ts',
  'test/tfrs-lcfs/mutants.test.ts',
  'test/uuid/{kill,life,mutants}.test.ts',
  'test/steps/{afterwards,command,flag,order,retire,unread,window}.test.ts',
]

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts'],
    exclude: [...deepOnes, '**/node_modules/**'],
    globalSetup: ['test/support/postgres-server.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/closing-line.ts'],
  },
})
