// A command of ALTER TABLE, and where it stands.
import type { Node } from '../../../../lint/ast.ts'
import type { Compiled, Here } from '../here.ts'
import type { Span } from '../wording.ts'

export interface Commanded {
  readonly here: Here
  /** The table. */
  readonly id: string
  readonly command: Node
  readonly span: Span
}

export type CompileCommand = (of: Commanded) => readonly Compiled[]
