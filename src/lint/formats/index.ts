// How findings are written down for programs.
import type { LintedFile } from '../file.ts'
import { github } from './github.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { sarif } from './sarif.ts'

export type Format = (files: readonly LintedFile[]) => string

export const formats: Readonly<Record<string, Format>> = { json, sarif, github, junit }
