// A report in which everything that comes from outside is meant to do harm.
import type { Assessment, Grade } from '../../src/assess/assessment.ts'
import type { Report } from '../../src/report/index.ts'

export const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(2)>`,
  `</style><svg onload=alert(3)>`,
  `' onmouseover='alert(4)`,
  `\u001b[31mred\u001b[0m\u0007`,
  `a\nb\r\n# heading\n| a | b |\n|---|---|`,
  '`tick` ``` fence | pipe | ![i](https://example.test/x.png)',
  '[press](javascript:alert(5)) @everyone #1 https://example.test/',
  `\u202egnp.exe\u2066 \u200bz\u2028w`,
  '\u6f22\u5b57\u306e\u5217 \u{1f600}\u{1f600} na\u00efve',
  `--> <!-- <details>`,
  'x'.repeat(400),
] as const

const all = hostile.join(' ')

/** The report with every text that is not ours replaced by what `evil` says. */
export function reportOf(evil: string = all, rows = 1): Report {
  const many = <T>(of: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => of(i))
  const rule = { mapping: evil, code: 'ENUM_UNKNOWN', columns: [evil], says: evil, at: evil, rows: 12_345 }
  const answer = { title: evil, examined: 10, wrong: 0, sample: [], verdict: 'passed' } as const
  return {
    format: 'godwit report',
    version: 1,
    madeAt: '2026-11-21T10:59:54.123Z',
    verdict: { outcome: 'failed', says: [evil, evil], next: evil },
    migration: evil,
    run: {
      id: 'r7',
      state: 'failed',
      plan: '74d3172e16d8',
      environment: evil,
      startedAt: '2026-11-21T10:59:52.000Z',
      finishedAt: undefined,
      passes: 2,
      gate: undefined,
      error: { code: 'GW_STOPPED', message: evil, hint: evil },
    },
    database: { name: evil, server: evil },
    masked: false,
    books: many(() => ({
      mapping: evil,
      source: evil,
      totals: { read: 12_345_678, migrated: 12_345_000, quarantined: 600, filtered: 77, warned: 5 },
      expected: 20_000_000,
      close: false,
      outputs: many(() => ({ output: evil, table: evil, rows: 3 })),
    })),
    quarantine: {
      rows: 600,
      waived: 3,
      causes: many(() => ({
        ...rule,
        waived: 3,
        reasons: [evil],
        examples: [
          { key: evil, value: evil },
          { key: evil, value: undefined },
        ],
      })),
    },
    warnings: many(() => rule),
    coverage: many(() => ({
      mapping: evil,
      source: evil,
      columns: many((i) => ({ column: evil, type: evil, key: i === 0, usedFor: i % 2 ? [evil] : [], ignored: i % 2 ? undefined : evil })),
      unfed: many(() => ({ table: evil, column: evil, gets: evil })),
    })),
    verification: {
      verdict: 'failed',
      at: '2026-11-21T10:59:53.000Z',
      when: 'by the run',
      answers: [
        ...many(() => ({ ...answer, about: 'checks' as const })),
        ...many(() => ({
          ...answer,
          about: 'rows' as const,
          wrong: 2,
          verdict: 'failed' as const,
          note: evil,
          at: evil,
          sample: [{ what: 'differs', source: evil, table: evil, target: evil, columns: evil }, { [evil]: evil }],
        })),
      ],
      notes: [evil],
    },
    notOurs: many(() => ({ table: evil, rows: 40 })),
    onlyRead: many((i) => ({ table: evil, rows: 1, changed: [true, false, undefined][i % 3] })),
    steps: many((i) => ({ id: `backfill.${i + 1}`, phase: 'backfill', title: evil, state: 'done', seconds: 1.5 })),
    processes: many(() => ({ pass: 1, from: '2026-11-21T10:59:52.000Z', to: '2026-11-21T10:59:53.000Z', units: 4, rows: 600 })),
    sequences: many(() => ({ sequence: evil, nextBefore: '41', nextAfter: '2073' })),
    approvals: many(() => ({
      question: evil,
      step: 'cutover.1',
      plan: '5f3c9a1b2d4e',
      verdict: 'approved' as const,
      person: evil,
      roles: [evil],
      proof: 'claimed' as const,
      at: '2026-11-21T09:14:03.000Z',
      note: evil,
    })),
    findings: many(() => ({ code: 'GW_TRIGGER', level: 'note', message: evil, at: evil, hint: evil })),
    assessment: assessmentOf(evil, rows),
    notes: [evil],
  }
}

/** An audit in which everything that comes from data, names or people is this text. */
export function assessmentOf(evil = hostile.join(''), n = 1): Assessment {
  const many = <T>(make: () => T): T[] => Array.from({ length: n }, make)
  const finding = (grade: Grade, found: number | undefined) => ({
    kind: 'orphans',
    grade,
    title: evil,
    place: evil,
    table: evil,
    columns: [evil],
    found,
    of: found,
    sampled: evil,
    examples: [{ key: evil, values: { [evil]: evil, other: null }, rows: 7 }],
    query: evil,
    // several lines are ours to write
    fix: evil.replace(/\s/g, ' '),
    at: evil,
  })
  return {
    format: 'godwit assessment',
    version: 1,
    madeAt: '2026-11-21T10:45:21.000Z',
    migration: evil,
    environment: evil,
    database: evil,
    verdict: { outcome: 'not ready', says: [evil], next: evil },
    masked: true,
    tables: many(() => ({ table: evil, place: evil, roles: ['source', 'written'], rows: 12_345, counted: false, bytes: 99_000 })),
    findings: [...many(() => finding('error', 40)), ...many(() => finding('warning', 7)), ...many(() => finding('note', undefined))],
    notLookedAt: many(() => ({ what: evil, why: evil })),
    asked: 99,
  }
}
