// What a failure prints: the seed, how to run it again, and the case itself to read.
import type fc from 'fast-check'
import { sourceSql, targetSql } from './ddl.ts'
import type { CaseSpec, E } from './spec.ts'

export function described(result: fc.RunDetails<[readonly CaseSpec[]]>, seed: number): string {
  const [specs] = result.counterexample!
  const error = result.errorInstance as Error & { cause?: Error & { sqlstate?: string; sql?: string } }
  const because = error.cause ? `\ncaused by ${error.cause.message}\n${error.cause.sql ?? ''}` : ''
  return [
    `${error.message}${because}${error.name === 'Error' ? '' : `\n${error.stack}`}`,
    `again: SEED=${seed} CASE_PATH=${result.counterexamplePath} npx vitest run test/differential/differential.test.ts`,
    ...specs.flatMap(shownCase),
  ].join('\n')
}

function shownCase(spec: CaseSpec): string[] {
  return [
    ...spec.sources.map((s) => sourceSql(s, 'c')),
    ...spec.targets.map((t) => targetSql(t, 'c')),
    ...spec.mappings.flatMap((m) => [
      `mapping ${m.name} from ${m.from}`,
      ...m.shared.map((e, n) => `  shared ${n} = ${shown(e)}`),
      ...m.only.map((f) => `  only ${f.name}: ${shown(f.keep)}`),
      ...m.outputs.flatMap((o) => [
        `  ${o.name} into ${o.target}${o.per ? ` per ${o.per.join()}` : ''}${o.adopt ? ' adopt' : ''}${o.when ? ` when ${shown(o.when)}` : ''}`,
        ...Object.entries(o.values).map(([c, e]) => `    ${c}: ${shown(e)}`),
      ]),
    ]),
    `then ${spec.story} ${JSON.stringify(spec.changes)} chunk ${spec.chunk} workers ${spec.workers}`,
  ]
}

/** match(name) {"keys": …} */
function shown({ w, a, p }: E): string {
  if (w === 'col') return String(p!.name)
  if (w === 'lit') return JSON.stringify(p!.v)
  return `${w}(${[...(a ?? []).map(shown), ...(p && Object.keys(p).length ? [JSON.stringify(p)] : [])].join(', ')})`
}
