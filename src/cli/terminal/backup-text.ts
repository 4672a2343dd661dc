// Backups in words.
import type { Backup } from '../../backup/folder.ts'
import type { Left, Restored, Survey } from '../../databases/backup.ts'
import { bytes, count, duration, list, plural } from '../../text.ts'
import { oneLine, table } from './layout.ts'
import type { Screen } from './screen.ts'

const rowsOf = ({ manifest }: Backup): number => manifest.tables.reduce((sum, t) => sum + t.rows, 0)
const bytesOf = ({ manifest }: Backup): number => manifest.files.reduce((sum, f) => sum + f.bytes, 0)
const short = (sha256: string): string => `${sha256.slice(0, 12)}…`

export function provedLines(b: Backup, ms: number, { paint }: Screen): string[] {
  return [
    `${paint.green('✓')} backup    snapshot of ${plural(b.manifest.tables.length, 'table')}, restored and compared   ${paint.dim(duration(ms / 1000))}   sha256 ${short(b.sha256)}`,
    `            ${plural(rowsOf(b), 'row')} of ${b.manifest.moment.at}, ${bytes(bytesOf(b))}   ${b.id}`,
    ...(b.manifest.occasion.baseline ? [] : [`            not a baseline: ${b.manifest.occasion.notBaseline}`]),
    ...leftLines('not in it', b.manifest.left),
    ...leftLines('not compared', b.proof?.left ?? []),
    ...(b.proof?.exported.length ? [`            ${plural(b.proof.exported.length, 'file')} beside it`] : []),
  ]
}

const most = 10

function leftLines(word: string, left: readonly Left[]): string[] {
  const shown = left.slice(0, most).map((l) => `            ${word}: ${oneLine(l.what)} (${oneLine(l.why)})`)
  return left.length > most ? [...shown, `            ${word}: ${left.length - most} more; godwit backup show lists them`] : shown
}

export function listLines(all: readonly (Backup | { id: string; damaged: true })[], { paint }: Screen): string[] {
  if (!all.length) return ['There is no backup yet. godwit backup take makes one.']
  return table(
    all.map((b) => {
      if ('damaged' in b) return [b.id, '', '', '', paint.red('its manifest was changed')]
      const said = [
        b.proof ? paint.green('proved') : paint.yellow('not proved'),
        ...(b.manifest.occasion.baseline ? [] : ['not a baseline']),
      ]
      const { run } = b.manifest.occasion
      return [
        b.id,
        plural(b.manifest.tables.length, 'table'),
        plural(rowsOf(b), 'row'),
        bytes(bytesOf(b)),
        [...said, ...(run ? [`of run ${run}`] : [])].join(', '),
      ]
    }),
    { right: [1, 2, 3] },
  )
}

export function backupLines(b: Backup, screen: Screen): string[] {
  const { server, moment, occasion, tables, left, by } = b.manifest
  const facts: (readonly [string, string])[] = [
    ['of', `${oneLine(server.database)}, ${server.engine} ${oneLine(server.version)}`],
    ['moment', `${moment.at}${moment.position ? `   ${moment.position}` : ''}`],
    ...(by ? [['by', `${oneLine(by.dump[0]!)} ${by.version}`] as const] : []),
    ['size', `${plural(tables.length, 'table')}, ${plural(rowsOf(b), 'row')}, ${bytes(bytesOf(b))}`],
    ['sha256', b.sha256],
    ['proved', b.proof ? `${b.proof.at}, ${plural(b.proof.rows, 'row')} brought back and compared` : 'no'],
    ['baseline', occasion.baseline ? `yes${occasion.run ? `, of run ${occasion.run}` : ''}` : `no: ${occasion.notBaseline}`],
    ['folder', b.folder],
  ]
  return [
    screen.paint.bold(b.id),
    ...table(facts, { indent: '  ' }),
    '',
    ...table(
      tables.map((t) => [oneLine(t.id), count(t.rows), short(t.digest)]),
      { indent: '  ', right: [1] },
    ),
    ...left.map((l) => `  not in it: ${oneLine(l.what)} (${oneLine(l.why)})`),
    ...(b.proof?.left ?? []).map((l) => `  not compared: ${oneLine(l.what)} (${oneLine(l.why)})`),
  ]
}

export function surveyLines(b: Backup, into: string, survey: Survey, tables: readonly string[] | undefined): string[] {
  const what = tables ? list(tables.map(oneLine)) : `${plural(b.manifest.tables.length, 'table')}, ${plural(rowsOf(b), 'row')}`
  return [
    `${survey.resumes ? 'Goes on bringing' : 'Brings'} ${what} of ${b.manifest.moment.at} back into ${oneLine(into)}${survey.makes ? ', which is made' : ''}.`,
    ...(survey.empty.length && !survey.resumes ? [`There already, without rows, and filled: ${list(survey.empty.map(oneLine))}.`] : []),
  ]
}

export function restoredLines(r: Restored, into: string, ms: number, { paint }: Screen): string[] {
  return [
    `${paint.green('✓')} ${plural(r.tables, 'table')}, ${plural(r.rows, 'row')} brought back into ${oneLine(into)} and compared   ${paint.dim(duration(ms / 1000))}`,
    ...leftLines('not set', r.left),
  ]
}
