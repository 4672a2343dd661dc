// Makes the repository that the example is told with: what is merged on main, and the pile on a branch of its own.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const [given] = process.argv.slice(2)
if (!given || (existsSync(given) && readdirSync(given).length > 0)) {
  console.error('Usage: node history.ts FOLDER, which is empty or not there.')
  process.exit(2)
}
const to = path.resolve(given)

/** The same commits on every machine. */
const who = { name: 'Stager', email: 'stager@example.test', date: '2025-11-13T12:00:00Z' }
const env = {
  ...process.env,
  GIT_AUTHOR_NAME: who.name,
  GIT_AUTHOR_EMAIL: who.email,
  GIT_AUTHOR_DATE: who.date,
  GIT_COMMITTER_NAME: who.name,
  GIT_COMMITTER_EMAIL: who.email,
  GIT_COMMITTER_DATE: who.date,
}
const git = (...words: string[]) => execFileSync('git', words, { cwd: to, env, stdio: ['ignore', 'ignore', 'inherit'] })

function commit(message: string, copies: readonly (readonly [string, string])[]): void {
  for (const [from, file] of copies) cpSync(path.join(here, from), path.join(to, file), { recursive: true })
  git('add', '.')
  git('commit', '-q', '-m', message)
}

mkdirSync(to, { recursive: true })
git('init', '-q', '-b', 'main')
git('config', 'user.name', who.name)
git('config', 'user.email', who.email)
commit('what is in use', [
  ['base', 'versions'],
  ['smoke.sql', 'smoke.sql'],
  ['sample.sql', 'sample.sql'],
  ['stage.yaml', 'stage.yaml'],
])
git('checkout', '-q', '-b', 'pile')
for (const file of readdirSync(path.join(here, 'pile')).toSorted())
  commit(file.replace(/^\d+_|\.py$/g, '').replaceAll('_', ' '), [[`pile/${file}`, `versions/${file}`]])
console.log(`${to}: branch pile, to be merged into main`)
