// The audit as these tests use it: one migration, one database, and what was found.

import { connect } from '../../src/api.ts'
import type { AssessOptions } from '../../src/assess/assess.ts'
import { assessData } from '../../src/assess/assess.ts'
import type { Assessment, Finding } from '../../src/assess/assessment.ts'
import type { Migration } from '../../src/index.ts'
import { serverUrl } from '../support/postgres.ts'

type Where = NonNullable<Parameters<typeof connect>[1]>

export const at = Date.UTC(2026, 10, 21, 9, 30)

export async function assessed(migration: Migration, url: string, options: AssessOptions & Where = {}): Promise<Assessment> {
  const { sources, workshop = serverUrl(), ...rest } = options
  const db = await connect(url, { workshop, ...(sources ? { sources } : {}) })
  try {
    return await assessData(migration, db, at, { showValues: true, ...rest })
  } finally {
    await db.close()
  }
}

/** The server that tests run on is careless on purpose, and they are its superuser: that is not what they are about. */
export const ofRows = (a: Assessment): Finding[] => a.findings.filter((f) => !['database', 'privileges', 'room'].includes(f.kind))

export const told = (all: readonly Finding[]): string[] => all.map((f) => `${f.grade} ${f.kind}: ${f.title}`)
