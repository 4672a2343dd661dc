// A text that a command has made: into a file, or shown.
import type { Context } from './context.ts'

export async function writtenTo({ screen }: Context, file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return screen.say(text.trimEnd())
  const { writeWhole } = await import('./files.ts')
  writeWhole(file, text)
  screen.say(`${screen.paint.green('✓')} Written to ${file}.`)
}
