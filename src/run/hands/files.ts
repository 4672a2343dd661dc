// Files of the project as a step sees them: read, and where a step is there to change one, replaced whole.
import { digestOfFile, filesThere, readWhole } from '../../databases/files/whole.ts'
import type { FileHands } from '../../steps/hands.ts'
import type { Work } from '../context.ts'
import { replaceFile, textOf } from './replace.ts'

export const fileHands = ({ around }: Work): FileHands => ({
  list: async (pattern) => filesThere(around.root, pattern),
  digest: (name) => digestOfFile(around.root, name),
  read: (name) => readWhole(around.root, name),
  text: (path) => textOf(around.root, path),
  replace: (path, text) => replaceFile(around.root, path, text),
})
