// Plain SQL, statement by statement, into steps of phases. One that cannot be compiled refuses the whole file.
import { createHash } from 'node:crypto'
import { asStatement, type Refused, sqlRefused, sqlUnreadable } from '../../../errors/sql-file.ts'
import { writtenAt } from '../../../expr/origin.ts'
import { withoutWayBack } from '../../../lint/directive.ts'
import { places } from '../../../lint/place.ts'
import { read, ready, type Statement } from '../../../lint/read.ts'
import type { Content } from '../../../schema/content.ts'
import type { Step } from '../../step.ts'
import { quote } from '../words.ts'
import { type Compiled, Here, NotCompiled, phases, type Reading } from './here.ts'
import type { SqlPart } from './sql.ts'
import { statements } from './statements/index.ts'
import { unknown } from './statements/unknown.ts'
import { Wording } from './wording.ts'

export async function compile(name: string, text: string): Promise<SqlPart> {
  await ready()
  const found = read(withoutWayBack(text))
  if (!found.length) throw sqlUnreadable({ file: name, why: 'has no statement in it' })
  const file = contentOf(name, text)
  const placeOf = places(text)
  const reading: Reading = { path: ['public'], fresh: new Set(), putOff: new Map(), renamed: new Map() }
  const refused: Refused[] = []
  const parts: Record<(typeof phases)[number], Step[]> = { expand: [], cutover: [], contract: [] }
  for (const statement of found) {
    const at = `${name.replace(/:\d+$/, '')}:${placeOf(statement.from).line}`
    try {
      const path = pathOf(reading)
      for (const { steps } of compiled(statement, text.slice(statement.from, statement.to), at, reading))
        for (const phase of phases) parts[phase].push(...(steps[phase] ?? []).map((s) => asOfFile(s, at, path, file)))
    } catch (thrown) {
      if (!(thrown instanceof NotCompiled)) throw thrown
      refused.push(thrown.refused)
    }
  }
  if (refused.length) throw sqlRefused({ file: name, refused })
  return parts
}

function compiled(statement: Statement, text: string, at: string, reading: Reading): readonly Compiled[] {
  if (statement.error !== undefined)
    throw new NotCompiled({ at, statement: asStatement(text), why: statement.error, instead: 'Mend what cannot be read.' })
  const here = new Here(new Wording(text), at, reading)
  const all = writtenAt(at, () => (statements[statement.kind] ?? unknown)(here))
  for (const one of all) here.inOrder(one)
  return all
}

/** A text says where its names are looked up; what a session leaves behind comes last. */
const pathOf = ({ path }: Reading): string => [...path.map(quote), 'pg_temp'].join(', ')

const contentOf = (name: string, text: string): Content => ({
  name,
  bytes: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
})

const asOfFile = (step: Step, at: string, path: string, file: Content): Step => ({
  ...step,
  at,
  title: `${at}  ${step.title}`,
  params: { ...step.params, path, sha256: file.sha256 },
  path,
  file,
})
