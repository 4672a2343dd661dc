// One line in, one line out, for programs: what is known of the place comes as SQL, and what is left out is not known.
import { transactionOf } from './directive.ts'
import { type Judged, judge } from './judge.ts'
import { judgePlain, plainDialect } from './plain/judge.ts'
import { newestPostgres } from './scene.ts'

export interface Line {
  readonly id?: unknown
  readonly dialect?: string | null
  readonly sql?: string | null
  readonly context?: {
    readonly pg_version?: string | number | null
    readonly in_transaction?: boolean | null
    readonly schema?: SqlText
    readonly extra_schema?: SqlText
    readonly prior_migrations_sql?: SqlText
    readonly session_timezone?: string | null
  } | null
}

type SqlText = string | readonly string[] | null | undefined

/** What cannot be judged is said, and is no judgement. */
export const unjudged = ({ dialect }: Line): string | undefined =>
  dialect === undefined || dialect === null || plainDialect(dialect) || /^(postgres|pg)/i.test(dialect)
    ? undefined
    : `is of a dialect that is not known, ${JSON.stringify(dialect)}: postgres, mysql, mariadb and sqlite are`

export function judgeLine(line: Line): object {
  const judged = judgedLine(line)
  return { id: line.id ?? null, dangerous: judged.dangerous, categories: judged.categories, findings: judged.findings }
}

function judgedLine({ dialect, sql, context }: Line): Judged {
  const plain = plainDialect(dialect ?? 'postgres')
  const history = [context?.schema, context?.extra_schema, context?.prior_migrations_sql].flatMap(texts)
  if (plain) return judgePlain(plain, sql ?? '', history)
  return judge({
    sql: sql ?? '',
    pg: versionOf(context?.pg_version),
    inTransaction: context?.in_transaction ?? transactionOf(sql ?? ''),
    zone: context?.session_timezone ?? undefined,
    history,
    closed: texts(context?.schema).some((text) => text.trim() !== ''),
  })
}

const texts = (given: SqlText): string[] => (typeof given === 'string' ? [given] : Array.isArray(given) ? given.map(String) : [])

/** 15, '15', '15.18', 'PostgreSQL 15.18', 150018. */
export function versionOf(given: string | number | null | undefined): number {
  const n = Number(/\d+/.exec(String(given ?? ''))?.[0] ?? newestPostgres)
  return n >= 10_000 ? Math.floor(n / 10_000) : n
}
