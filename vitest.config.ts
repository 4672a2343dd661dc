import { defineConfig } from 'vitest/config'

/** These take minutes each, and are run by `npm run test:deep`. */
export const deepOnes = ['test/deep/**/*.test.ts', 'test/guarantees/names.test.ts', 'test/pad/hard.test.ts', 'test/pad/migration.test.ts']

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
