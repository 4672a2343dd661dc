// The quarantine for a spreadsheet or a program, a page of rows at a time.
import { Readable } from 'node:stream'
import type { Database } from '../databases/database.ts'
import { writeParquet } from '../databases/files/parquet-write.ts'
import { pack, wholeFile } from '../databases/files/sink.ts'
import type { Plan } from '../plan/plan.ts'
import type { Context, Outcome } from './context.ts'
import { shapeOf, tell, type Exported as Written } from './export.ts'
import { keptKey } from './keys.ts'
import { withPlan } from './project.ts'
import { theRunOf } from './state.ts'

interface Asked {
  readonly format?: 'csv' | 'ndjson' | 'json' | 'parquet'
  readonly gzip?: boolean
  readonly zstd?: boolean
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

type Pages = AsyncIterable<readonly Exported[]>

const page = 2000

export const exportRows = (context: Context, asked: Asked): Promise<Outcome> =>
  withPlan(context, async ({ plan, db }) => {
    await theRunOf(db, plan.migration)
    const chosen = asked.keys ? { ...asked, keys: asked.keys.map((key) => keptKey(plan, key)) } : asked
    const columns = columnsOf(plan, asked)
    if (asked.out !== undefined) return tell(context, asked.out, await toFile(asked.out, columns, chosen, plan, db))
    if (context.screen.json) {
      const rows: Exported[] = []
      await inPages(db, plan, chosen, async (pages) => {
        for await (const some of pages) rows.push(...some)
      })
      return { json: { rows } }
    }
    return { json: { rows: await toScreen(context, columns, chosen, plan, db) } }
  })

/** All columns that a source of these mappings has. */
const columnsOf = (plan: Plan, { mapping }: Asked): string[] => [
  ...new Set(
    [...plan.shapes.values()].filter((s) => mapping === undefined || s.name === mapping).flatMap((s) => Object.keys(s.facts.from.columns)),
  ),
]

async function toScreen({ screen }: Context, columns: readonly string[], asked: Asked, plan: Plan, db: Database): Promise<number> {
  return inPages(db, plan, asked, async (pages) => {
    const counted = { rows: 0 }
    for await (const text of textOf(
      asked.format === undefined || asked.format === 'parquet' ? 'csv' : asked.format,
      columns,
      pages,
      counted,
    ))
      screen.raw(text)
    return counted.rows
  })
}

function toFile(out: string, columns: readonly string[], asked: Asked, plan: Plan, db: Database): Promise<Written> {
  const { packing, format } = shapeOf({ ...asked, format: asked.format === 'json' ? undefined : asked.format, out })
  return wholeFile(out, (file) =>
    inPages(db, plan, asked, async (pages) => {
      if (format === 'parquet') return writeParquet(file, headings(columns).map(asText), flat(columns, pages), packing)
      const counted = { rows: 0 }
      const text = textOf(asked.format === 'json' ? 'json' : format, columns, pages, counted)
      return { ...(await pack(Readable.from(text), file, packing)), ...counted }
    }),
  )
}

const asText = (name: string) => ({ name, type: { name: 'text' } as const })

async function* flat(columns: readonly string[], pages: Pages): AsyncGenerator<(string | null)[][]> {
  for await (const some of pages) yield some.map((r) => cellsOf(columns, r))
}

/** In one snapshot. */
const inPages = <T>(db: Database, plan: Plan, asked: Asked, body: (pages: Pages) => Promise<T>): Promise<T> =>
  db.session((session) =>
    session.transaction(
      async (tx) => {
        const keys = asked.keys?.length ? JSON.stringify(asked.keys) : null
        await tx.query(
          `declare godwit_export no scroll cursor for select json_build_object('mapping', mapping, 'key', key, 'code', code, 'columns', columns, 'says', says, 'at', at, 'detail', detail,
        'since', to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'run', 'r' || run, 'waived_by', waived_by, 'waived_why', waived_why, 'row', raw)::text as line
        from godwit.quarantine where migration = $1 and ($2::text is null or mapping = $2) and ($3::text is null or code = upper($3) or starts_with(code, upper($3) || ':') or code = $3) and ($4::text is null or key in (select jsonb_array_elements_text($4::jsonb)))
        order by mapping, length(key), key`,
          [plan.migration, asked.mapping ?? null, asked.reason ?? null, keys],
        )
        const pages = async function* () {
          for (;;) {
            const { rows } = await tx.query(`fetch ${page} from godwit_export`)
            if (!rows.length) return
            yield rows.map((r) => JSON.parse(r.line!) as Exported)
          }
        }
        return body(pages())
      },
      { isolation: 'repeatable read', readOnly: true },
    ),
  )

// ── forms ────────────────────────────────────────────────────────────────────────────────────

type TextForm = 'csv' | 'ndjson' | 'json'

interface Form {
  readonly begin: string
  line(row: Exported, first: boolean): string
  end(rows: number): string
}

const forms: Readonly<Record<TextForm, (columns: readonly string[]) => Form>> = {
  csv: (columns) => ({
    begin: csvLine(headings(columns)),
    line: (row) => csvLine(cellsOf(columns, row)),
    end: () => '',
  }),
  ndjson: () => ({ begin: '', line: (row) => `${JSON.stringify(row)}\n`, end: () => '' }),
  json: () => ({
    begin: '[',
    line: (row, first) => `${first ? '\n' : ',\n'}${JSON.stringify(row)}`,
    end: (rows) => (rows ? '\n]\n' : ']\n'),
  }),
}

async function* textOf(format: TextForm, columns: readonly string[], pages: Pages, counted: { rows: number }): AsyncGenerator<string> {
  const form = forms[format](columns)
  if (form.begin) yield form.begin
  for await (const some of pages) yield some.map((row) => form.line(row, counted.rows++ === 0)).join('')
  const end = form.end(counted.rows)
  if (end) yield end
}

const own = ['mapping', 'key', 'code', 'columns', 'says', 'at', 'detail', 'since', 'run', 'waived_by', 'waived_why']
const headings = (columns: readonly string[]): string[] => [...own, ...columns.map((c) => `row.${c}`)]
const cellsOf = (columns: readonly string[], r: Exported): (string | null)[] => [
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
  ...columns.map((c) => r.row?.[c] ?? null),
]

const csvLine = (values: readonly (string | null)[]): string => `${values.map((v) => (v === null ? '' : csvCell(v))).join(',')}\r\n`

/** A spreadsheet takes a cell that begins so for a formula, and would carry it out. A plain number is none. */
const formula = /^[\s]*[=+\-@\t\r]/
const number = /^-?\d+(\.\d+)?$/

export function csvCell(value: string): string {
  const safe = formula.test(value) && !number.test(value) ? `'${value}` : value
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
