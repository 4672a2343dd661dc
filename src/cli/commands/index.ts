// All commands, in the order in which one comes to need them. A command's file is read when its name is given.
import type { Define } from '../define.ts'

export interface Entry {
  readonly name: string
  readonly takes?: string
  readonly summary: string
  readonly load: () => Promise<{ readonly define: Define }>
}

export const commands: readonly Entry[] = [
  { name: 'init', summary: 'write a configuration and a first migration', load: () => import('./init.ts') },
  { name: 'doctor', summary: 'look at the database before anything is done to it', load: () => import('./doctor.ts') },
  { name: 'grants', summary: 'print the least privileges that a migration needs', load: () => import('./grants.ts') },
  { name: 'pull', summary: 'write the tables of the database as TypeScript, or compare', load: () => import('./pull.ts') },
  { name: 'plan', summary: 'say everything that a run would do; change nothing', load: () => import('./plan.ts') },
  { name: 'try', takes: '<key>', summary: 'map one source row and show what comes of it; keep nothing', load: () => import('./try.ts') },
  { name: 'run', summary: 'carry the migration out, or go on where it stopped', load: () => import('./run.ts') },
  { name: 'status', summary: 'show runs, books, who works here, and what comes next', load: () => import('./status.ts') },
  { name: 'verify', summary: 'compare the result with what the mapping says', load: () => import('./verify.ts') },
  { name: 'quarantine', summary: 'rows that did not go: why, by whom, and what to do', load: () => import('./quarantine.ts') },
  { name: 'trace', takes: '<row>', summary: 'where a row went, or where it came from', load: () => import('./trace.ts') },
  { name: 'export', takes: '[table]', summary: 'write a table, a query or the quarantine to a file', load: () => import('./export.ts') },
  { name: 'undo', takes: '[run]', summary: 'take a run back: its rows and no others', load: () => import('./undo.ts') },
  { name: 'report', summary: 'the whole run on one page: text, Markdown, JSON or HTML', load: () => import('./report.ts') },
  { name: 'explain', takes: '[code]', summary: 'what a code means, and what to do', load: () => import('./explain.ts') },
  { name: 'unlock', takes: '[run]', summary: 'free a database whose Godwit is gone', load: () => import('./unlock.ts') },
]
