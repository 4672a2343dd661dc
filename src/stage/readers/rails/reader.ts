// Rails: db/migrate/20240131120000_add_x.rb, in the order of their numbers. No Ruby is run.
import path from 'node:path'
import { bodyOf, kindOf, parseRuby, type Ruby, type RubyFile } from '../../ruby/parse.ts'
import { Evaluator, type RubyValue } from '../../ruby/values.ts'
import type { Folder, Migration, Reader, Unread } from '../../types.ts'
import { anything } from '../holes.ts'
import { byNumber, inLine, twice } from '../sql-file.ts'
import { type Setting, Walk } from './walk.ts'

const named = /^(\d+)_(\w+)\.rb$/
const isOurs = /<\s*(?:::)?\w*(?:ActiveRecord::Migration|Migration\b|Gitlab::Database::Migration)/

const filesIn = (folder: Folder): string[] =>
  folder.files.filter((f) => named.test(path.posix.basename(f)) && isOurs.test(folder.text(f) ?? ''))

const numberOf = (file: string): string => named.exec(path.posix.basename(file))![1]!

export const rails: Reader = {
  format: 'rails',
  knows: (folder) => filesIn(folder).length > 0,
  read(folder) {
    const files = filesIn(folder).toSorted((a, b) => byNumber(numberOf(a), numberOf(b)))
    return { format: 'rails', migrations: inLine(files.map((f) => migrationOf(f, folder))), faults: twice(files.map(numberOf)) }
  },
}

function migrationOf(file: string, folder: Folder): Omit<Migration, 'parents'> {
  const ruby = parseRuby(folder.text(file) ?? '')
  const title = named.exec(path.posix.basename(file))![2]!.replaceAll('_', ' ')
  const own = bodyOf(ruby.top['statements'])
    .map(withinModules)
    .find((n) => kindOf(n) === 'Class' && isOurs.test(ruby.text(n))) // prettier-ignore
  const about = { id: numberOf(file), file, title, needs: [], dialect: 'postgres' as const }
  if (!own || ruby.errors) {
    const unread: Unread[] = [{ file, line: 1, why: 'it is not Ruby as its parser knows it', grave: true }]
    return { ...about, up: [], down: [], back: 'none', unread, notes: [] }
  }
  return { ...about, ...ways(own, ruby, file) }
}

const withinModules = (node: Ruby): Ruby =>
  kindOf(node) === 'Module' ? (bodyOf(node['body']).find((n) => ['Class', 'Module'].includes(kindOf(n))) ?? node) : node

function ways(own: Ruby, file: RubyFile, name: string): Pick<Migration, 'up' | 'down' | 'back' | 'unread' | 'notes'> {
  const body = bodyOf(own['body'])
  const methods = new Map(body.flatMap((n) => (kindOf(n) === 'Def' ? [[n['name'] as string, n] as const] : [])))
  const at: Setting = {
    file,
    path: name,
    version: { number: versionIn(file.text(own['superclass'])) },
    methods,
    models: modelsIn(body, file),
    constants: constantsIn(body),
  }
  const up = new Walk(at, true)
  up.all(bodyOf((methods.get('up') ?? methods.get('change'))?.['body']))
  const down = new Walk(at, false)
  const written = methods.get('down')
  down.all(bodyOf((written ?? methods.get('change'))?.['body']))
  const raises = written && /IrreversibleMigration/.test(file.text(written))
  const byItself = !written && methods.has('change') && !up.oneWay
  return {
    up: up.done,
    // `change` is taken back by Rails itself: only what stands in its `down` blocks is known here
    down: written ? down.done : [],
    back: raises ? 'none' : written ? (down.done.length + down.unread.length ? 'real' : 'empty') : byItself ? 'real' : 'none',
    unread: up.unread,
    notes: [...up.notes, ...(!written && up.oneWay && methods.has('change') ? ['Rails cannot take it back by itself'] : [])],
  }
}

/** Migration[7.1]; none is as old as Rails 4. */
const versionIn = (superclass: string): number => Number(/\[\s*["']?(\d+\.\d+)/.exec(superclass)?.[1] ?? 4.2)

/** class Order < ActiveRecord::Base; self.table_name = 'x'; end */
function modelsIn(body: readonly Ruby[], file: RubyFile): Map<string, string> {
  return new Map(
    body.flatMap((n) => {
      const table = kindOf(n) === 'Class' ? /table_name\s*=\s*['":]+([\w.]+)/.exec(file.text(n))?.[1] : undefined
      return table === undefined ? [] : [[file.text(n['constantPath']), table] as const]
    }),
  )
}

function constantsIn(body: readonly Ruby[]): Map<string, RubyValue> {
  const found = new Map<string, RubyValue>()
  const evaluator = new Evaluator(found, anything)
  for (const n of body) if (kindOf(n) === 'ConstantWrite') found.set(n['name'], evaluator.of(n['value']))
  return found
}
