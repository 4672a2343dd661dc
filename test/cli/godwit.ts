// The command as people run it: a process of its own, in a project of its own, on a database of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { query } from '../support/postgres.ts'

const bin = fileURLToPath(new URL('../../bin/godwit.mjs', import.meta.url))

/** Runs a command at a terminal of its own (util-linux). */
export const terminalMaker: string = 'script'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Both, for what may stand in either. */
  readonly all: string
}

export interface Where {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** A command of its own around it, that gives it a terminal. */
  readonly terminal?: boolean
}

/** Nothing of the shell that runs the tests decides what they see. */
const clean = {
  GODWIT_ENV: undefined,
  DATABASE_URL: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
  GODWIT_DEBUG: undefined,
  CI: undefined,
}

export function start(args: readonly string[], { cwd, env, terminal }: Where = {}): Started {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const [command, ...rest] = terminal
    ? [terminalMaker, '-qefc', [process.execPath, bin, ...args].map(quoted).join(' '), '/dev/null']
    : [process.execPath, bin, ...args]
  const child = spawn(command!, rest, {
    cwd: cwd ?? tmpdir(),
    env: { ...process.env, ...clean, ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Started(child)
}

export const godwit = (args: readonly string[], where?: Where): Promise<Ended> => start(args, where).ended

export class Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  private text = { stdout: '', stderr: '' }
  private readonly watchers = new Set<() => void>()

  constructor(child: ChildProcess) {
    this.child = child
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]!.setEncoding('utf8').on('data', (piece: string) => {
        this.text[name] += piece
        for (const watch of this.watchers) watch()
      })
    }
    this.ended = new Promise((done) =>
      child.once('close', (code) => done({ code, ...this.text, all: this.text.stdout + this.text.stderr })),
    )
  }

  /** When something has been said. */
  said(what: RegExp): Promise<void> {
    return new Promise((done, failed) => {
      const look = () => {
        if (!what.test(this.text.stdout + this.text.stderr)) return
        this.watchers.delete(look)
        done()
      }
      this.watchers.add(look)
      look()
      void this.ended.then(({ all }) => failed(new Error(`It ended without saying ${what}:\n${all}`)))
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }
}

export const jsonOf = (ended: Ended): Record<string, any> => {
  const lines = ended.stdout.trim().split('\n')
  if (lines.length !== 1) throw new Error(`${lines.length} lines on stdout instead of one object:\n${ended.all}`)
  return JSON.parse(lines[0]!) as Record<string, any>
}

export function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'godwit-cli-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), text)
  }
  return root
}

// ── a small migration ────────────────────────────────────────────────────────────────────────

const config = `export default {
  database: '\${DATABASE_URL}',
  owns: { readOnly: ['public.old_customer'] },
  run: { workers: 1, budget: { rows: 100, percent: 50 } },
  defaultEnvironment: 'dev',
  environments: { dev: {}, prod: { protected: true } },
}
`

export const migrationText = `import { bigint, into, mapping, migration, none, table, text, timestamp, timestamptz } from 'godwit'
const oldCustomer = table('old_customer', { id: bigint().key(), name: text().null(), state: text().null(), since: timestamp().null() })
const customer = table('customer', { id: bigint().key().default(), full_name: text(), active: text(), created_at: timestamptz() })
export const customers = mapping(oldCustomer, (r) =>
  into(customer, {
    full_name: r.name.trim().required(),
    active: r.state.match({ A: 'yes', I: 'no' }).required(),
    created_at: r.since.required().asUtc(),
  }),
)
export default migration('customers', customers, {
  verify: [none('nobody without a name', { of: 'select count(*) from public.customer', rows: "select id from public.customer where full_name = ''" })],
})
`

export const project = (files: Readonly<Record<string, string>> = {}): string =>
  folder({ 'godwit.config.ts': config, 'migration.ts': migrationText, ...files })

/** Rows 1 to n; 3, 5 and 7 cannot go. */
export const fill = (url: string, rows = 20): Promise<unknown> =>
  query(
    url,
    `create table old_customer (id bigint primary key, name text, state text, since timestamp);
    create table customer (id bigint generated by default as identity primary key, full_name text not null, active text not null, created_at timestamptz not null);
    insert into customer (full_name, active, created_at) values ('Own One', 'yes', '2026-01-01');
    insert into old_customer select i, 'Name ' || i, case i % 2 when 0 then 'A' else 'I' end, timestamp '2020-01-01' + i * interval '1 minute' from generate_series(1, ${rows}) i;
    update old_customer set state = 'X' where id = 3; update old_customer set name = null where id = 5; update old_customer set state = '=1+1' where id = 7; analyze`,
  )
