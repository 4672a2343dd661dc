// The phases, in the order in which they ship.

export const phaseNames = ['expand', 'reference-data', 'data-fixes', 'backfill', 'contract'] as const
export type PhaseName = (typeof phaseNames)[number]

export const rank = (phase: PhaseName): number => phaseNames.indexOf(phase)
export const later = (a: PhaseName, b: PhaseName): PhaseName => (rank(a) >= rank(b) ? a : b)

interface About {
  readonly title: string
  readonly goal: string
  readonly test: readonly string[]
  readonly smoke: string
  readonly back: string
  readonly success: string
  readonly watch: string
  readonly audience: string
}

/** What goes with each phase, whatever is in it. */
export const aboutPhase: Readonly<Record<PhaseName, About>> = {
  expand: {
    title: 'make room',
    goal: 'new tables, columns, types and views; the application that runs now does not notice',
    test: [
      'migrate up, down and up again on an empty database and on a copy',
      'run the tests of the application as it is now against the new schema',
    ],
    smoke: 'the application starts, and its main pages answer, without a new version of it',
    back: 'migrate down: nothing that people wrote is lost',
    success: 'all migrations are through, no statement waited for a lock longer than agreed, no new errors in the log',
    watch: 'lock waits, error rate, time of the slowest statements',
    audience: 'developers and whoever is on duty',
  },
  'reference-data': {
    title: 'what is looked up',
    goal: 'rows that the new version needs to be there before it starts',
    test: ['count the rows before and after', 'run it twice: the second time changes nothing, or says why not'],
    smoke: 'every list that shows these rows shows the new ones once',
    back: 'delete the rows by their keys, as long as nothing refers to them',
    success: 'the rows that were announced are there, and no others',
    watch: 'errors about missing or double keys',
    audience: 'developers and testers',
  },
  'data-fixes': {
    title: 'rows put right',
    goal: 'values that were wrong are right; how many is known before',
    test: ['count the rows that it will touch on a copy, and compare with what was changed', 'keep the old values beside the new ones'],
    smoke: 'look at three of the rows in the application',
    back: 'from the values that were kept; without them only from the backup',
    success: 'as many rows changed as were expected, and more than none',
    watch: 'questions of users about values that are other than yesterday',
    audience: 'developers, testers and those whose rows they are',
  },
  backfill: {
    title: 'rows moved',
    goal: 'the new shape holds what the old one holds',
    test: [
      'rehearse on a copy as large as production, and take the time',
      'compare counts and sums of the old and the new shape',
      'break it off in the middle and go on',
    ],
    smoke: 'the new shape shows a record of every kind as the old one does',
    back: 'restore from the backup, or take out what was brought; the old shape is still there',
    success: 'counts and sums are the same on both sides, and no step changed 0 rows that was to change some',
    watch: 'load, replication lag, lock waits, growth of the tables',
    audience: 'everybody who works with the system, support first',
  },
  contract: {
    title: 'the old shape goes',
    goal: 'nothing is left of what nobody uses any more',
    test: [
      'search the application and its reports for what goes',
      'run the version of the application that is in use against the new schema',
    ],
    smoke: 'every page that showed the old shape still answers',
    back: 'only from the backup: what was dropped is gone',
    success: 'no error names what was dropped, for as long as was agreed',
    watch: 'errors about missing tables and columns',
    audience: 'everybody who works with the system, and those who run reports on it',
  },
}
