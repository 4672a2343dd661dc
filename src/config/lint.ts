// What `godwit lint` is told in godwit.config.ts. Nothing else of the configuration has to be whole for it: it opens no connection.
import { basename, relative, resolve } from 'node:path'
import { checked, linePlace, type Written } from './check.ts'
import { chooseEnvironment, settingOf } from './environment.ts'
import { findConfig } from './find.ts'
import { importConfig } from './import.ts'
import type { LoadOptions } from './load.ts'

export interface LintGiven {
  /** SQL files or globs, in the order they run, relative to the configuration: judged where the command names none. */
  readonly files?: readonly string[] | undefined
  /** An SQL file of the schema that is there before, whole. */
  readonly schema?: string | undefined
  /** SQL files or globs of migrations that ran before. */
  readonly prior?: readonly string[] | undefined
  /** The version of Postgres that it is for, from 11 to 18. Default 18. */
  readonly pg?: number | undefined
  /** The session's time zone. */
  readonly tz?: string | undefined
  /** Whether each file is one transaction, unless it says otherwise itself. Default true. */
  readonly transaction?: boolean | undefined
  /** Rules that are left alone everywhere, each with its reason. */
  readonly ignore?: { readonly [rule: string]: string } | undefined
}

export interface LintSettings extends LintGiven {
  /** The folder that paths are relative to. */
  readonly root: string
  /** Where it is written, for messages. */
  readonly at: string
}

/** Undefined where there is no configuration, or it says nothing of it. */
export async function lintSettings({
  cwd = process.cwd(),
  folder,
  env,
  processEnv = process.env,
}: LoadOptions): Promise<LintSettings | undefined> {
  const { file, root } = findConfig(cwd, folder)
  if (file === undefined) return undefined
  const shown = relative(resolve(cwd), file) || basename(file)
  const { value, source } = await importConfig(file, shown, processEnv)
  const written: Written = { shown, source }
  const config = await checked(value, written)
  const environment = chooseEnvironment(config, { option: env, processEnv, at: linePlace(written, ['environments']) })
  const given = settingOf(config, environment, 'lint')
  return given && { ...given, root, at: linePlace(written, ['lint']) }
}
