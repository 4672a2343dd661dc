// Title and description of each phase, from a template. Nothing is sent anywhere.
import { stageTemplate } from '../../errors/stage.ts'
import { didYouMean, list } from '../../text.ts'
import type { ShippedPhase } from '../branches/phases.ts'
import { aboutPhase, rank } from '../phase.ts'
import type { Staging } from '../staging.ts'
import { type Stamp, stampsOf } from '../stamps.ts'
import type { StagedMigration } from '../writers/writer.ts'
import { applicationLines, inCode } from './application.ts'

export interface PullRequest {
  readonly n: number
  readonly phase: string
  readonly branch: string
  readonly title: string
  readonly body: string
}

/** What a migration is called may hold anything: it stays on its line and in its cell. */
const inCell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
const lines = (items: readonly string[], none: string): string =>
  items.length ? items.map((i) => `- ${i.replace(/\s+/g, ' ')}`).join('\n') : none

const changes: Readonly<Record<StagedMigration['change'], (m: StagedMigration) => string>> = {
  none: () => 'as it was written',
  parent: (m) =>
    `after ${inCode(m.parent ?? 'nothing')}, and not after ${inCode(m.judged.migration.parents.join(', ') || 'nothing')}; otherwise as it was written`,
  name: (m) => `${inCode(m.judged.migration.id)} under a name that says its place; otherwise as it was written`,
  part: (m) => `the ${m.phase} part of ${inCode(m.judged.migration.id)}`,
}

const changed = (m: StagedMigration): string =>
  `${inCode(m.id)} ${m.judged.migration.title}: ${changes[m.change](m)} (${m.files.map((f) => inCode(f.file)).join(', ')})`

/** A part is what its own operations are; the way back of the whole is not that of a part. */
function verdict(m: StagedMigration): string {
  const { judged } = m
  const own = m.slice ? judged.operations.filter((_, i) => m.group.up.has(i)) : judged.operations
  const classes = m.slice ? [...new Set(own.flatMap((o) => o.reasons.map((r) => r.class)))] : [judged.class]
  const back = m.slice && judged.downgrade === 'real' && m.group.down.size === 0 ? 'empty' : judged.downgrade
  const cells = [
    inCode(m.id),
    classes.join(', ') || 'safe-additive',
    m.slice ? `part of ${judged.label}` : judged.label,
    judged.risk,
    back,
    judged.certainty,
  ]
  return `| ${cells.map(inCell).join(' | ')} |`
}

function reasonsOf(m: StagedMigration): string[] {
  const own = new Set(m.judged.operations.filter((_, i) => m.group.up.has(i)).map((o) => o.operation.line))
  const isOwn = (reason: string) => !m.slice || !/\(line \d+\)$/.test(reason) || own.has(Number(/\(line (\d+)\)$/.exec(reason)![1]))
  return m.judged.reasons.filter((r) => isOwn(r) && !r.startsWith('to be split')).map((r) => `${inCode(m.id)}: ${r}`)
}

function databases(stamps: readonly Stamp[], format: string): string {
  if (!stamps.length) return ''
  const told = stamps.map((s) => {
    const first = `standing at ${inCode(s.at)}`
    const way = s.stamp
      ? `${first}: it has what the staged line has up to ${inCode(s.stamp)}; tell it so`
      : `${first}: no staged migration says what it has; take it to the last original first`
    return `${way}${s.skipped.length ? `. Untold, it would miss ${list(s.skipped)}` : ''}${s.again.length ? `. Untold, it would do again ${list(s.again)}` : ''}`
  })
  const how = format === 'alembic' ? ' (`alembic stamp`)' : ''
  return `## Databases that have run the originals${how}\n\n${lines(told, '')}\n\n`
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What there is to say of a phase, by the words of the template. */
function wordsOf(shipped: ShippedPhase, staging: Staging, all: readonly ShippedPhase[]): Record<string, string> {
  const { n, of, name, title, branch, phase, migrations } = shipped
  const about = aboutPhase[name]
  const next = all[n]
  const before = all.filter((s) => phase.needs.includes(s.name) && s.n < n)
  const lossy = migrations.filter((m) => m.judged.downgrade !== 'real')
  const rows = rank(name) > 0
  return {
    n: String(n),
    of: String(of),
    phase: name,
    title,
    branch,
    goal: sentence(about.goal),
    risk: phase.risk,
    dependencies: before.length
      ? `After ${list(before.map((s) => `${s.name} (${s.branch})`))}.`
      : n === 1
        ? 'It stands on nothing of the others.'
        : `After phase ${n - 1}, on whose branch it stands.`,
    changes: lines([...migrations.map(changed), ...applicationLines(shipped.application)], 'Nothing.'),
    verdicts: migrations.map(verdict).join('\n'),
    reasons: lines(migrations.flatMap(reasonsOf), 'Nothing speaks against it.'),
    testing: about.test.map((t) => `- [ ] ${t}`).join('\n'),
    smoke: about.smoke,
    backup: rows
      ? '- [ ] A backup is taken right before, and was brought back once on another machine.\n- [ ] Who decides to bring it back, and until when, is agreed.'
      : '- [ ] The last backup is not older than agreed.',
    rollback: `Rollback: ${about.back}.${lossy.length ? ` The files themselves do not bring everything back: ${list(lossy.map((m) => inCode(m.id)))}.` : ''}`,
    success: sentence(about.success),
    monitoring: about.watch,
    audience: about.audience,
    announcement: `On … we ship phase ${n} of ${of} (${title}): ${about.goal}.${name === 'expand' ? ' Nobody has to do anything.' : ''} If something is not as it should be, tell …`,
    databases: n === 1 ? databases(stampsOf(staging), staging.format) : '',
    next: next ? `Phase ${next.n}, ${next.name}: ${next.title} (${next.branch}).` : 'Nothing: this is the last phase.',
  }
}

export function pullRequests(staging: Staging, phases: readonly ShippedPhase[], template: string): PullRequest[] {
  return phases.map((shipped) => {
    const words = wordsOf(shipped, staging, phases)
    const [title = '', ...body] = filled(template, words).split('\n')
    return { n: shipped.n, phase: shipped.name, branch: shipped.branch, title: title.trim(), body: `${body.join('\n').trim()}\n` }
  })
}

function filled(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_, word: string) => {
    if (Object.hasOwn(words, word)) return words[word]!
    const near = didYouMean(word, Object.keys(words))
    throw stageTemplate({ word, near, words: Object.keys(words) })
  })
}
