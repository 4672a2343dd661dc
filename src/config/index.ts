// godwit.config.ts: databases, environments, what is ours to change.

export { milliseconds } from '../events/duration.ts'
export { DatabaseAddress, type Scheme, schemes } from './address.ts'
export {
  type Config,
  defineConfig,
  type Owns,
  type ResolvedConfig,
  type ResolvedRun,
  type RunSettings,
  type Settings,
  typedConfirmation,
} from './config.ts'
export { type LoadOptions, loadConfig } from './load.ts'
export { hidden, registerSecret, Secret, scrub, scrubKnown } from './secret.ts'
