// What is around a run besides the database: where its project is, and what of the environment its steps may ask for.
import { join, resolve } from 'node:path'
import type { Database } from '../databases/database.ts'
import { assessorMissing } from '../errors/assess.ts'
import { whoIs } from '../ledger/audit.ts'
import type { Plan } from '../plan/plan.ts'
import type { AssessedData } from '../steps/hands.ts'

export interface Around {
  /** The name of the environment, for the record. */
  readonly environment?: string | undefined
  /** Where the project is; left out, where the process is. */
  readonly root?: string | undefined
  /** Where it keeps what Godwit makes for itself; left out, `.godwit` in the project. */
  readonly folder?: string | undefined
  /** A variable of the environment, for steps that need an address or a key; left out, one of the process. */
  readonly variable?: ((name: string) => string | undefined) | undefined
  /** Who calls for it; left out, GODWIT_USER or the user of this machine. */
  readonly by?: string | undefined
  /** What must hold before anything is cut over or taken away. */
  readonly protection?: Protection | undefined
  /** Makes the audit that a step may ask for. */
  readonly assess?: Assess | undefined
  /** A server of the same kind on which backups are proved; left out, the database's own. */
  readonly scratch?: string | undefined
}

export type Assess = (
  plan: Plan,
  db: Database,
  about: { readonly now: number; readonly environment: string | undefined; readonly signal: AbortSignal },
) => Promise<AssessedData>

/** Of a protected environment. */
export interface Protection {
  /** How old the verification may be at most. */
  readonly verifiedWithinMs: number
  /** How old the last backup that was proven may be, and whether there must be one. */
  readonly backup: { readonly withinMs: number; readonly needed: boolean }
}

export interface Surroundings {
  readonly environment: string | undefined
  readonly root: string
  readonly folder: string
  variable(name: string): string | undefined
  readonly by: string
  readonly protection: Protection | undefined
  readonly assess: Assess
  readonly scratch: string | undefined
}

export function surroundings({ environment, root, folder, variable, by, protection, assess, scratch }: Around): Surroundings {
  const there = resolve(root ?? '.')
  return {
    environment,
    root: there,
    folder: folder ?? join(there, '.godwit'),
    variable: variable ?? ((name) => process.env[name]),
    by: by ?? whoIs(),
    protection,
    assess: assess ?? (() => Promise.reject(assessorMissing())),
    scratch,
  }
}
