// The words of the language: columns, values, mappings, steps, with the comments that stand beside them in the code.
import ts from 'typescript'
import { argumentsOf, cell, commentOf, headOf, page, sourceOf, table } from './source.ts'

/** For words that say all in their name, and have no comment in the code. */
const plainly: Readonly<Record<string, string>> = {
  is: 'Equal. Null where this is null.',
  isNot: 'Not equal. Null where this is null.',
  isIn: 'Equal to one of these.',
  isNull: 'True where there is nothing.',
  notNull: 'True where there is something.',
  lessThan: 'Less than; for numbers, text and times.',
  atMost: 'Less than or equal.',
  moreThan: 'More than.',
  atLeast: 'More than or equal.',
  and: 'All of them are true. Three-valued, as in SQL.',
  or: 'One of them is true. Three-valued, as in SQL.',
  not: 'The other way round; null stays null. As a method or as a function.',
  plus: 'Exact sum.',
  minus: 'Exact difference.',
  times: 'Exact product.',
  round: 'Rounded to so many places, half away from zero.',
  negate: 'With the other sign.',
  asText: 'As text, as the database writes it.',
  trim: 'Without white space at both ends.',
  lower: 'In lower case.',
  upper: 'In capitals.',
  length: 'How many characters.',
  replace: 'One text for another, everywhere.',
  withoutSuffix: 'Without this ending, if it has it; `{ anyCase: true }` takes it in any case.',
  slice: 'Part of a text: from a position (0 is the first), so many characters.',
  asDecimal: 'An exact number; text must be spelt as one. `thousands`, `decimal` and `currency` declare another form.',
  asUuid: 'A UUID, or quarantine.',
  asJson: 'JSON, or quarantine.',
  asUtc: 'A wall-clock time read as UTC.',
  concat: 'Texts one after another; null where one of them is null.',
  json: 'A JSON object of values, nested as written.',
  nth: '1 for the first row of its group, 2 for the second, …',
  before: 'The value in the row before, in the order of the group; null in the first.',
  after: 'The value in the row after, in the order of the group; null in the last.',
  sum: 'For outputs with `per`: the sum over the rows of a group.',
  min: 'For outputs with `per`: the least.',
  max: 'For outputs with `per`: the greatest.',
  countRows: 'For outputs with `per`: how many source rows.',
  when: 'A chain of conditions: `when(c, v).when(d, w).otherwise(x)`. Without `otherwise`, a row that meets none goes to quarantine.',
  otherwise: 'What a chain of conditions gives where none of them is true.',
  any: 'In a decision table: whatever stands there, null too.',
  into: 'One kind of target row: the table, its values, and `when`, `per`, `adopt`.',
  mapping: 'Rows of one table to rows of others. Options: `name`, `ignore`, `only`.',
  table: 'A table as one writes it, or as `godwit pull` does.',
  migration: 'A named list of mappings and of steps by phase.',
  Expr: 'An expression whose value, in a row, is a `T`. For the types of your own functions.',
  key: 'The column is (part of) the key. On an output: the key of the row that it makes of this source row.',
  keyOf: 'The key of the row that an output makes, or has made, of the source row with this key.',
}

const says = (name: string, comment: string | undefined): string => cell(comment ?? plainly[name] ?? '')

type Row = readonly [string, string]

function methods(): Row[] {
  const seen = new Map<string, Row>()
  const classes = sourceOf('src/expr/expr.ts').statements.filter(ts.isClassDeclaration)
  for (const c of classes) {
    for (const m of c.members.filter(ts.isMethodDeclaration)) {
      const name = m.name.getText()
      const isPrivate = m.modifiers?.some((x) => x.kind === ts.SyntaxKind.PrivateKeyword)
      if (isPrivate || (c.name?.text === 'When' && name === 'when')) continue
      // of several signatures the last says all arguments, the first has the comment
      seen.set(name, [`\`.${name}${argumentsOf(m)}\``, seen.get(name)?.[1] || says(name, commentOf(m))])
    }
  }
  return [...seen.values()]
}

/** Functions and constants that a file exports. */
function exportsOf(file: string, only?: readonly string[]): Row[] {
  const seen = new Map<string, Row>()
  const note = (name: string, call: string, comment: string | undefined) => {
    if (only && !only.includes(name)) return
    seen.set(name, [`\`${name}${call}\``, seen.get(name)?.[1] || (comment === undefined && !only ? '' : says(name, comment))])
  }
  for (const s of sourceOf(file).statements) {
    if (!ts.canHaveModifiers(s) || !ts.getModifiers(s)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) continue
    if (ts.isFunctionDeclaration(s)) note(s.name!.text, argumentsOf(s), commentOf(s))
    if (!ts.isVariableStatement(s)) continue
    for (const d of s.declarationList.declarations)
      note(d.name.getText(), d.initializer && ts.isArrowFunction(d.initializer) ? argumentsOf(d.initializer) : '', commentOf(s))
  }
  return [...seen.values()]
}

/** `null()`, `key()` and the like, which every column has. */
const columnWords = (): Row[] =>
  sourceOf('src/schema/column.ts')
    .statements.filter(ts.isInterfaceDeclaration)
    .filter((i) => i.name.text === 'Column')
    .flatMap((i) =>
      i.members
        .filter(ts.isMethodSignature)
        .map((m): Row => [`\`.${m.name.getText()}${argumentsOf(m)}\``, cell(commentOf(m) ?? columnSays[m.name.getText()] ?? '')]),
    )

const columnSays: Readonly<Record<string, string>> = {
  null: 'It may be null.',
  key: 'It is the key, or part of it.',
  identity: 'The database numbers it: `always` or `by default`.',
  references: 'It points at `schema.table.column`.',
}

const columnTypes = (): Row[] => exportsOf('src/schema/column.ts').map(([call, comment]) => [call, comment || `\`${typeOf(call)}\``])

function typeOf(call: string): string {
  const name = /\w+/.exec(call)![0]
  const declared =
    sourceOf('src/schema/column.ts')
      .text.split('\n')
      .find((l) => l.startsWith(`export const ${name} =`)) ?? ''
  return /name: '(\w+)'/.exec(declared)?.[1] ?? name
}

const steps = ['none', 'same', 'matrix', 'no-orphans', 'ddl']
const stepRows = (): Row[] =>
  steps.flatMap((file) => exportsOf(`src/steps/${file}.ts`).map(([call]): Row => [call, cell(headOf(sourceOf(`src/steps/${file}.ts`)))]))

const list = (rows: readonly Row[]) => table(['word', 'what it says'], rows)
const values = [
  'when',
  'decide',
  'any',
  'concat',
  'json',
  'uuidOf',
  'not',
  'sql',
  'compute',
  'nth',
  'before',
  'after',
  'sum',
  'min',
  'max',
  'countRows',
  'Expr',
]

export function wordsPage(): string {
  const functions = [...exportsOf('src/expr/expr.ts', values), [`\`any\``, plainly['any']!] as Row, ['`Expr<T>`', plainly['Expr']!] as Row]
  return page(
    'Words',
    "All that `import { … } from 'godwit'` gives, and what each word says. [The guide](../guide/mapping.md) shows them at work.",
    '## Migration and mapping',
    list([
      ...exportsOf('src/migration/migration.ts', ['migration']),
      ...exportsOf('src/mapping/mapping.ts', ['mapping', 'into', 'lookup', 'lookupOrNull']),
      ['`output.key()`', plainly['key']!.split('. ')[1]!.replace('On an output: the', 'The')],
      ['`output.keyOf(…source)`', plainly['keyOf']!],
      ...exportsOf('src/schema/table.ts', ['table', 'query']),
      ['`table.with(columns)`', 'This table as it will be, with more columns.'],
    ]),
    'Types for functions of your own: `Row<T>`, `Values<T>`, `Output`, `Mapping`, `Migration`, `Table`, `Column`.',
    '## Values: functions',
    list(functions),
    '## Values: methods',
    'Each stands on an expression: a column of the row, or what another word gave.',
    list(methods()),
    '## Steps',
    'Questions stand under `verify`, changes of the schema under `expand`.',
    list(stepRows()),
    '## Columns',
    list(columnTypes()),
    'Every column takes these, one after another:',
    list(columnWords()),
  )
}
