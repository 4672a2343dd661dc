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
  { name: 'assess', summary: 'audit the data of a migration before it is run; write nothing', load: () => import('./assess.ts') },
  { name: 'grants', summary: 'print the least privileges that a migration needs', load: () => import('./grants.ts') },
  { name: 'pull', summary: 'write the tables of the database as TypeScript, or compare', load: () => import('./pull.ts') },
  { name: 'lint', takes: '[files...]', summary: 'say what SQL would do to a database that people use', load: () => import('./lint.ts') },
  { name: 'stage', summary: 'turn a pile of migrations into phases that can be reviewed', load: () => import('./stage/index.ts') },
  { name: 'plan', summary: 'say everything that a run would do; change nothing', load: () => import('./plan.ts') },
  { name: 'try', takes: '<key>', summary: 'map one source row and show what comes of it; keep nothing', load: () => import('./try.ts') },
  {
    name: 'rehearse',
    summary: 'run and take back on a copy: how long, what comes of it, whether the undo holds',
    load: () => import('./rehearse.ts'),
  },
  { name: 'run', summary: 'carry the migration out, or go on where it stopped', load: () => import('./run.ts') },
  { name: 'status', summary: 'show runs, books, who works here, and what comes next', load: () => import('./status.ts') },
  {
    name: 'approve',
    takes: '[run]',
    summary: 'say yes to what a run asks; or take answers that were signed',
    load: () => import('./approve.ts'),
  },
  { name: 'reject', takes: '<run>', summary: 'say no to what a run asks, and why', load: () => import('./reject.ts') },
  {
    name: 'shadow',
    summary: 'the old way beside the new one: pairs before the cutover, measures after it',
    load: () => import('./shadow.ts'),
  },
  { name: 'verify', summary: 'compare the result with what the mapping says', load: () => import('./verify.ts') },
  { name: 'quarantine', summary: 'rows that did not go: why, by whom, and what to do', load: () => import('./quarantine.ts') },
  { name: 'trace', takes: '<row>', summary: 'where a row went, or where it came from', load: () => import('./trace.ts') },
  { name: 'export', takes: '[table]', summary: 'write a table, a query or the quarantine to a file', load: () => import('./export.ts') },
  {
    name: 'backup',
    summary: 'backups that were brought back and compared: take, list, verify, restore',
    load: () => import('./backup.ts'),
  },
  { name: 'purge', summary: 'drop for good what a run has retired, when its time is over', load: () => import('./purge.ts') },
  { name: 'undo', takes: '[run]', summary: 'take a run back: its rows and no others', load: () => import('./undo.ts') },
  { name: 'report', summary: 'the whole run on one page: text, Markdown, JSON or HTML', load: () => import('./report.ts') },
  { name: 'announce', summary: 'tell people what is going to happen, from the plan', load: () => import('./announce.ts') },
  { name: 'runbook', summary: 'the plan as a list to go by, with boxes to tick', load: () => import('./runbook.ts') },
  { name: 'notify', summary: 'who is told of runs, what waits to be sent, and a test of a channel', load: () => import('./notify.ts') },
  { name: 'dossier', summary: 'evidence of a run in one folder, which anybody can check', load: () => import('./dossier.ts') },
  { name: 'consolidate', summary: 'what becomes of every key of old configuration files', load: () => import('./consolidate.ts') },
  { name: 'explain', takes: '[code]', summary: 'what a code means, and what to do', load: () => import('./explain.ts') },
  { name: 'unlock', takes: '[run]', summary: 'free a database whose Godwit is gone', load: () => import('./unlock.ts') },
]
