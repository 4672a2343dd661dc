// Flyway: V1_2__x.sql across folders, U1_2__x.sql to undo, R__x.sql anew whenever it changes, ${placeholders}.
import path from 'node:path'
import type { Folder, Migration, Reader } from '../../types.ts'
import { anything } from '../holes.ts'
import { type Dialect, dialectOf, inLine, statementsIn, twice } from '../sql-file.ts'

const named = /^(?:([VUB])(\d[\d._]*?)|(R))__(.*)\.(sql|java|kt|py|js)$/

interface Script {
  readonly kind: 'V' | 'U' | 'B' | 'R'
  readonly version: string
  readonly title: string
  readonly file: string
  readonly isSql: boolean
}

export const flyway: Reader = {
  format: 'flyway',
  knows: (folder) => scriptsIn(folder).some((s) => s.kind === 'V' || s.kind === 'R'),
  read(folder) {
    const scripts = scriptsIn(folder)
    const undo = new Map(scripts.filter((s) => s.kind === 'U').map((s) => [s.version, s.file]))
    const versioned = scripts.filter((s) => s.kind === 'V').toSorted((a, b) => byVersion(a.version, b.version))
    // those without a version come after all that have one
    const repeatable = scripts.filter((s) => s.kind === 'R').toSorted((a, b) => (a.title < b.title ? -1 : 1))
    const all = [...versioned, ...repeatable]
    const dialect = dialectOf(all.map((s) => folder.text(s.file) ?? ''))
    const migrations = inLine(all.map((s) => migrationOf(s, folder, dialect, undo.get(s.version))))
    return {
      format: 'flyway',
      migrations,
      faults: twice(versioned.map((s) => s.version)),
      ...(scripts.some((s) => s.kind === 'B') ? { whole: false } : {}),
    }
  },
}

function scriptsIn(folder: Folder): Script[] {
  return folder.files.flatMap((file) => {
    const [, kind, version, repeated, title, form] = named.exec(path.posix.basename(file)) ?? []
    if (title === undefined) return []
    return [
      {
        kind: (kind ?? repeated) as Script['kind'],
        version: (version ?? '').replaceAll('_', '.'),
        title: title.replaceAll('_', ' '),
        file,
        isSql: form === 'sql',
      },
    ]
  })
}

/** 13.1 comes after 13 and before 13.2 and 14. */
function byVersion(a: string, b: string): number {
  const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(x.length, y.length); i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) - (y[i] ?? 0)
  return 0
}

function migrationOf(
  { kind, version, title, file, isSql }: Script,
  folder: Folder,
  dialect: Dialect,
  undo: string | undefined,
): Omit<Migration, 'parents'> {
  const text = filled(folder.text(file) ?? '')
  const down = undo === undefined ? [] : statementsIn(filled(folder.text(undo) ?? ''), dialect)
  return {
    id: kind === 'R' ? `R__${title.replaceAll(' ', '_')}` : version,
    file,
    title,
    needs: [],
    up: isSql ? statementsIn(text, dialect) : [{ kind: 'code', line: 1, effect: 'unknown' }],
    down,
    back: undo === undefined ? 'none' : down.length ? 'real' : 'empty',
    unread: isSql ? [] : [{ file, line: 1, why: 'it is code, and not SQL', grave: true }],
    notes: kind === 'R' ? ['it is run anew whenever it changes'] : [],
    dialect,
    ...(kind === 'R' ? { repeatable: true } : {}),
  }
}

/** What Flyway puts in its place is known only when it runs. */
const filled = (text: string): string => text.replace(/\$\{[\w:.-]+\}/g, anything)
