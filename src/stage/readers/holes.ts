// What stands in SQL for a name or a value that is known only when it runs.
import { skipped } from '../../lint/split.ts'

/** No schema has it, so it is judged as something that nothing is known of. */
export const anything = 'godwit_any_name'

const parameter = /^(?::([A-Za-z_]\w*)|%\(\w+\)s|%s)/

/** Parameters as drivers write them (:name, %s), as the server does: $1. */
export function withParameters(sql: string): string {
  if (!/:[A-Za-z_]|%[s(]|\\:/.test(sql)) return sql
  let out = ''
  for (let i = 0; i < sql.length; ) {
    const past = skipped(sql, i, {})
    if (past > i) {
      out += sql.slice(i, past).replaceAll('\\:', ':')
      i = past
      continue
    }
    const found = sql[i - 1] === ':' || /\w/.test(sql[i - 1] ?? '') ? null : parameter.exec(sql.slice(i, i + 64))
    if (sql.startsWith('\\:', i)) i++
    else if (sql.startsWith('::', i)) {
      out += '::'
      i += 2
    } else if (found) {
      out += '$1'
      i += found[0].length
    } else out += sql[i++]
  }
  return out
}
