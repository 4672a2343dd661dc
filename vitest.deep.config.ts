// The deep lane: what takes minutes. The same set-up with other files and more time.
import { defineConfig, mergeConfig } from 'vitest/config'
import everyday, { deepOnes } from './vitest.config.ts'

const deep = defineConfig({ test: { testTimeout: 600_000, hookTimeout: 120_000 } })
const merged = mergeConfig(everyday, deep)
// mergeConfig joins lists, and these two have to be replaced.
merged.test.include = deepOnes
merged.test.exclude = ['**/node_modules/**']
export default merged
