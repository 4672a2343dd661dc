// For programs: the configuration that they start with.
import { readTexts } from './disk.ts'
import { asObject, effectiveOf, environmentNamed, overrideFile, type Start, withVariables } from './start.ts'
import type { Plainly } from './written.ts'

export interface ConfigurationAt extends Start {
  /** Refused where it is unset: a program that starts all the same runs with the values of another environment. */
  readonly environment: string | undefined
  /** Those that there are, if a slip in the name is to be found. */
  readonly environments?: readonly string[]
  /** Where the files are; left out, where the process is. */
  readonly root?: string
  /** For `${NAME}`; left out, those of the process. */
  readonly variables?: Readonly<Record<string, string | undefined>>
}

/** Master and override of an environment as one object, every `${NAME}` in its place. What is missing is refused. */
export async function readConfiguration(at: ConfigurationAt): Promise<Record<string, Plainly>> {
  const environment = environmentNamed(at.environment, at.environments)
  const texts = readTexts(at.root ?? '.', [at.master, overrideFile(at, environment)])
  const variables = at.variables ?? process.env
  return asObject(withVariables(await effectiveOf(at, environment, texts), (name) => variables[name], environment))
}
