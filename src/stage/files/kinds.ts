// What a file of the application is, by where it stands.
import path from 'node:path'

export const fileKinds = ['test', 'etl', 'model', 'api', 'ui', 'other'] as const
export type FileKind = (typeof fileKinds)[number]

/** The first that fits. */
const usual: readonly (readonly [FileKind, RegExp])[] = [
  ['test', /(^|\/)(tests?|__tests__|specs?|fixtures)\/|[._-](test|spec)\.\w+$|(^|\/)(test_|conftest)[^/]*\.py$/i],
  ['etl', /(^|\/)(etl|jobs|scripts|seeds?|seeders|backfills?)\//i],
  ['model', /(^|\/)(models?|entity|entities|orm|domain)(\/|\.\w+$)|\.(model|entity)\.\w+$|(^|\/)schema\.(prisma|rb)$|\.sql$/i],
  [
    'api',
    /(^|\/)(api|apis|controllers?|routes?|routers?|services?|handlers?|resolvers?|repositor(y|ies)|repos?|serializers?|graphql)(\/|\.\w+$)/i,
  ],
  [
    'ui',
    /(^|\/)(frontend|client|ui|components?|views?|pages?|screens?|hooks|templates?|assets|styles?)\/|\.(tsx|jsx|vue|svelte|css|scss|html?|erb|haml)$/i,
  ],
] // prettier-ignore

/** `given`: patterns of stage.yaml, which are asked first. */
export function kindOf(file: string, given: ReadonlyMap<FileKind, readonly string[]>): FileKind {
  for (const [kind, patterns] of given) if (patterns.some((p) => path.posix.matchesGlob(file, p))) return kind
  return usual.find(([, fits]) => fits.test(file))?.[0] ?? 'other'
}
