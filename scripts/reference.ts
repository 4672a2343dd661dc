// Writes docs/reference/ from the code. With --check it writes nothing, and says which pages are out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { codePages } from './reference/codes.ts'
import { commandsPage } from './reference/commands.ts'
import { configPage } from './reference/config.ts'
import { eventsPage } from './reference/events.ts'
import { lintPage } from './reference/lint.ts'
import { programsPage } from './reference/programs.ts'
import { wordsPage } from './reference/words.ts'

const folder = path.resolve(import.meta.dirname, '../docs/reference')

/** Every page by its file name, as the code has it now. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return {
    'words.md': wordsPage(),
    ...codePages(),
    'commands.md': await commandsPage(),
    'config.md': configPage(),
    'events.md': eventsPage(),
    'lint.md': lintPage(),
    'programs.md': programsPage(),
  }
}

/** Pages that are missing, out of date, or no longer made. */
export async function stalePages(): Promise<string[]> {
  const pages = await referencePages()
  const differ = Object.entries(pages).filter(
    ([name, text]) => !existsSync(path.join(folder, name)) || readFileSync(path.join(folder, name), 'utf8') !== text,
  )
  const left = readdirSync(folder).filter((name) => name.endsWith('.md') && !(name in pages))
  return [...differ.map(([name]) => name), ...left]
}

async function main(): Promise<void> {
  if (process.argv.includes('--check')) {
    const stale = await stalePages()
    if (stale.length) console.error(`Out of date: ${stale.join(', ')}. Run: node scripts/reference.ts`)
    process.exitCode = stale.length ? 1 : 0
    return
  }
  for (const [name, text] of Object.entries(await referencePages())) writeFileSync(path.join(folder, name), text)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
