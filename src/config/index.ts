// godwit.config.ts: databases, environments, what is ours to change.

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
export { milliseconds } from './duration.ts'
export { type LoadOptions, loadConfig } from './load.ts'
export { hidden, registerSecret, Secret, scrub, scrubKnown } from './secret.ts'
