// The quarantine for a spreadsheet or a program, a page of rows at a time.
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { Session } from '../databases/database.ts'
import { plural } from '../text.ts'
import type { Context, Outcome } from './context.ts'
import { keptKey } from './keys.ts'
import { withPlan } from './project.ts'
import { theRunOf } from './state.ts'

interface Asked {
  readonly format: 'csv' | 'ndjson' | 'json'
  readonly out?: string
  readonly keys?: readonly string[]
  readonly reason?: string
  readonly mapping?: string
}

interface Exported {
  readonly mapping: string
  readonly key: string
  readonly code: string
  readonly columns: readonly string[]
  readonly says: string
  readonly at: string | null
  readonly detail: string | null
  readonly since: string
  readonly run: string
  readonly waived_by: string | null
  readonly waived_why: string | null
  readonly row: Readonly<Record<string, string | null>>
}

const page = 2000

export const exportRows = (context: Context, asked: Asked): Promise<Outcome> =>
  withPlan(context, async ({ plan, db }) => {
    await theRunOf(db, plan.migration)
    const chosen = asked.keys ? { ...asked, keys: asked.keys.map((key) => keptKey(plan, key)) } : asked
    const columns = [
      ...new Set(
        [...plan.shapes.values()]
          .filter((s) => asked.mapping === undefined || s.name === asked.mapping)
          .flatMap((s) => Object.keys(s.facts.from.columns)),
      ),
    ]
    const { screen } = context
    if (screen.json && asked.out === undefined) {
      const rows: Exported[] = []
      await db.session((s) => eachPage(s, plan.migration, chosen, (some) => rows.push(...some)))
      return { json: { rows } }
    }
    const to = asked.out === undefined ? { write: screen.raw, done: () => {}, failed: () => {} } : fileFor(asked.out)
    const write = writerFor(asked.format, columns, to.write)
    try {
      const n = await db.session((s) => eachPage(s, plan.migration, chosen, write.rows))
      write.end()
      to.done()
      if (asked.out !== undefined) screen.say(`${screen.paint.green('✓')} ${plural(n, 'row')} written to ${asked.out}.`)
      return { json: { file: asked.out, rows: n } }
    } catch (error) {
      to.failed()
      throw error
    }
  })

async function eachPage(session: Session, migration: string, asked: Asked, take: (rows: readonly Exported[]) => void): Promise<number> {
  return session.transaction(
    async (tx) => {
      const keys = asked.keys?.length ? JSON.stringify(asked.keys) : null
      await tx.query(
        `declare godwit_export no scroll cursor for select json_build_object('mapping', mapping, 'key', key, 'code', code, 'columns', columns, 'says', says, 'at', at, 'detail', detail,
        'since', to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'run', 'r' || run, 'waived_by', waived_by, 'waived_why', waived_why, 'row', raw)::text as line
        from godwit.quarantine where migration = $1 and ($2::text is null or mapping = $2) and ($3::text is null or code = upper($3) or starts_with(code, upper($3) || ':') or code = $3) and ($4::text is null or key in (select jsonb_array_elements_text($4::jsonb)))
        order by mapping, length(key), key`,
        [migration, asked.mapping ?? null, asked.reason ?? null, keys],
      )
      let n = 0
      for (;;) {
        const { rows } = await tx.query(`fetch ${page} from godwit_export`)
        if (!rows.length) return n
        n += rows.length
        take(rows.map((r) => JSON.parse(r.line!) as Exported))
      }
    },
    { isolation: 'repeatable read', readOnly: true },
  )
}

function fileFor(file: string) {
  const unfinished = `${file}.${process.pid}.unfinished`
  const handle = openSync(unfinished, 'w')
  return {
    write: (text: string) => void writeSync(handle, text),
    done: () => {
      closeSync(handle)
      renameSync(unfinished, file)
    },
    failed: () => {
      closeSync(handle)
      rmSync(unfinished, { force: true })
    },
  }
}

// ── forms ────────────────────────────────────────────────────────────────────────────────────

interface Form {
  rows(some: readonly Exported[]): void
  end(): void
}

function writerFor(format: Asked['format'], columns: readonly string[], write: (text: string) => void): Form {
  if (format === 'csv') {
    write(csvLine([...own, ...columns.map((c) => `row.${c}`)]))
    return {
      rows: (some) => write(some.map((r) => csvLine([...cells(r), ...columns.map((c) => r.row?.[c] ?? null)])).join('')),
      end: () => {},
    }
  }
  if (format === 'ndjson') return { rows: (some) => write(some.map((r) => `${JSON.stringify(r)}\n`).join('')), end: () => {} }
  let between = '[\n'
  const line = (row: Exported): string => {
    const text = between + JSON.stringify(row)
    between = ',\n'
    return text
  }
  return { rows: (some) => write(some.map(line).join('')), end: () => write(between === '[\n' ? '[]\n' : '\n]\n') }
}

const own = ['mapping', 'key', 'code', 'columns', 'says', 'at', 'detail', 'since', 'run', 'waived_by', 'waived_why']
const cells = (r: Exported): (string | null)[] => [
  r.mapping,
  r.key,
  r.code,
  r.columns.join(', '),
  r.says,
  r.at,
  r.detail,
  r.since,
  r.run,
  r.waived_by,
  r.waived_why,
]

const csvLine = (values: readonly (string | null)[]): string => `${values.map((v) => (v === null ? '' : csvCell(v))).join(',')}\r\n`

/** A spreadsheet takes a cell that begins so for a formula, and would carry it out. A plain number is none. */
const formula = /^[\s]*[=+\-@\t\r]/
const number = /^-?\d+(\.\d+)?$/

export function csvCell(value: string): string {
  const safe = formula.test(value) && !number.test(value) ? `'${value}` : value
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
