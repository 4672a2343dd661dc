// MySQL: statements that stand in texts, for PREPARE to run where a condition holds.
import { anyName } from '../catalog.ts'
import { skipped } from '../split.ts'

const isStatement = /^\s*(ALTER|CREATE|DROP|RENAME|TRUNCATE|UPDATE|DELETE|INSERT|REPLACE)\b/i

/** Of `SET @x = IF(…, 'ALTER TABLE …', 'SELECT 1')` and of CONCAT within it; what is not written out is any name. */
export function preparedIn(statement: string): string[] {
  if (!/\bSET\s+@\w+\s*:?=/i.test(statement)) return []
  const { form, texts } = withoutTexts(statement)
  const textOf = (place: string) => texts[Number(place.trim().slice(1, -1))]
  const put: string[] = []
  const rest = form.replace(/\bCONCAT\s*\(([^()]*)\)/gi, (_, given: string) => {
    put.push(
      given
        .split(',')
        .map((g) => textOf(g) ?? anyName)
        .join(''),
    ) // prettier-ignore
    return ''
  })
  const alone = [...rest.matchAll(/\[\d+\]/g)].map(([place]) => textOf(place) ?? '')
  return [...put, ...alone].filter((text) => isStatement.test(text))
}

/** Texts as [0], [1], …: without what they hold, nothing in it ends before it does. */
function withoutTexts(statement: string): { readonly form: string; readonly texts: readonly string[] } {
  const texts: string[] = []
  let form = ''
  for (let i = 0; i < statement.length; ) {
    const past = skipped(statement, i, { mysql: true })
    const quote = statement[i]!
    if (past > i && (quote === "'" || quote === '"')) {
      form += `[${texts.length}]`
      texts.push(statement.slice(i + 1, past - 1).replaceAll(quote + quote, quote))
    } else if (past === i) form += /[[\]]/.test(quote) ? ' ' : quote
    i = past > i ? past : i + 1
  }
  return { form, texts }
}
